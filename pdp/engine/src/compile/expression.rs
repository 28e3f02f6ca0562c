//! Expressions: from a checked tree to ops, with constants folded and the commonest shapes fused.

use std::sync::Arc;

use super::build::{Builder, VariableOp, next, within};
use super::program::{Applied, Clock, Comparison, DEEPEST_EXPRESSION, NO_OP, Op, OpId, Range, Selector};
use crate::check::checked::{self, Expr};
use crate::functions::{Body, Function, Special};
use crate::value::{DataType, OwnedValue};

const ENVIRONMENT: &str = "urn:oasis:names:tc:xacml:3.0:attribute-category:environment";

/// Which attribute of the clock a designator asks for, if one. One with an issuer does not match what the PDP supplies.
pub(super) fn clock(designator: &checked::Designator<'_>) -> Option<Clock> {
    if designator.category != ENVIRONMENT || designator.issuer.is_some() {
        return None;
    }
    match (&*designator.id, designator.data_type) {
        ("urn:oasis:names:tc:xacml:1.0:environment:current-time", DataType::Time) => Some(Clock::Time),
        ("urn:oasis:names:tc:xacml:1.0:environment:current-date", DataType::Date) => Some(Clock::Date),
        ("urn:oasis:names:tc:xacml:1.0:environment:current-dateTime", DataType::DateTime) => Some(Clock::DateTime),
        _ => None,
    }
}

impl Op {
    /// Whether evaluating it again costs less than keeping its result.
    pub(super) fn is_cheap(self) -> bool {
        matches!(self, Self::String(_) | Self::AnyUri(_) | Self::Constant(_) | Self::Bag { .. } | Self::Only { .. })
    }
}

impl Builder {
    pub(super) fn expression(&mut self, expression: &Expr<'_>) -> OpId {
        match expression {
            Expr::Value(value) => {
                let op = self.constant_op(value);
                self.push(op, (0, 0))
            }
            Expr::Designator(designator) => self.bag(designator),
            Expr::Selector(selector) => self.selector(selector),
            Expr::Variable(place) => match self.variables.get(*place).copied() {
                Some(VariableOp::Inline(op)) => op,
                Some(VariableOp::Cached(_)) => self.push(Op::Variable(u32::try_from(*place).unwrap_or(0)), (0, 0)),
                Some(VariableOp::Pending) | None => NO_OP,
            },
            Expr::Apply(apply) => self.apply(apply),
        }
    }

    pub(super) fn push(&mut self, op: Op, at: (u32, u32)) -> OpId {
        let height = self.height(op);
        self.op_heights.push(height);
        self.program.ops.push(if height > DEEPEST_EXPRESSION { Op::TooDeep } else { op });
        self.program.op_spans.push(at);
        next(&self.program.ops) - 1
    }

    // How many levels of ops are evaluated with this one on the stack.
    fn height(&self, op: Op) -> u16 {
        let of = |op: OpId| self.op_heights.get(op as usize).copied().unwrap_or(0);
        let below = match op {
            Op::Not(argument) | Op::Matches { text: argument, .. } | Op::Sized { plain: argument, .. } => of(argument),
            Op::Variable(place) => match self.variables.get(place as usize) {
                Some(VariableOp::Cached(op) | VariableOp::Inline(op)) => of(*op),
                _ => 0,
            },
            Op::And(run)
            | Op::Or(run)
            | Op::NOf(run)
            | Op::MatchesDynamic(run)
            | Op::AccessPermitted(run)
            | Op::XPath { arguments: run, .. } => {
                run.of(&self.program.arguments).iter().copied().map(of).max().unwrap_or(0)
            }
            Op::Values { start, len, .. } | Op::Operands { start, len, .. } | Op::HigherOrder { start, len, .. } => {
                let run = Range { start, len: u32::from(len) };
                run.of(&self.program.arguments).iter().copied().map(of).max().unwrap_or(0)
            }
            _ => 0,
        };
        below.saturating_add(1)
    }

    // Equal designators are one op: nothing tells them apart but their place, which the tracer does not ask for.
    fn bag(&mut self, designator: &checked::Designator<'_>) -> OpId {
        let (slot, must_be_present) = (self.slot(designator), designator.must_be_present);
        if let Some(known) = self.bags.get(&(slot, must_be_present)) {
            return *known;
        }
        let op = self.push(Op::Bag { slot, must_be_present }, within(designator.at));
        self.bags.insert((slot, must_be_present), op);
        op
    }

    pub(super) fn constant(&mut self, value: &OwnedValue) -> u32 {
        if let Some(known) = self.recent.iter().flatten().copied().find(|recent| self.is_constant(*recent, value)) {
            return known;
        }
        self.program.constants.push(value.clone());
        let id = next(&self.program.constants) - 1;
        let place = id as usize % self.recent.len();
        if let Some(recent) = self.recent.get_mut(place) {
            *recent = Some(id);
        }
        id
    }

    // Only types in which equal values are the same in every other respect, too.
    fn is_constant(&self, id: u32, value: &OwnedValue) -> bool {
        match (self.program.constants.get(id as usize), value) {
            (Some(OwnedValue::Integer(a)), OwnedValue::Integer(b)) => a == b,
            (Some(OwnedValue::Boolean(a)), OwnedValue::Boolean(b)) => a == b,
            (Some(OwnedValue::IpAddressPattern(a)), OwnedValue::IpAddressPattern(b)) => a == b,
            _ => false,
        }
    }

