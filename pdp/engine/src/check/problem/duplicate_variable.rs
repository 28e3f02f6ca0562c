//! `duplicate-variable`: two variables of one id.

use crate::check::explain::explanation;
use crate::diagnostic::{Diagnostic, Span};

explanation! {
    "duplicate-variable",
    refuses: "A second `VariableDefinition` with the same `VariableId` in one policy.",
    because: "Nobody could say which of them a reference means.",
    example: r#"<Policy PolicyId="p" Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
  <Target/>
  <VariableDefinition VariableId="v">
    <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#boolean">true</AttributeValue>
  </VariableDefinition>
  <VariableDefinition VariableId="v">
    <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#boolean">false</AttributeValue>
  </VariableDefinition>
</Policy>"#,
    instead: r#"<Policy PolicyId="p" Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
  <Target/>
</Policy>"#,
}

/// `id` was defined before.
pub(crate) fn report(at: Span, id: &str, first: Span) -> Diagnostic {
    Diagnostic::error(CODE, at, format!("variable `{id}` is defined twice"), "second definition")
        .note("first definition", Some(first))
        .help("give one of them another id")
}
