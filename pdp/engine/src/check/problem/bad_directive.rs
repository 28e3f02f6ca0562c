//! `bad-directive`: a comment to the check that it doesn't understand.

use crate::check::explain::explanation;
use crate::check::suggest;
use crate::diagnostic::{Diagnostic, Span};

explanation! {
    "bad-directive",
    refuses: "Warns of a comment that starts with `argus:` and is not `argus: allow CODE: cause`, with a code that exists.",
    because: "It would silence nothing. The cause is for whoever reads the policy next.",
    example: r#"<!-- argus: allow unused-variable -->
<Policy xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" PolicyId="p" Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
  <Target/>
</Policy>"#,
    instead: r#"<Policy PolicyId="p" Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
  <Target/>
</Policy>"#,
}

/// The comment has another form.
pub(crate) fn form(at: Span) -> Diagnostic {
    Diagnostic::warning(CODE, at, "a directive that argus doesn't understand", "silences nothing")
        .help("write `<!-- argus: allow CODE: cause -->`")
}

/// The comment names a code that doesn't exist.
pub(crate) fn code<'n>(at: Span, code: &str, known: impl Iterator<Item = &'n str>) -> Diagnostic {
    let diagnostic = Diagnostic::warning(CODE, at, format!("there is no diagnostic `{code}`"), "silences nothing");
    match suggest::name(code, known) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic,
    }
}