    pub(super) fn constant_op(&mut self, value: &OwnedValue) -> Op {
        match value {
            OwnedValue::String(text) => Op::String(self.text(text)),
            OwnedValue::AnyUri(text) => Op::AnyUri(self.text(text)),
            other => Op::Constant(self.constant(other)),
        }
    }

    fn selector(&mut self, selector: &checked::Selector<'_>) -> OpId {
        self.program.selectors.push(Selector {
            category: (&*selector.category).into(),
            path: selector.path.clone(),
            path_text: (&*selector.path_text).into(),
            context_selector: selector.context_selector.as_deref().map(Into::into),
            data_type: selector.data_type,
            must_be_present: selector.must_be_present,
        });
        let place = next(&self.program.selectors) - 1;
        self.push(Op::Selector(place), within(selector.at))
    }

    fn apply(&mut self, apply: &checked::Apply<'_>) -> OpId {
        let at = within(apply.at);
        if let Some(folded) = self.fold(apply) {
            return self.push(folded, at);
        }
        if let Some(fused) = self.fuse(apply) {
            return self.push(fused, at);
        }
        let plain = self.apply_plainly(apply);
        match self.sized(apply, plain) {
            Some(sized) => self.push(sized, at),
            None => plain,
        }
    }

    fn apply_plainly(&mut self, apply: &checked::Apply<'_>) -> OpId {
        let at = within(apply.at);
        let arguments: Vec<OpId> = apply.arguments.iter().map(|argument| self.expression(argument)).collect();
        let run = self.arguments(&arguments);
        let len = u16::try_from(run.len).unwrap_or(u16::MAX);
        let function = apply.function;
        let op = match function.body {
            Body::Values(_) => Op::Values { function, start: run.start, len },
            Body::Operands(_) => Op::Operands { function, start: run.start, len },
            Body::Special(Special::And) => Op::And(run),
            Body::Special(Special::Or) => Op::Or(run),
            Body::Special(Special::NOf) => Op::NOf(run),
            Body::Special(Special::HigherOrder(kind)) => match apply.argument {
                Some(argument) => {
                    let pattern = self.applied_pattern(argument, &apply.arguments);
                    self.program.applied.push(Applied { kind, function: argument, pattern });
                    Op::HigherOrder { applied: next(&self.program.applied) - 1, start: run.start, len }
                }
                None => Op::Unsupported(function),
            },
            Body::Special(Special::RegexpMatch) => Op::MatchesDynamic(run),
            Body::Special(special @ (Special::XPathCount | Special::XPathEqual | Special::XPathMatch)) => {
                Op::XPath { special, arguments: run }
            }
            Body::Special(Special::AccessPermitted) => Op::AccessPermitted(run),
            Body::Special(Special::Unsupported) => Op::Unsupported(function),
        };
        self.push(op, at)
    }

    fn arguments(&mut self, arguments: &[OpId]) -> Range {
        let start = next(&self.program.arguments);
        self.program.arguments.extend_from_slice(arguments);
        Range { start, len: next(arguments) }
    }

    // Shapes that are so common that they have an op of their own.
    fn fuse(&mut self, apply: &checked::Apply<'_>) -> Option<Op> {
        match (apply.function.body, &*apply.arguments) {
            (Body::Operands(_), [Expr::Designator(designator)])
                if apply.function.short_name().ends_with("-one-and-only") =>
            {
                Some(Op::Only { slot: self.slot(designator), must_be_present: designator.must_be_present })
            }
            (Body::Values(_), [argument]) if apply.function.id == "urn:oasis:names:tc:xacml:1.0:function:not" => {
                Some(Op::Not(self.expression(argument)))
            }
            (Body::Special(Special::RegexpMatch), [Expr::Value(OwnedValue::String(pattern)), text]) => {
                let pattern = self.pattern(pattern)?;
                Some(Op::Matches { pattern, text: self.expression(text) })
            }
            _ => None,
        }
    }

    // A comparison of a bag's size with a number.
    fn sized(&mut self, apply: &checked::Apply<'_>, plain: OpId) -> Option<Op> {
        let comparison = Comparison::of(apply.function.id)?;
        let (size, with, comparison) = match &*apply.arguments {
            [Expr::Apply(size), Expr::Value(OwnedValue::Integer(with))] => (size, with, comparison),
            [Expr::Value(OwnedValue::Integer(with)), Expr::Apply(size)] => (size, with, comparison.turned()),
            _ => return None,
        };
        let [Expr::Designator(designator)] = &*size.arguments else { return None };
        if !size.function.short_name().ends_with("-bag-size") {
            return None;
        }
        let (with, slot) = (u16::try_from(*with).ok()?, self.slot(designator));
        Some(Op::Sized { slot, must_be_present: designator.must_be_present, comparison, with, plain })
    }

    // `any-of(string-regexp-match, "^a", bag)`: the pattern is a constant, whichever member it is applied to.
    fn applied_pattern(&mut self, function: &'static Function, arguments: &[Expr<'_>]) -> Option<u32> {
        match (function.body, arguments.first()) {
            (Body::Special(Special::RegexpMatch), Some(Expr::Value(OwnedValue::String(text)))) => self.pattern(text),
            _ => None,
        }
    }

    /// The number of a pattern; equal patterns are one. `None` where it does not parse: a fault when it is evaluated.
    pub(super) fn pattern(&mut self, text: &str) -> Option<u32> {
        if let Some(known) = self.pattern_ids.get(text) {
            return Some(*known);
        }
        let pattern = self.patterns.pattern(text).ok()?;
        self.program.patterns.push(pattern);
        let id = next(&self.program.patterns) - 1;
        self.pattern_ids.insert(Arc::from(text), id);
        Some(id)
    }
}
