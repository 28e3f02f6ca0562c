//! `unused-directive`: a comment to the check that silences nothing.

use crate::check::explain::explanation;
use crate::diagnostic::{Diagnostic, Span};

explanation! {
    "unused-directive",
    refuses: "Warns of an `argus: allow` that silences nothing: the element that follows it raises no warning of that code.",
    because: "It hides the next such warning, which nobody has looked at.",
    example: r#"<!-- argus: allow unused-variable: kept for 2027 -->
<Policy xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" PolicyId="p" Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
  <Target/>
</Policy>"#,
    instead: r#"<Policy PolicyId="p" Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
  <Target/>
</Policy>"#,
}

/// Nothing of this code follows.
pub(crate) fn report(at: Span, code: &str) -> Diagnostic {
    let label = "the element after it raises no such warning";
    Diagnostic::warning(CODE, at, format!("nothing here raises `{code}`"), label).help("remove the comment")
}
