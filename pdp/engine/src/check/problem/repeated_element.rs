//! `repeated-element`: an element more often than it can stand.

use crate::check::explain::explanation;
use crate::diagnostic::{Diagnostic, Span};

explanation! {
    "repeated-element",
    refuses: "An element that stands more often inside its parent than it may.",
    because: "Only one of them could count, and nobody says which.",
    example: r#"<Rule RuleId="r" Effect="Permit">
  <Target/>
  <Target/>
</Rule>"#,
    instead: r#"<Rule RuleId="r" Effect="Permit">
  <Target/>
</Rule>"#,
}

/// A second `name` inside `parent`, or a second of several `kind`s.
pub(crate) fn report(at: Span, name: &str, parent: &str, first: Span) -> Diagnostic {
    Diagnostic::error(CODE, at, format!("`{name}` is one too many in `{parent}`"), "there is one before it")
        .note("the first is here", Some(first))
}
