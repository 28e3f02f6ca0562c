//! The table of algorithms and the look-up by identifier.

use super::{Algorithm, Combines, Method};

const fn rules(id: &'static str, method: Method, section: &'static str) -> Algorithm {
    Algorithm { id, combines: Combines::Rules, method, section }
}

const fn policies(id: &'static str, method: Method, section: &'static str) -> Algorithm {
    Algorithm { id, combines: Combines::Policies, method, section }
}

/// Every algorithm.
#[rustfmt::skip]
pub static ALGORITHMS: &[Algorithm] = &[
    rules("urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides", Method::DenyOverrides, "C.2"),
    policies("urn:oasis:names:tc:xacml:3.0:policy-combining-algorithm:deny-overrides", Method::DenyOverrides, "C.2"),
    rules("urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:ordered-deny-overrides", Method::DenyOverrides, "C.3"),
    policies("urn:oasis:names:tc:xacml:3.0:policy-combining-algorithm:ordered-deny-overrides", Method::DenyOverrides, "C.3"),
    rules("urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:permit-overrides", Method::PermitOverrides, "C.4"),
    policies("urn:oasis:names:tc:xacml:3.0:policy-combining-algorithm:permit-overrides", Method::PermitOverrides, "C.4"),
    rules("urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:ordered-permit-overrides", Method::PermitOverrides, "C.5"),
    policies("urn:oasis:names:tc:xacml:3.0:policy-combining-algorithm:ordered-permit-overrides", Method::PermitOverrides, "C.5"),
    rules("urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-unless-permit", Method::DenyUnlessPermit, "C.6"),
    policies("urn:oasis:names:tc:xacml:3.0:policy-combining-algorithm:deny-unless-permit", Method::DenyUnlessPermit, "C.6"),
    rules("urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:permit-unless-deny", Method::PermitUnlessDeny, "C.7"),
    policies("urn:oasis:names:tc:xacml:3.0:policy-combining-algorithm:permit-unless-deny", Method::PermitUnlessDeny, "C.7"),
    rules("urn:oasis:names:tc:xacml:1.0:rule-combining-algorithm:first-applicable", Method::FirstApplicable, "C.8"),
    policies("urn:oasis:names:tc:xacml:1.0:policy-combining-algorithm:first-applicable", Method::FirstApplicable, "C.8"),
    policies("urn:oasis:names:tc:xacml:1.0:policy-combining-algorithm:only-one-applicable", Method::OnlyOneApplicable, "C.9"),
    rules("urn:oasis:names:tc:xacml:1.0:rule-combining-algorithm:deny-overrides", Method::LegacyRuleDenyOverrides, "C.10"),
    policies("urn:oasis:names:tc:xacml:1.0:policy-combining-algorithm:deny-overrides", Method::LegacyPolicyDenyOverrides, "C.10"),
    rules("urn:oasis:names:tc:xacml:1.1:rule-combining-algorithm:ordered-deny-overrides", Method::LegacyRuleDenyOverrides, "C.11"),
    policies("urn:oasis:names:tc:xacml:1.1:policy-combining-algorithm:ordered-deny-overrides", Method::LegacyPolicyDenyOverrides, "C.11"),
    rules("urn:oasis:names:tc:xacml:1.0:rule-combining-algorithm:permit-overrides", Method::LegacyRulePermitOverrides, "C.12"),
    policies("urn:oasis:names:tc:xacml:1.0:policy-combining-algorithm:permit-overrides", Method::LegacyPolicyPermitOverrides, "C.12"),
    rules("urn:oasis:names:tc:xacml:1.1:rule-combining-algorithm:ordered-permit-overrides", Method::LegacyRulePermitOverrides, "C.13"),
    policies("urn:oasis:names:tc:xacml:1.1:policy-combining-algorithm:ordered-permit-overrides", Method::LegacyPolicyPermitOverrides, "C.13"),
    policies("urn:oasis:names:tc:xacml:3.0:policy-combining-algorithm:on-permit-apply-second", Method::OnPermitApplySecond, "additional 1.0"),
];

/// The algorithm with this identifier.
pub fn find(id: &str) -> Option<&'static Algorithm> {
    ALGORITHMS.iter().find(|algorithm| algorithm.id == id)
}
