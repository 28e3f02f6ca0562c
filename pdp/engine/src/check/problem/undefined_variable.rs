//! `undefined-variable`: a variable that nobody defines.

use crate::check::explain::explanation;
use crate::check::suggest;
use crate::diagnostic::{Diagnostic, Edit, Fix, Span};

explanation! {
    "undefined-variable",
    refuses: "A `VariableReference` to a variable that its policy does not define.",
    because: "Variables are known in their own policy only: not in others, nor in a policy set.",
    example: r#"<Condition>
  <VariableReference VariableId="owner"/>
</Condition>"#,
    instead: r#"<Policy PolicyId="p" Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
  <Target/>
  <VariableDefinition VariableId="owner">
    <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#boolean">true</AttributeValue>
  </VariableDefinition>
  <Rule RuleId="r" Effect="Permit">
    <Condition>
      <VariableReference VariableId="owner"/>
    </Condition>
  </Rule>
</Policy>"#,
}

/// No variable is called `id`; the policy, if there is one, has `known`.
pub(crate) fn report<'n>(at: Span, id: &str, known: Option<impl Iterator<Item = &'n str>>) -> Diagnostic {
    let Some(known) = known else {
        return Diagnostic::error(CODE, at, format!("variable `{id}` can't be known here"), "outside of a policy")
            .help("define variables in a `Policy`; a `PolicySet` has none");
    };
    let label = "no `VariableDefinition` in this policy has this id";
    let diagnostic = Diagnostic::error(CODE, at, format!("undefined variable `{id}`"), label);
    match suggest::name(id, known) {
        Some(near) => diagnostic
            .help(format!("did you mean `{near}`?"))
            .fix(Fix { safe: false, edits: vec![Edit { at, text: near.to_owned() }] }),
        None => diagnostic,
    }
}
