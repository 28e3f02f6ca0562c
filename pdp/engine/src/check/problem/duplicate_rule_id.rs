//! `duplicate-rule-id`: two rules of one id.

use crate::check::explain::explanation;
use crate::diagnostic::{Diagnostic, Span};

explanation! {
    "duplicate-rule-id",
    refuses: "Warns of a second rule with the same `RuleId` in one policy; refuses it where a `RuleIdRef` names it.",
    because: "Tests, explanations and audit name rules by their ids.",
    example: r#"<Policy PolicyId="p" Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
  <Target/>
  <Rule RuleId="r" Effect="Permit"/>
  <Rule RuleId="r" Effect="Deny"/>
</Policy>"#,
    instead: r#"<Policy PolicyId="p" Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
  <Target/>
  <Rule RuleId="r" Effect="Permit"/>
  <Rule RuleId="s" Effect="Deny"/>
</Policy>"#,
}

/// Rule `id` of a policy, for the second time.
pub(crate) fn report(at: Span, id: &str, policy: &str, first: Span) -> Diagnostic {
    Diagnostic::warning(CODE, at, format!("rule id `{id}` is used twice in policy `{policy}`"), "second use")
        .note("first use", Some(first))
        .help("name it for what it does; tests, explanations and audit name rules by this id")
}

/// A `RuleIdRef` names an id that two rules have.
pub(crate) fn named(at: Span, id: &str, rules: [Span; 2]) -> Diagnostic {
    let [first, second] = rules;
    Diagnostic::error(CODE, at, format!("`RuleIdRef` names `{id}`, which two rules have"), "which of them?")
        .note("first use", Some(first))
        .note("second use", Some(second))
        .help("give one of the rules another id")
}
