//! `ambiguous-reference`: a reference that fits two policies.

use crate::check::explain::explanation;
use crate::diagnostic::{Diagnostic, Span};

explanation! {
    "ambiguous-reference",
    refuses: "A reference that fits two different documents of one version.",
    because: "Nobody could say which of them is meant. Of several versions, the latest one that fits is meant.",
    example: r#"<PolicySet PolicySetId="s" Version="1" PolicyCombiningAlgId="urn:oasis:names:tc:xacml:3.0:policy-combining-algorithm:deny-overrides">
  <Target/>
  <PolicyIdReference>p</PolicyIdReference>
</PolicySet>

<Policy PolicyId="p" Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
  <Target/>
</Policy>

<Policy PolicyId="p" Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:permit-overrides">
  <Target/>
</Policy>"#,
    instead: r#"<PolicySet PolicySetId="s" Version="1" PolicyCombiningAlgId="urn:oasis:names:tc:xacml:3.0:policy-combining-algorithm:deny-overrides">
  <Target/>
  <PolicyIdReference>p</PolicyIdReference>
</PolicySet>

<Policy PolicyId="p" Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
  <Target/>
</Policy>

<Policy PolicyId="p" Version="2" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:permit-overrides">
  <Target/>
</Policy>"#,
}

/// The reference at this place fits each of these.
pub(crate) fn report(at: Span, kind: &str, id: &str, version: &str, candidates: &[Span]) -> Diagnostic {
    let message = format!("two documents are version {version} of {kind} `{id}`");
    let diagnostic = Diagnostic::error(CODE, at, message, "which of them?");
    candidates
        .iter()
        .fold(diagnostic, |found, place| found.note("this one", Some(*place)))
        .help("give one of them another version")
}
