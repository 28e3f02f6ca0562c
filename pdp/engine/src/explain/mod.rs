//! What decided, and why: the tracer that `explain` and policy tests read.
//!
//! Evaluation is generic over a [`Tracer`]. With [`NoTrace`] every step is removed when the engine is compiled; with
//! [`Recorder`] the steps become a tree of [`Trace`] nodes.

mod recorder;

pub use recorder::{Applied, Recorder, RuleTrace, Trace};

use crate::decision::{Decision, Effect};
use crate::diagnostic::Span;
use crate::status::Fault;
use crate::value::Operand;

/// What a target came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetOutcome {
    /// It matched.
    Match,
    /// It did not: nothing below it was looked at.
    NoMatch,
    /// It could not be worked out.
    Indeterminate,
}

/// One step of an evaluation, told when it is done; a policy or policy set also when it begins.
#[derive(Debug, Clone, Copy)]
pub enum Step<'s, 'a> {
    /// A policy or policy set begins.
    Enter {
        /// Whether it is a policy set.
        is_set: bool,
        /// Its identifier.
        id: &'s str,
        /// Its version.
        version: &'s str,
        /// The last segment of its combining algorithm.
        algorithm: &'static str,
        /// Its opening tag.
        at: Span,
    },
    /// The target of the policy or policy set at hand.
    Target(TargetOutcome),
    /// The policy or policy set at hand ends.
    Leave(Decision, Option<&'a Fault>),
    /// A rule of the policy at hand.
    Rule {
        /// Its identifier.
        id: &'s str,
        /// What it is for.
        effect: Effect,
        /// Its opening tag.
        at: Span,
        /// Its value.
        decision: Decision,
        /// Why it is Indeterminate.
        fault: Option<&'a Fault>,
    },
    /// A function was applied.
    Applied {
        /// Its short name.
        function: &'s str,
        /// What it was applied to, where that is more than conditions.
        arguments: &'s [Operand<'a>],
        /// What it gave.
        value: Result<Operand<'a>, &'a Fault>,
        /// The Apply.
        at: Span,
    },
}

/// Who is told of each step.
pub trait Tracer {
    /// Whether steps are told at all: a constant, so that the telling is compiled away.
    const ON: bool;

    /// One step.
    fn step(&mut self, step: Step<'_, '_>);
}

/// Nobody is told.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoTrace;

impl Tracer for NoTrace {
    const ON: bool = false;

    fn step(&mut self, _: Step<'_, '_>) {}
}
