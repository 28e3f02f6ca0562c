//! `bad-version`: a version, or a pattern for versions, that is none.

use crate::check::explain::explanation;
use crate::diagnostic::{Diagnostic, Span};

explanation! {
    "bad-version",
    refuses: "A `Version` that is not numbers with dots between them, or a pattern in a reference that is not numbers, `*` and a last `+` with dots between them.",
    because: "Versions are compared number by number; references choose the latest one that fits.",
    example: r#"<Policy PolicyId="p" Version="1.0-beta" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
  <Target/>
</Policy>"#,
    instead: r#"<Policy PolicyId="p" Version="1.0" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
  <Target/>
</Policy>"#,
}

/// The version of a policy.
pub(crate) fn version(at: Span, value: &str) -> Diagnostic {
    Diagnostic::error(CODE, at, format!("`{value}` is not a version"), "expected numbers with dots between them")
        .help("write `Version=\"1.0\"`")
}

/// The pattern of a reference, in the attribute `name`.
pub(crate) fn pattern(at: Span, name: &str, value: &str) -> Diagnostic {
    let label = "expected numbers and `*` with dots between them; the last may be `+`";
    Diagnostic::error(CODE, at, format!("`{value}` is not a pattern for versions"), label)
        .help(format!("`{name}=\"1.*\"` stands for 1.0, 1.1 …; `{name}=\"1.+\"` for 1.0.2, too"))
}
