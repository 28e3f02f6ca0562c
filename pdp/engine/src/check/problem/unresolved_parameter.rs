//! `unresolved-parameter`: parameters for a child that isn't there.

use crate::check::explain::explanation;
use crate::check::suggest;
use crate::diagnostic::{Diagnostic, Edit, Fix, Span};

explanation! {
    "unresolved-parameter",
    refuses: "A `RuleIdRef`, `PolicyIdRef` or `PolicySetIdRef` that names none of the rules or children beside it.",
    because: "The parameters would reach nothing.",
    example: r#"<Policy PolicyId="p" Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
  <Target/>
  <RuleCombinerParameters RuleIdRef="r"/>
</Policy>"#,
    instead: r#"<Policy PolicyId="p" Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
  <Target/>
  <RuleCombinerParameters RuleIdRef="r"/>
  <Rule RuleId="r" Effect="Permit"/>
</Policy>"#,
}

/// The attribute `name` holds `id`; the children have the ids `known`.
pub(crate) fn report<'n>(at: Span, name: &str, id: &str, known: impl Iterator<Item = &'n str>) -> Diagnostic {
    let (what, parent) = match name {
        "RuleIdRef" => ("rule", "policy"),
        "PolicyIdRef" => ("policy", "policy set"),
        _ => ("policy set", "policy set"),
    };
    let message = format!("no {what} of this {parent} has the id `{id}`");
    let diagnostic = Diagnostic::error(CODE, at, message, format!("`{name}` names a child"));
    match suggest::name(id, known) {
        Some(near) => diagnostic
            .help(format!("did you mean `{near}`?"))
            .fix(Fix { safe: false, edits: vec![Edit { at, text: near.to_owned() }] }),
        None => diagnostic,
    }
}
