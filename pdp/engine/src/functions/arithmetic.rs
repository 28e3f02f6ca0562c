//! Arithmetic on integers and doubles (A.3.2, core 7.5).
//!
//! Integers never wrap: beyond 64 bits they grow, up to the configured number of digits. Doubles follow IEEE 754, and
//! only division by zero is an error.

use num_bigint::BigInt;

use super::Call;
use super::answer::{Answer, unfit};
use crate::status::Fault;
use crate::types::{Integer, IntegerError};
use crate::value::Value;

/// An operation on 64 bits, `None` where the result doesn't fit, and the same on any size.
struct Operation {
    small: fn(i64, i64) -> Option<i64>,
    large: fn(&Integer, &Integer, usize) -> Result<Integer, IntegerError>,
}

const ADD: Operation = Operation { small: i64::checked_add, large: Integer::add };
const SUBTRACT: Operation = Operation { small: i64::checked_sub, large: Integer::subtract };
const MULTIPLY: Operation = Operation { small: i64::checked_mul, large: Integer::multiply };
const DIVIDE: Operation = Operation { small: i64::checked_div, large: |a, b, _| a.divide(b) };
const REMAINDER: Operation = Operation { small: i64::checked_rem, large: |a, b, _| a.remainder(b) };

impl Operation {
    fn on<'a>(&self, call: &Call<'a>, a: &Value<'a>, b: &Value<'a>) -> Answer<'a> {
        if let (Value::Integer(a), Value::Integer(b)) = (a, b)
            && let Some(result) = (self.small)(*a, *b)
        {
            return Ok(Value::Integer(result));
        }
        let (Some(a), Some(b)) = (integer(a), integer(b)) else { return unfit() };
        Ok(call.arena.integer((self.large)(&a, &b, call.integer_digits)?))
    }

    fn on_two<'a>(&self, call: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
        let [a, b] = arguments else { return unfit() };
        self.on(call, a, b)
    }

    fn on_all<'a>(&self, call: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
        let [first, rest @ ..] = arguments else { return unfit() };
        rest.iter().try_fold(*first, |result, next| self.on(call, &result, next))
    }
}

/// The integer of a value.
pub(super) fn integer(value: &Value<'_>) -> Option<Integer> {
    match value {
        Value::Integer(small) => Some(Integer::from(*small)),
        Value::BigInteger(big) => Some(Integer::from(BigInt::clone(big))),
        _ => None,
    }
}

/// `integer-add`.
pub(super) fn integer_add<'a>(call: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    ADD.on_all(call, arguments)
}

/// `integer-subtract`.
pub(super) fn integer_subtract<'a>(call: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    SUBTRACT.on_two(call, arguments)
}

/// `integer-multiply`.
pub(super) fn integer_multiply<'a>(call: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    MULTIPLY.on_all(call, arguments)
}

/// `integer-divide`: truncated towards zero.
pub(super) fn integer_divide<'a>(call: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    DIVIDE.on_two(call, arguments)
}

/// `integer-mod`: what truncating division leaves, with the sign of the dividend.
pub(super) fn integer_mod<'a>(call: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    REMAINDER.on_two(call, arguments)
}

/// `integer-abs`.
pub(super) fn integer_abs<'a>(call: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    let [value] = arguments else { return unfit() };
    let Some(integer) = integer(value) else { return unfit() };
    Ok(call.arena.integer(integer.abs()))
}

/// `double-add`.
pub(super) fn double_add<'a>(_: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    doubles(arguments, |a, b| a + b)
}

/// `double-multiply`.
pub(super) fn double_multiply<'a>(_: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    doubles(arguments, |a, b| a * b)
}

fn doubles<'a>(arguments: &[Value<'a>], operation: fn(f64, f64) -> f64) -> Answer<'a> {
    let [Value::Double(first), rest @ ..] = arguments else { return unfit() };
    let mut result = *first;
    for argument in rest {
        let Value::Double(next) = argument else { return unfit() };
        result = operation(result, *next);
    }
    Ok(Value::Double(result))
}

/// `double-subtract`.
pub(super) fn double_subtract<'a>(_: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    let [Value::Double(a), Value::Double(b)] = arguments else { return unfit() };
    Ok(Value::Double(a - b))
}

/// `double-divide`: IEEE 754 but for the one trap, division by zero of either sign, even of zero (core 7.5).
pub(super) fn double_divide<'a>(_: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    let [Value::Double(a), Value::Double(b)] = arguments else { return unfit() };
    if *b == 0.0 { Err(Fault::processing("division by zero")) } else { Ok(Value::Double(a / b)) }
}

/// `double-abs`.
pub(super) fn double_abs<'a>(_: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    one_double(arguments, f64::abs)
}

/// `round`: half goes to the even neighbour, the rounding that core 7.5 prescribes for all of arithmetic.
pub(super) fn round<'a>(_: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    one_double(arguments, f64::round_ties_even)
}

/// `floor`.
pub(super) fn floor<'a>(_: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    one_double(arguments, f64::floor)
}

fn one_double<'a>(arguments: &[Value<'a>], operation: fn(f64) -> f64) -> Answer<'a> {
    let [Value::Double(value)] = arguments else { return unfit() };
    Ok(Value::Double(operation(*value)))
}
