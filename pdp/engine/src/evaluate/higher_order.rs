//! The higher-order functions (A.3.12): a function applied to members of bags, combined as by `or` and `and`.
//!
//! A fault of one application is forgiven where another one decides. How many applications one evaluation may make is
//! bounded: two long bags of a request would otherwise be a way to keep a processor busy for minutes.

use smallvec::SmallVec;

use super::{Evaluated, Evaluation};
use crate::compile::program::{Applied, OpId};
use crate::explain::Tracer;
use crate::functions::HigherOrder;
use crate::status::Fault;
use crate::value::{Operand, Value};

type Arguments<'a> = SmallVec<[Operand<'a>; 3]>;

/// How the results of the applications are taken together.
#[derive(Clone, Copy, PartialEq)]
enum Junction {
    Or,
    And,
}

impl<'a, T: Tracer> Evaluation<'a, T> {
    pub(super) fn higher_order(&mut self, applied: u32, arguments: &'a [OpId]) -> Evaluated<'a, Operand<'a>> {
        let Some(applied) = self.program.applied.get(applied as usize) else {
            return self.fail(Fault::processing("the function was not compiled"));
        };
        let mut operands = Arguments::new();
        for argument in arguments {
            operands.push(self.operand(*argument)?);
        }
        let holds = match applied.kind {
            HigherOrder::Map | HigherOrder::MapOld => return self.map(applied, &operands).map(Operand::Bag),
            HigherOrder::AnyOf | HigherOrder::AnyOfOld | HigherOrder::AnyOfAny | HigherOrder::AnyOfAnyOld => {
                self.product(applied, &operands, Junction::Or)
            }
            HigherOrder::AllOf | HigherOrder::AllOfOld | HigherOrder::AllOfAll => {
                self.product(applied, &operands, Junction::And)
            }
            HigherOrder::AllOfAny => self.each(applied, &operands, false),
            HigherOrder::AnyOfAll => self.each(applied, &operands, true),
        };
        holds.map(|holds| Operand::One(Value::Boolean(holds)))
    }

    // Every combination of one member from each argument; a single value is a bag of one.
    fn product(&mut self, applied: &Applied, operands: &Arguments<'a>, junction: Junction) -> Evaluated<'a, bool> {
        let bags: SmallVec<[&[Value<'a>]; 3]> = operands
            .iter()
            .map(|operand| match operand {
                Operand::One(value) => std::slice::from_ref(value),
                Operand::Bag(bag) => *bag,
            })
            .collect();
        let settling = junction == Junction::Or;
        if bags.iter().any(|bag| bag.is_empty()) {
            return Ok(!settling);
        }
        let mut places: SmallVec<[usize; 3]> = SmallVec::from_elem(0, bags.len());
        let mut fault = None;
        loop {
            let values: SmallVec<[Value<'a>; 3]> =
                bags.iter().zip(&places).filter_map(|(bag, place)| bag.get(*place).copied()).collect();
            match self.application(applied, &values)? {
                Ok(holds) if holds == settling => return Ok(settling),
                Ok(_) => {}
                Err(failed) => fault = fault.or(Some(failed)),
            }
            if !advance(&mut places, &bags) {
                return fault.map_or(Ok(!settling), Err);
            }
        }
    }

    // `all-of-any`: for each of the first some of the second. `any-of-all`: for each of the second some of the first.
    fn each(&mut self, applied: &Applied, operands: &Arguments<'a>, of_second: bool) -> Evaluated<'a, bool> {
        let [Operand::Bag(first), Operand::Bag(second)] = operands[..] else {
            return self.fail(Fault::processing("expected two bags"));
        };
        let (outer, inner) = if of_second { (second, first) } else { (first, second) };
        let mut fault = None;
        for x in outer {
            let mut found = Ok(false);
            for y in inner {
                let pair = if of_second { [*y, *x] } else { [*x, *y] };
                match self.application(applied, &pair)? {
                    Ok(true) => {
                        found = Ok(true);
                        break;
                    }
                    Ok(false) => {}
                    Err(failed) => found = found.and(Err(failed)),
                }
            }
            match found {
                Ok(true) => {}
                Ok(false) => return Ok(false),
                Err(failed) => fault = fault.or(Some(failed)),
            }
        }
        fault.map_or(Ok(true), Err)
    }

    fn map(&mut self, applied: &Applied, operands: &Arguments<'a>) -> Evaluated<'a, &'a [Value<'a>]> {
        let Some((place, bag)) = operands.iter().enumerate().find_map(|(place, operand)| match operand {
            Operand::Bag(bag) => Some((place, *bag)),
            Operand::One(_) => None,
        }) else {
            return self.fail(Fault::processing("expected a bag"));
        };
        let mut values: SmallVec<[Value<'a>; 3]> = operands
            .iter()
            .map(|operand| match operand {
                Operand::One(value) => *value,
                Operand::Bag(_) => Value::Boolean(false),
            })
            .collect();
        let mut mapped = bumpalo::collections::Vec::with_capacity_in(bag.len(), self.call.arena.bump());
        for member in bag {
            if let Some(value) = values.get_mut(place) {
                *value = *member;
            }
            self.count()?;
            mapped.push(self.call_function(applied.function, applied.pattern, &values)?);
        }
        Ok(mapped.into_bump_slice())
    }

    // The outer error ends the evaluation of the whole; the inner one is a fault of this application alone.
    fn application(&mut self, applied: &Applied, values: &[Value<'a>]) -> Evaluated<'a, Evaluated<'a, bool>> {
        self.count()?;
        Ok(match self.call_function(applied.function, applied.pattern, values) {
            Ok(Value::Boolean(holds)) => Ok(holds),
            Ok(_) => self.fail(Fault::processing("expected a function that gives a boolean")),
            Err(fault) => Err(fault),
        })
    }

    fn count(&mut self) -> Evaluated<'a, ()> {
        match self.applications.checked_sub(1) {
            Some(left) => {
                self.applications = left;
                Ok(())
            }
            None => self.fail(Fault::processing(format!(
                "functions were applied to members of bags more than {} times (limit `applications`)",
                self.environment.limits.applications
            ))),
        }
    }
}

// The next combination, the last place first; false after the last one.
fn advance(places: &mut [usize], bags: &[&[Value<'_>]]) -> bool {
    for (place, bag) in places.iter_mut().zip(bags).rev() {
        *place += 1;
        if *place < bag.len() {
            return true;
        }
        *place = 0;
    }
    false
}
