//! The combining algorithms of core appendix C and of the Additional Combining Algorithms Profile.
//!
//! Most algorithms take in one child after the other: they are [`Combining`]. Two decide which child is evaluated at
//! all, and are driven by hand: [`OnlyOneApplicable`] and [`on_permit_apply_second`]. None knows what a child is:
//! obligations are the node's business, skipping children the index's.

mod deny_overrides;
mod deny_unless_permit;
mod first_applicable;
mod legacy_policy_deny_overrides;
mod legacy_policy_permit_overrides;
mod legacy_rule_deny_overrides;
mod legacy_rule_permit_overrides;
pub mod on_permit_apply_second;
mod only_one_applicable;
mod permit_overrides;
mod permit_unless_deny;
mod registry;
#[cfg(test)]
mod tests;

use std::ops::ControlFlow;

pub use deny_overrides::DenyOverrides;
pub use deny_unless_permit::DenyUnlessPermit;
pub use first_applicable::FirstApplicable;
pub use legacy_policy_deny_overrides::LegacyPolicyDenyOverrides;
pub use legacy_policy_permit_overrides::LegacyPolicyPermitOverrides;
pub use legacy_rule_deny_overrides::LegacyRuleDenyOverrides;
pub use legacy_rule_permit_overrides::LegacyRulePermitOverrides;
pub use only_one_applicable::{Applicability, OnlyOneApplicable, Refused};
pub use permit_overrides::PermitOverrides;
pub use permit_unless_deny::PermitUnlessDeny;
pub use registry::{ALGORITHMS, find};

use crate::decision::{Decision, Effects};

/// An algorithm that takes in the children's values in document order.
///
/// INVARIANT: a child that is NotApplicable changes nothing. The index leaves such children out.
pub trait Combining: Default {
    /// Takes in the value of the next child. A break is the node's value: no further child is evaluated.
    fn visit(&mut self, child: Decision) -> ControlFlow<Decision>;

    /// The node's value when all children were visited.
    fn finish(self) -> Decision;
}

/// Combines the values of children, each evaluated only when its turn comes.
pub fn combine<C: Combining>(children: impl IntoIterator<Item = Decision>) -> Decision {
    let mut combining = C::default();
    for child in children {
        if let ControlFlow::Break(settled) = combining.visit(child) {
            return settled;
        }
    }
    combining.finish()
}

/// The plain Indeterminate, which could have been either for all that its algorithm knows (core 7.13, C.1).
pub const INDETERMINATE: Decision = Decision::Indeterminate(Effects::DP);

/// The value as an algorithm gives it that doesn't track what an Indeterminate could have been (C.1).
pub fn plain(decision: Decision) -> Decision {
    match decision {
        Decision::Indeterminate(_) => INDETERMINATE,
        decided => decided,
    }
}

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
