//! `on-permit-apply-second`: the first child is a guard; when it permits, the second decides, else the third, if there
//! is one (Additional Combining Algorithms Profile 1.0). The child that isn't chosen is not evaluated.

use super::INDETERMINATE;
use crate::decision::{Decision, Effects};

/// What is to be done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Evaluate the child at this place. After the first, its value is the node's.
    Evaluate(usize),
    /// This is the node's value.
    Settled(Decision),
}

/// Where to begin. The algorithm takes two or three children; with any other number the node is Indeterminate
/// (`processing-error`) and no child is evaluated.
pub fn start(children: usize) -> Next {
    if matches!(children, 2 | 3) { Next::Evaluate(0) } else { Next::Settled(INDETERMINATE) }
}

/// What follows from the value of the first child. Indeterminate here has the status of the first child.
pub fn after_first(first: Decision, children: usize) -> Next {
    match first {
        Decision::Permit => Next::Evaluate(1),
        Decision::Indeterminate(Effects::P | Effects::DP) => Next::Settled(INDETERMINATE),
        Decision::Deny | Decision::NotApplicable | Decision::Indeterminate(Effects::D) if children == 3 => {
            Next::Evaluate(2)
        }
        Decision::Deny | Decision::NotApplicable | Decision::Indeterminate(Effects::D) => {
            Next::Settled(Decision::NotApplicable)
        }
    }
}
