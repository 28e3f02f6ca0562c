//! `only-one-applicable`: of all children exactly one target may match, and that child decides (core C.9).
//!
//! The targets of all children are looked at before any child is evaluated: a later match or failure still counts.

use std::ops::ControlFlow;

/// What a child's target says about the request: the target alone (core C.9, `isApplicable`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applicability {
    /// The target matches.
    Applies,
    /// It doesn't.
    DoesNot,
    /// It couldn't be told, or a reference couldn't be resolved.
    Unknown,
}

/// Why no child is chosen: the value is the plain Indeterminate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused<C> {
    /// The target of this child is Indeterminate; the status is that of its fault.
    Unknown(C),
    /// A second child applies; the status is `processing-error`.
    Second {
        /// The child that applied before.
        first: C,
        /// The one that applies too.
        second: C,
    },
}

/// The child chosen so far, named as the evaluator likes to: by place or by reference.
#[derive(Debug)]
pub struct OnlyOneApplicable<C> {
    chosen: Option<C>,
}

impl<C> Default for OnlyOneApplicable<C> {
    fn default() -> Self {
        Self { chosen: None }
    }
}

impl<C: Copy> OnlyOneApplicable<C> {
    /// Takes in the next child, in document order. A break is the end: the node is plainly Indeterminate.
    pub fn visit(&mut self, child: C, applicability: Applicability) -> ControlFlow<Refused<C>> {
        match (applicability, self.chosen) {
            (Applicability::DoesNot, _) => {}
            (Applicability::Unknown, _) => return ControlFlow::Break(Refused::Unknown(child)),
            (Applicability::Applies, Some(first)) => {
                return ControlFlow::Break(Refused::Second { first, second: child });
            }
            (Applicability::Applies, None) => self.chosen = Some(child),
        }
        ControlFlow::Continue(())
    }

    /// The child to evaluate, whose value made [`plain`](super::plain) is the node's; `None` is NotApplicable.
    pub fn finish(self) -> Option<C> {
        self.chosen
    }
}
