//! `…-greater-than` and its kin (A.3.6, A.3.8): the first argument against the second.

use std::cmp::Ordering;

use super::Call;
use super::answer::{Answer, unfit};
use super::arithmetic::integer;
use crate::status::Fault;
use crate::value::Value;

/// `…-greater-than`.
pub(super) fn greater_than<'a>(call: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    compare(call, arguments, Ordering::is_gt)
}

/// `…-greater-than-or-equal`.
pub(super) fn greater_than_or_equal<'a>(call: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    compare(call, arguments, Ordering::is_ge)
}

/// `…-less-than`.
pub(super) fn less_than<'a>(call: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    compare(call, arguments, Ordering::is_lt)
}

/// `…-less-than-or-equal`.
pub(super) fn less_than_or_equal<'a>(call: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    compare(call, arguments, Ordering::is_le)
}

#[inline]
fn compare<'a>(call: &Call<'a>, arguments: &[Value<'a>], holds: fn(Ordering) -> bool) -> Answer<'a> {
    let zone = call.implicit_zone;
    let order = match arguments {
        [Value::Integer(a), Value::Integer(b)] => a.cmp(b),
        // The order of UTF-8 octets is the order of code points.
        [Value::String(a), Value::String(b)] => a.cmp(b),
        [Value::Double(a), Value::Double(b)] => match a.partial_cmp(b) {
            Some(order) => order,
            // NaN is neither above, below nor equal.
            None => return Ok(Value::Boolean(false)),
        },
        [Value::Time(a), Value::Time(b)] => match a.compare(*b) {
            Some(order) => order,
            None => return Err(Fault::processing("a time with a zone can't be compared with one without")),
        },
        [Value::Date(a), Value::Date(b)] => a.compare(*b, zone),
        [Value::DateTime(a), Value::DateTime(b)] => a.compare(*b, zone),
        [a, b] => match (integer(a), integer(b)) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => return unfit(),
        },
        _ => return unfit(),
    };
    Ok(Value::Boolean(holds(order)))
}
