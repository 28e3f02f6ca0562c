//! The recorder: steps kept as a tree, with texts of its own, so that it outlives the request.

use super::{Step, TargetOutcome, Tracer};
use crate::decision::{Decision, Effect};
use crate::diagnostic::Span;
use crate::value::{Operand, Value};

/// A policy or policy set that was evaluated.
#[derive(Debug, Clone)]
pub struct Trace {
    /// Whether it is a policy set.
    pub is_set: bool,
    /// Its identifier.
    pub id: String,
    /// Its version.
    pub version: String,
    /// The last segment of its combining algorithm.
    pub algorithm: &'static str,
    /// Its opening tag.
    pub at: Span,
    /// What its target came to.
    pub target: Option<TargetOutcome>,
    /// Its value.
    pub decision: Decision,
    /// Why it is Indeterminate.
    pub fault: Option<String>,
    /// Its rules that were looked at, in order.
    pub rules: Vec<RuleTrace>,
    /// Its children that were looked at, in order.
    pub children: Vec<Trace>,
}

/// A rule that was evaluated.
#[derive(Debug, Clone)]
pub struct RuleTrace {
    /// Its identifier.
    pub id: String,
    /// What it is for.
    pub effect: Effect,
    /// Its opening tag.
    pub at: Span,
    /// Its value.
    pub decision: Decision,
    /// Why it is Indeterminate.
    pub fault: Option<String>,
    /// The functions that its condition applied, innermost first.
    pub applied: Vec<Applied>,
}

/// A function that was applied.
#[derive(Debug, Clone)]
pub struct Applied {
    /// Its short name.
    pub function: String,
    /// What it was applied to, as text; a bag is in braces.
    pub arguments: Vec<String>,
    /// What it gave, or why it failed.
    pub value: Result<String, String>,
    /// The Apply.
    pub at: Span,
}

/// Keeps what it is told.
#[derive(Debug, Default)]
pub struct Recorder {
    open: Vec<Trace>,
    applied: Vec<Applied>,
    root: Option<Trace>,
}

impl Recorder {
    /// The root, once the evaluation is done.
    pub fn into_trace(self) -> Option<Trace> {
        self.root
    }
}

impl Tracer for Recorder {
    const ON: bool = true;

    fn step(&mut self, step: Step<'_, '_>) {
        match step {
            Step::Enter { is_set, id, version, algorithm, at } => {
                self.applied.clear();
                self.open.push(Trace {
                    is_set,
                    id: id.to_owned(),
                    version: version.to_owned(),
                    algorithm,
                    at,
                    target: None,
                    decision: Decision::NotApplicable,
                    fault: None,
                    rules: Vec::new(),
                    children: Vec::new(),
                });
            }
            Step::Target(outcome) => {
                if let Some(node) = self.open.last_mut() {
                    node.target = Some(outcome);
                }
            }
            Step::Leave(decision, fault) => self.leave(decision, fault.map(|fault| fault.message.to_string())),
            Step::Rule { id, effect, at, decision, fault } => {
                let applied = std::mem::take(&mut self.applied);
                let fault = fault.map(|fault| fault.message.to_string());
                if let Some(node) = self.open.last_mut() {
                    node.rules.push(RuleTrace { id: id.to_owned(), effect, at, decision, fault, applied });
                }
            }
            Step::Applied { function, arguments, value, at } => self.applied.push(Applied {
                function: function.to_owned(),
                arguments: arguments.iter().map(show).collect(),
                value: value.map(|value| show(&value)).map_err(|fault| fault.message.to_string()),
                at,
            }),
        }
    }
}

impl Recorder {
    fn leave(&mut self, decision: Decision, fault: Option<String>) {
        self.applied.clear();
        let Some(mut node) = self.open.pop() else { return };
        node.decision = decision;
        node.fault = fault;
        match self.open.last_mut() {
            Some(parent) => parent.children.push(node),
            None => self.root = Some(node),
        }
    }
}

fn show(operand: &Operand<'_>) -> String {
    match operand {
        Operand::One(value) => show_value(value),
        Operand::Bag(values) => {
            let shown: Vec<String> = values.iter().map(show_value).collect();
            format!("{{{}}}", shown.join(", "))
        }
    }
}

fn show_value(value: &Value<'_>) -> String {
    match value {
        Value::String(text) => format!("\"{text}\""),
        other => other.to_string(),
    }
}
