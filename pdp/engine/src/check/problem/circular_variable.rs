//! `circular-variable`: a variable that is defined by itself.

use crate::check::explain::explanation;
use crate::diagnostic::{Diagnostic, Span};

explanation! {
    "circular-variable",
    refuses: "A variable whose definition leads back to itself.",
    because: "Its value would never be known.",
    example: r#"<Policy PolicyId="p" Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
  <Target/>
  <VariableDefinition VariableId="v">
    <VariableReference VariableId="v"/>
  </VariableDefinition>
</Policy>"#,
    instead: r#"<Policy PolicyId="p" Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
  <Target/>
</Policy>"#,
}

/// The steps of the circle, each with the reference that makes it; the first is where the message stands.
pub(crate) fn report(steps: &[(&str, &str, Span)]) -> Diagnostic {
    let (id, at) = steps.first().map_or(("", Span::default()), |(from, _, at)| (*from, *at));
    let diagnostic = Diagnostic::error(CODE, at, format!("variable `{id}` is defined by itself"), "leads back to it");
    steps
        .iter()
        .fold(diagnostic, |found, (from, to, at)| found.note(format!("`{from}` refers to `{to}`"), Some(*at)))
        .help("take one of these references out")
}
