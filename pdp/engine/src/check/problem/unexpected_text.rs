//! `unexpected-text`: text where only elements can stand.

use crate::check::explain::explanation;
use crate::diagnostic::{Diagnostic, Span};

explanation! {
    "unexpected-text",
    refuses: "Text inside an element that holds only elements.",
    because: "It is not read, so it can not mean what its author wants.",
    example: r#"<Rule RuleId="r" Effect="Permit">for managers</Rule>"#,
    instead: r#"<Rule RuleId="r" Effect="Permit">
  <Description>for managers</Description>
</Rule>"#,
}

/// Text inside `element`.
pub(crate) fn report(at: Span, element: &str) -> Diagnostic {
    Diagnostic::error(CODE, at, format!("text inside `{element}`"), "only elements can stand here")
        .help("put a remark into `<!-- … -->` or a `Description`")
}
