//! Expressions (core 5.25 to 5.31, 7.4): ops to values.

use smallvec::SmallVec;

use super::{Evaluated, Evaluation};
use crate::compile::program::{NO_OP, Op, OpId, Range, SlotId};
use crate::diagnostic::Span;
use crate::explain::{Step, Tracer};
use crate::functions::{Body, Function, Special};
use crate::regex::Pattern;
use crate::status::Fault;
use crate::value::{Operand, Value};

/// Arguments on the stack: hardly any Apply has more.
type Arguments<V> = SmallVec<[V; 3]>;

impl<'a, T: Tracer> Evaluation<'a, T> {
    /// A boolean expression: a Condition, or an argument of a logical function.
    pub(super) fn boolean(&mut self, op: OpId) -> Evaluated<'a, bool> {
        match self.program.op(op) {
            Op::And(arguments) => self.traced(op, |it| it.and(arguments)),
            Op::Or(arguments) => self.traced(op, |it| it.or(arguments)),
            Op::Not(argument) => self.traced(op, |it| it.boolean(argument).map(|value| !value)),
            Op::NOf(arguments) => self.traced(op, |it| it.n_of(arguments)),
            Op::Sized { plain, .. } if T::ON || self.plainly => self.boolean(plain),
            Op::Sized { slot, must_be_present, comparison, with, .. } => {
                self.bag(slot, must_be_present).map(|bag| comparison.holds(bag.len(), with))
            }
            _ => match self.value(op)? {
                Value::Boolean(value) => Ok(value),
                _ => self.fail(Fault::processing("expected a boolean")),
            },
        }
    }

    fn traced(&mut self, op: OpId, f: impl FnOnce(&mut Self) -> Evaluated<'a, bool>) -> Evaluated<'a, bool> {
        let value = f(self);
        if T::ON {
            self.tell(op, &[], value.map(|value| Operand::One(Value::Boolean(value))));
        }
        value
    }

    /// An expression that gives a single value.
    pub(super) fn value(&mut self, op: OpId) -> Evaluated<'a, Value<'a>> {
        match self.operand(op)? {
            Operand::One(value) => Ok(value),
            Operand::Bag(_) => self.fail(Fault::processing("expected one value, not a bag")),
        }
    }

    /// Any expression.
    pub(super) fn operand(&mut self, op: OpId) -> Evaluated<'a, Operand<'a>> {
        if op == NO_OP {
            return self.fail(Fault::processing("the expression was not compiled"));
        }
        let program = self.program;
        match program.op(op) {
            Op::String(text) => Ok(Operand::One(Value::String(program.text(text)))),
            Op::AnyUri(text) => Ok(Operand::One(Value::AnyUri(program.text(text)))),
            Op::Constant(constant) => Ok(Operand::One(program.constant(constant).as_value())),
            Op::Bag { slot, must_be_present } => self.bag(slot, must_be_present).map(Operand::Bag),
            Op::Only { slot, must_be_present } => self.only(op, slot, must_be_present).map(Operand::One),
            Op::Selector(selector) => self.select(selector).map(Operand::Bag),
            Op::Variable(place) => self.variable(place),
            Op::And(_) | Op::Or(_) | Op::Not(_) | Op::NOf(_) | Op::Sized { .. } => {
                self.boolean(op).map(|value| Operand::One(Value::Boolean(value)))
            }
            applied => self.apply(op, applied),
        }
    }

    fn apply(&mut self, op: OpId, applied: Op) -> Evaluated<'a, Operand<'a>> {
        let program = self.program;
        let run = |start, len: u16| Range { start, len: u32::from(len) }.of(&program.arguments);
        let value = match applied {
            Op::Values { function, start, len } => return self.call_values(op, function, run(start, len)),
            Op::Operands { function, start, len } => return self.call_operands(op, function, run(start, len)),
            Op::HigherOrder { applied, start, len } => self.higher_order(applied, run(start, len)),
            Op::Matches { pattern, text } => {
                let value = self.value(text);
                let value = value.and_then(|value| self.pattern_matches(pattern, value));
                value.map(|holds| Operand::One(Value::Boolean(holds)))
            }
            Op::MatchesDynamic(arguments) => self.matches_dynamic(arguments.of(&program.arguments)),
            Op::XPath { special, arguments } => self.xpath(special, arguments.of(&program.arguments)),
            Op::AccessPermitted(arguments) => self.access_permitted(arguments.of(&program.arguments)),
            Op::Unsupported(function) => self.unsupported(function),
            Op::TooDeep => self.fail(Fault::processing("the expression is nested too deep to be evaluated")),
            _ => self.fail(Fault::processing("not an application of a function")),
        };
        if T::ON {
            self.tell(op, &[], value);
        }
        value
    }

    fn call_values(
        &mut self,
        op: OpId,
        function: &'static Function,
        arguments: &'a [OpId],
    ) -> Evaluated<'a, Operand<'a>> {
        let mut values: Arguments<Value<'a>> = SmallVec::new();
        for argument in arguments {
            values.push(self.value(*argument)?);
        }
        let value = self.call_function(function, None, &values).map(Operand::One);
        if T::ON {
            let shown: Vec<Operand<'a>> = values.iter().map(|value| Operand::One(*value)).collect();
            self.tell(op, &shown, value);
        }
        value
    }

    fn call_operands(
        &mut self,
        op: OpId,
        function: &'static Function,
        arguments: &'a [OpId],
    ) -> Evaluated<'a, Operand<'a>> {
        let mut operands: Arguments<Operand<'a>> = SmallVec::new();
        for argument in arguments {
            operands.push(self.operand(*argument)?);
        }
        let value = match function.body {
            Body::Operands(body) => body(&self.call, &operands).or_else(|fault| self.fail(fault)),
            _ => self.unsupported(function),
        };
        if T::ON {
            self.tell(op, &operands, value);
        }
        value
    }

    /// Calls a function with single values: from an Apply, a Match, or for the members of a bag.
    pub(super) fn call_function(
        &mut self,
        function: &'static Function,
        pattern: Option<u32>,
        arguments: &[Value<'a>],
    ) -> Evaluated<'a, Value<'a>> {
        match function.body {
            Body::Values(body) => body(&self.call, arguments).or_else(|fault| self.fail(fault)),
            Body::Operands(body) => {
                let operands: Arguments<Operand<'a>> = arguments.iter().map(|value| Operand::One(*value)).collect();
                match body(&self.call, &operands) {
                    Ok(Operand::One(value)) => Ok(value),
                    Ok(Operand::Bag(_)) => self.fail(Fault::processing("expected one value, not a bag")),
                    Err(fault) => self.fail(fault),
                }
            }
            Body::Special(special) => self.call_special(function, special, pattern, arguments),
        }
    }

    fn call_special(
        &mut self,
        function: &'static Function,
        special: Special,
        pattern: Option<u32>,
        arguments: &[Value<'a>],
    ) -> Evaluated<'a, Value<'a>> {
        let holds = |value: &&Value<'a>| matches!(value, Value::Boolean(true));
        match (special, arguments) {
            (Special::And, all) => Ok(Value::Boolean(all.iter().all(|value| holds(&value)))),
            (Special::Or, all) => Ok(Value::Boolean(all.iter().any(|value| holds(&value)))),
            (Special::NOf, [Value::Integer(least), rest @ ..]) => {
                self.enough(*least, rest.len(), rest.iter().filter(holds).count()).map(Value::Boolean)
            }
            (Special::RegexpMatch, [pattern_text, text]) => match pattern {
                Some(pattern) => self.pattern_matches(pattern, *text).map(Value::Boolean),
                None => self.text_matches(*pattern_text, *text).map(Value::Boolean),
            },
            (Special::XPathCount | Special::XPathEqual | Special::XPathMatch, values) => {
                self.xpath_values(special, values)
            }
            (Special::AccessPermitted, [Value::AnyUri(category), Value::String(xml)]) => {
                self.permitted(category, xml).map(Value::Boolean)
            }
            _ => self.unsupported(function),
        }
    }

    fn unsupported<R>(&self, function: &'static Function) -> Evaluated<'a, R> {
        self.fail(Fault::processing(format!("function `{}` is not supported", function.id)))
    }

    // `one-and-only` of a designator, without the detour over a bag on the stack.
    fn only(&mut self, op: OpId, slot: SlotId, must_be_present: bool) -> Evaluated<'a, Value<'a>> {
        let bag = self.bag(slot, must_be_present)?;
        let value = if let [value] = bag {
            Ok(*value)
        } else {
            let (_, id) = self.program.names.texts(self.program.slot(slot).name);
            self.fail(Fault::processing(format!("expected exactly one value of `{id}`, found {}", bag.len())))
        };
        if T::ON {
            self.tell(op, &[Operand::Bag(bag)], value.map(Operand::One));
        }
        value
    }

    fn variable(&mut self, place: u32) -> Evaluated<'a, Operand<'a>> {
        let frame = self.variables;
        let Some(cell) = frame.get(place as usize) else {
            return self.fail(Fault::processing("the variable is not defined"));
        };
        if let Some(value) = cell.get() {
            return value;
        }
        let op = self.frame_ops.of(&self.program.variables).get(place as usize).copied().unwrap_or(NO_OP);
        let value = self.operand(op);
        cell.set(Some(value));
        value
    }

    // A.3.5: one False settles it, whatever failed before.
    fn and(&mut self, arguments: Range) -> Evaluated<'a, bool> {
        let mut fault = None;
        for argument in arguments.of(&self.program.arguments) {
            match self.boolean(*argument) {
                Ok(true) => {}
                Ok(false) => return Ok(false),
                Err(failed) => fault = fault.or(Some(failed)),
            }
        }
        fault.map_or(Ok(true), Err)
    }

    // A.3.5: one True settles it, whatever failed before.
    fn or(&mut self, arguments: Range) -> Evaluated<'a, bool> {
        let mut fault = None;
        for argument in arguments.of(&self.program.arguments) {
            match self.boolean(*argument) {
                Ok(false) => {}
                Ok(true) => return Ok(true),
                Err(failed) => fault = fault.or(Some(failed)),
            }
        }
        fault.map_or(Ok(false), Err)
    }

    // A.3.5: stops when enough are true, or when too few are left.
    fn n_of(&mut self, arguments: Range) -> Evaluated<'a, bool> {
        let [count, rest @ ..] = arguments.of(&self.program.arguments) else { return Ok(false) };
        let least = match self.value(*count)? {
            Value::Integer(least) => least,
            // A big integer is more than there can be arguments, or negative.
            _ => -1,
        };
        if self.enough(least, rest.len(), 0)? {
            return Ok(true);
        }
        let (mut met, mut failed, mut fault) = (0, 0, None);
        let mut left = i64::try_from(rest.len()).unwrap_or(i64::MAX);
        for argument in rest {
            left -= 1;
            match self.boolean(*argument) {
                Ok(holds) => met += i64::from(holds),
                Err(failure) => {
                    failed += 1;
                    fault = fault.or(Some(failure));
                }
            }
            if met >= least {
                return Ok(true);
            }
            if met + failed + left < least {
                return Ok(false);
            }
        }
        // Not enough were true, but those that failed could have made up for it.
        fault.map_or(Ok(false), Err)
    }

    fn enough(&self, least: i64, arguments: usize, met: usize) -> Evaluated<'a, bool> {
        let most = i64::try_from(arguments).unwrap_or(i64::MAX);
        if !(0..=most).contains(&least) {
            return self.fail(Fault::processing(format!("`n-of` asks for {least} of {most} arguments")));
        }
        Ok(i64::try_from(met).unwrap_or(i64::MAX) >= least)
    }

    fn matches_dynamic(&mut self, arguments: &'a [OpId]) -> Evaluated<'a, Operand<'a>> {
        let [pattern, text] = arguments else { return self.fail(Fault::processing("expected two arguments")) };
        let (pattern, text) = (self.value(*pattern)?, self.value(*text)?);
        self.text_matches(pattern, text).map(|holds| Operand::One(Value::Boolean(holds)))
    }

    pub(super) fn pattern_matches(&mut self, pattern: u32, value: Value<'a>) -> Evaluated<'a, bool> {
        let Some(pattern) = self.program.patterns.get(pattern as usize) else { return Ok(false) };
        self.is_match(pattern, value)
    }

    // A pattern that came with the request, or that did not parse when the policy was loaded.
    fn text_matches(&mut self, pattern: Value<'a>, value: Value<'a>) -> Evaluated<'a, bool> {
        let Value::String(text) = pattern else { return Ok(false) };
        match Pattern::parse(text) {
            Ok(pattern) => self.is_match(&pattern, value),
            Err(error) => self.fail(Fault::syntax(format!("`{text}` is not a regular expression: {error}"))),
        }
    }

    fn is_match(&self, pattern: &Pattern, value: Value<'a>) -> Evaluated<'a, bool> {
        let matched = match value {
            Value::String(text) | Value::AnyUri(text) => pattern.is_match(text),
            other => pattern.is_match(&other.to_string()),
        };
        matched.or_else(|error| self.fail(Fault::processing(error.to_string())))
    }

    fn tell(&mut self, op: OpId, arguments: &[Operand<'a>], value: Evaluated<'a, Operand<'a>>) {
        let program = self.program;
        let (start, end) = program.op_spans.get(op as usize).copied().unwrap_or_default();
        let at = Span { file: self.file, start, end };
        let function = program.op(op).name(program);
        self.tracer.step(Step::Applied { function, arguments, value, at });
    }
}
