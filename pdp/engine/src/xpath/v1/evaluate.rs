//! Evaluation (XPath 1.0 §2, §3): an expression, a context, and a count of the work done.

use std::borrow::Cow;
use std::cell::Cell;

use super::super::document::{Document, NodeId};
use super::super::error::{Result, XPathError, XPathErrorKind};
use super::axis;
use super::functions::Call;
use super::syntax::{Arithmetic, Expr, Start, Step};
use super::value::{Value, number_of, text_of, truth_of_number};

/// Nodes looked at, and texts copied, in one evaluation: about a tenth of a second.
const MOST_STEPS: u64 = 5_000_000;
/// Bytes of text that cost as much as a node.
const BYTES_A_STEP: u64 = 32;

/// The nodes that the expression selects, in document order.
pub(in super::super) fn select(document: &Document<'_>, expression: &Expr, from: NodeId) -> Result<Vec<NodeId>> {
    let evaluator = Evaluator { document, steps: Cell::new(0) };
    let context = Context { node: from, position: 1, size: 1 };
    evaluator.evaluate(expression, context).and_then(nodes_of)
}

/// The context node, its position and how many there are (XPath 1.0 §1).
#[derive(Debug, Clone, Copy)]
pub(super) struct Context {
    pub(super) node: NodeId,
    pub(super) position: usize,
    pub(super) size: usize,
}

#[derive(Debug)]
pub(super) struct Evaluator<'d> {
    pub(super) document: &'d Document<'d>,
    steps: Cell<u64>,
}

impl<'d> Evaluator<'d> {
    pub(super) fn charge(&self, steps: u64) -> Result<()> {
        let spent = self.steps.get().saturating_add(steps);
        self.steps.set(spent);
        if spent > MOST_STEPS {
            let message = format!("the evaluation took more than {MOST_STEPS} steps");
            return Err(XPathError::new(XPathErrorKind::TooComplex, message));
        }
        Ok(())
    }

    pub(super) fn charge_text(&self, bytes: usize) -> Result<()> {
        self.charge(bytes as u64 / BYTES_A_STEP)
    }

    pub(super) fn evaluate(&self, expression: &'d Expr, context: Context) -> Result<Value<'d>> {
        self.charge(1)?;
        Ok(match expression {
            Expr::Or(left, right) => Value::Boolean(self.is_true(left, context)? || self.is_true(right, context)?),
            Expr::And(left, right) => Value::Boolean(self.is_true(left, context)? && self.is_true(right, context)?),
            Expr::Compare(comparison, left, right) => {
                let (left, right) = (self.evaluate(left, context)?, self.evaluate(right, context)?);
                Value::Boolean(self.compare(*comparison, &left, &right)?)
            }
            Expr::Arithmetic(operation, left, right) => {
                let left = self.number(&self.evaluate(left, context)?)?;
                let right = self.number(&self.evaluate(right, context)?)?;
                Value::Number(calculate(*operation, left, right))
            }
            Expr::Negate(inner) => Value::Number(-self.number(&self.evaluate(inner, context)?)?),
            Expr::Union(left, right) => {
                let mut nodes = self.evaluate(left, context).and_then(nodes_of)?;
                nodes.extend(self.evaluate(right, context).and_then(nodes_of)?);
                Value::Nodes(in_order(nodes))
            }
            Expr::Number(number) => Value::Number(*number),
            Expr::Literal(text) => Value::Text(Cow::Borrowed(text)),
            Expr::Call(function, arguments) => {
                let arguments = arguments.iter().map(|a| self.evaluate(a, context)).collect::<Result<Vec<_>>>()?;
                (function.body)(&Call { evaluator: self, context, arguments })?
            }
            Expr::Filter(inner, predicate) => {
                let nodes = self.evaluate(inner, context).and_then(nodes_of)?;
                Value::Nodes(self.keep(predicate, nodes)?)
            }
            Expr::Path(start, steps) => Value::Nodes(self.path(start, steps, context)?),
        })
    }

    fn is_true(&self, expression: &'d Expr, context: Context) -> Result<bool> {
        Ok(self.boolean(&self.evaluate(expression, context)?))
    }

    fn path(&self, start: &'d Start, steps: &'d [Step], context: Context) -> Result<Vec<NodeId>> {
        let mut nodes = match start {
            Start::Root => vec![NodeId::ROOT],
            Start::Context => vec![context.node],
            Start::Nodes(inner) => self.evaluate(inner, context).and_then(nodes_of)?,
        };
        for step in steps {
            nodes = self.step(step, &nodes)?;
        }
        Ok(nodes)
    }

    fn step(&self, step: &'d Step, from: &[NodeId]) -> Result<Vec<NodeId>> {
        let mut all = Vec::new();
        for &node in from {
            let mut candidates = Vec::new();
            axis::walk(self.document, step.axis, node, |candidate| {
                self.charge(1)?;
                if axis::matches(self.document, &step.test, step.axis, candidate) {
                    candidates.push(candidate);
                }
                Ok(())
            })?;
            for predicate in &step.predicates {
                candidates = self.keep(predicate, candidates)?;
            }
            if all.is_empty() {
                all = candidates;
            } else {
                all.append(&mut candidates);
            }
        }
        Ok(in_order(all))
    }

    /// Those of the nodes for which the predicate holds; a number is the position it holds for.
    fn keep(&self, predicate: &'d Expr, nodes: Vec<NodeId>) -> Result<Vec<NodeId>> {
        let size = nodes.len();
        let mut kept = Vec::new();
        for (before, node) in nodes.into_iter().enumerate() {
            let position = before + 1;
            let holds = match self.evaluate(predicate, Context { node, position, size })? {
                Value::Number(wanted) => is_position(wanted, position),
                other => self.boolean(&other),
            };
            if holds {
                kept.push(node);
            }
        }
        Ok(kept)
    }

    pub(super) fn string_value(&self, node: NodeId) -> Result<Cow<'d, str>> {
        let text = self.document.string_value(node);
        self.charge(u64::from(self.document.node(node.index).end - node.index))?;
        self.charge_text(text.len())?;
        Ok(text)
    }

