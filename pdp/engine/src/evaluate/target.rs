//! Targets (core 7.6, 7.7): the three tables, stopping as soon as the outcome is fixed.

use super::{Evaluated, Evaluation};
use crate::compile::program::{Match, Op, Test};
use crate::explain::Tracer;
use crate::functions::Body;
use crate::status::Fault;
use crate::value::Value;

/// What a Target, an AnyOf or an AllOf comes to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Applicability<'a> {
    /// It matches.
    Match,
    /// It does not.
    NoMatch,
    /// It could not be worked out.
    Indeterminate(&'a Fault),
}

/// The elements seen so far, at one of the three levels.
struct Seen<'a> {
    settled: bool,
    fault: Option<&'a Fault>,
}

impl Seen<'_> {
    const NOTHING: Self = Self { settled: false, fault: None };
}

impl<'a, T: Tracer> Evaluation<'a, T> {
    pub(super) fn target(&mut self, matches: &[Match]) -> Applicability<'a> {
        let mut whole: Option<&'a Fault> = None;
        // An AllOf is settled by one False, an AnyOf by one Match: what follows within it is passed over.
        let (mut all_of, mut any_of) = (Seen::NOTHING, Seen::NOTHING);
        for element in matches {
            if !any_of.settled && !all_of.settled {
                match self.matches(element) {
                    Ok(true) => {}
                    Ok(false) => all_of.settled = true,
                    Err(fault) => all_of.fault = all_of.fault.or(Some(fault)),
                }
            }
            if element.ends_all_of {
                match (all_of.settled, all_of.fault) {
                    (false, None) => any_of.settled = true,
                    (false, Some(fault)) => any_of.fault = any_of.fault.or(Some(fault)),
                    (true, _) => {}
                }
                all_of = Seen::NOTHING;
            }
            if element.ends_any_of {
                match (any_of.settled, any_of.fault) {
                    (true, _) => {}
                    (false, Some(fault)) => whole = whole.or(Some(fault)),
                    (false, None) => return Applicability::NoMatch,
                }
                any_of = Seen::NOTHING;
            }
        }
        whole.map_or(Applicability::Match, Applicability::Indeterminate)
    }

    // True where it holds for some member of the bag; a fault counts only where it holds for none (core 7.6).
    fn matches(&mut self, element: &Match) -> Evaluated<'a, bool> {
        let bag = match self.program.op(element.attribute) {
            Op::Bag { slot, must_be_present } => self.bag(slot, must_be_present)?,
            Op::Selector(selector) => self.select(selector)?,
            _ => &[],
        };
        let mut fault = None;
        for value in bag {
            match self.test(element.test, *value) {
                Ok(true) => return Ok(true),
                Ok(false) => {}
                Err(failed) => fault = fault.or(Some(failed)),
            }
        }
        fault.map_or(Ok(false), Err)
    }

    fn test(&mut self, test: Test, value: Value<'a>) -> Evaluated<'a, bool> {
        let program = self.program;
        match (test, value) {
            (Test::TextEqual(text), Value::String(value) | Value::AnyUri(value)) => Ok(program.text(text) == value),
            (Test::TextPrefix(text), Value::String(value) | Value::AnyUri(value)) => {
                Ok(value.starts_with(program.text(text)))
            }
            (Test::Ipv4(pattern), Value::IpAddressValue(value)) => Ok(pattern.contains(value.address())),
            (Test::Pattern(pattern), value) => self.pattern_matches(pattern, value),
            (Test::Function(function, constant), value) => {
                let arguments = [program.constant(constant).as_value(), value];
                if let Body::Values(body) = function.body {
                    // The commonest case, without the detour over the general call.
                    return match body(&self.call, &arguments) {
                        Ok(Value::Boolean(holds)) => Ok(holds),
                        Ok(_) => Ok(false),
                        Err(fault) => self.fail(fault),
                    };
                }
                Ok(matches!(self.call_function(function, None, &arguments)?, Value::Boolean(true)))
            }
            _ => Ok(false),
        }
    }
}
