//! `policy-issuer`: a policy that was issued by somebody.

use crate::check::explain::explanation;
use crate::diagnostic::{Diagnostic, Span};

explanation! {
    "policy-issuer",
    refuses: "A `PolicyIssuer`.",
    because: "It belongs to the administration profile: whether such a policy counts is decided by other policies. A server without that profile must not take it for trusted.",
    example: r#"<Policy PolicyId="p" Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
  <PolicyIssuer/>
  <Target/>
</Policy>"#,
    instead: r#"<Policy PolicyId="p" Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
  <Target/>
</Policy>"#,
}

/// A `PolicyIssuer` at this place.
pub(crate) fn report(at: Span) -> Diagnostic {
    let label = "belongs to the administration profile, which argus doesn't have";
    Diagnostic::error(CODE, at, "a policy with `PolicyIssuer` is not trusted", label)
        .help("remove it where the policy is to be trusted")
}
