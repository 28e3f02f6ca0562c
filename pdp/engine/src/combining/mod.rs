//! The combining algorithms of core appendix C and of the Additional Combining Algorithms Profile.

mod registry;

pub use registry::{ALGORITHMS, find};

/// What an algorithm combines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Combines {
    /// The rules of a `Policy`.
    Rules,
    /// The children of a `PolicySet`.
    Policies,
}

/// What the algorithms do. Ordered and unordered variants are one: children are visited in document order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// C.2, C.3.
    DenyOverrides,
    /// C.4, C.5.
    PermitOverrides,
    /// C.6.
    DenyUnlessPermit,
    /// C.7.
    PermitUnlessDeny,
    /// C.8.
    FirstApplicable,
    /// C.9.
    OnlyOneApplicable,
    /// C.10, of rules.
    LegacyRuleDenyOverrides,
    /// C.10, of policies.
    LegacyPolicyDenyOverrides,
    /// C.12, of rules.
    LegacyRulePermitOverrides,
    /// C.12, of policies.
    LegacyPolicyPermitOverrides,
    /// Additional Combining Algorithms Profile 1.0.
    OnPermitApplySecond,
}

/// A row of the table.
#[derive(Debug)]
pub struct Algorithm {
    /// The identifier.
    pub id: &'static str,
    /// What it combines.
    pub combines: Combines,
    /// What it does.
    pub method: Method,
    /// Where it is defined.
    pub section: &'static str,
}

impl Algorithm {
    /// The last segment of the identifier, for messages: `deny-overrides`.
    pub fn short_name(&self) -> &'static str {
        self.id.rsplit(':').next().unwrap_or(self.id)
    }
}
