//! `unused-variable`: a variable that nothing uses.

use crate::check::explain::explanation;
use crate::diagnostic::{Diagnostic, Edit, Fix, Span};

explanation! {
    "unused-variable",
    refuses: "Warns of a `VariableDefinition` that no `VariableReference` names.",
    because: "Often the reference was lost, and with it a condition.",
    example: r#"<VariableDefinition VariableId="owner">
  <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#boolean">true</AttributeValue>
</VariableDefinition>"#,
    instead: r#"<Policy PolicyId="p" Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
  <Target/>
</Policy>"#,
}

/// `id` is never used. `whole` is what can be removed.
pub(crate) fn report(at: Span, id: &str, whole: Span) -> Diagnostic {
    let label = "no `VariableReference` in this policy names it";
    Diagnostic::warning(CODE, at, format!("variable `{id}` is never used"), label)
        .help("remove it, or refer to it · `argus check --fix` removes it (no decision changes)")
        .fix(Fix { safe: true, edits: vec![Edit { at: whole, text: String::new() }] })
}