    /// The string values of the nodes, each when it is asked for.
    pub(super) fn string_values<'e>(
        &'e self,
        nodes: &'e [NodeId],
    ) -> Result<impl Iterator<Item = Result<Cow<'d, str>>> + use<'e, 'd>> {
        self.charge(nodes.len() as u64)?;
        Ok(nodes.iter().map(|&node| self.string_value(node)))
    }

    pub(super) fn text(&self, value: &Value<'d>) -> Result<Cow<'d, str>> {
        Ok(match value {
            Value::Nodes(nodes) => match nodes.first() {
                Some(first) => self.string_value(*first)?,
                None => Cow::Borrowed(""),
            },
            Value::Boolean(truth) => Cow::Borrowed(if *truth { "true" } else { "false" }),
            Value::Number(number) => text_of(*number),
            Value::Text(text) => text.clone(),
        })
    }

    pub(super) fn number(&self, value: &Value<'d>) -> Result<f64> {
        Ok(match value {
            Value::Nodes(_) => number_of(&self.text(value)?),
            Value::Boolean(truth) => f64::from(u8::from(*truth)),
            Value::Number(number) => *number,
            Value::Text(text) => number_of(text),
        })
    }

    #[expect(clippy::unused_self, reason = "the three conversions are called alike")]
    pub(super) fn boolean(&self, value: &Value<'d>) -> bool {
        match value {
            Value::Nodes(nodes) => !nodes.is_empty(),
            Value::Boolean(truth) => *truth,
            Value::Number(number) => truth_of_number(*number),
            Value::Text(text) => !text.is_empty(),
        }
    }
}

/// The nodes, where the value is nodes.
pub(super) fn nodes_of(value: Value<'_>) -> Result<Vec<NodeId>> {
    let found = match value {
        Value::Nodes(nodes) => return Ok(nodes),
        Value::Boolean(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::Text(_) => "a string",
    };
    Err(XPathError::new(XPathErrorKind::NotNodeSet, format!("nodes were expected, the expression gives {found}")))
}

fn in_order(mut nodes: Vec<NodeId>) -> Vec<NodeId> {
    // Most steps give their nodes in order: looking costs less than sorting.
    if !nodes.is_sorted_by(|a, b| a < b) {
        nodes.sort_unstable();
        nodes.dedup();
    }
    nodes
}

#[expect(clippy::float_cmp, clippy::cast_precision_loss, reason = "`[1.5]` is no position, and none is above 2^53")]
fn is_position(wanted: f64, position: usize) -> bool {
    wanted == position as f64
}

fn calculate(operation: Arithmetic, left: f64, right: f64) -> f64 {
    match operation {
        Arithmetic::Add => left + right,
        Arithmetic::Subtract => left - right,
        Arithmetic::Multiply => left * right,
        Arithmetic::Divide => left / right,
        Arithmetic::Modulo => left % right,
    }
}
