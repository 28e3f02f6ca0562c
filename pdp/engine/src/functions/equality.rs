//! `…-equal` (A.3.1). What equal means is the data type's business: see [`Value::equals`].

use super::answer::{Answer, unfit};
use super::{Call, string};
use crate::value::Value;

/// `string-equal` and `anyURI-equal`, the functions most often called.
pub(super) fn text<'a>(_: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    match arguments {
        [Value::String(a), Value::String(b)] | [Value::AnyUri(a), Value::AnyUri(b)] => Ok(Value::Boolean(a == b)),
        _ => unfit(),
    }
}

/// `integer-equal`.
pub(super) fn integer<'a>(call: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    match arguments {
        [Value::Integer(a), Value::Integer(b)] => Ok(Value::Boolean(a == b)),
        _ => value(call, arguments),
    }
}

/// Every other type: one body, as the two values know their type.
pub(super) fn value<'a>(call: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    let [a, b] = arguments else { return unfit() };
    Ok(Value::Boolean(a.equals(b, call.implicit_zone)))
}

/// `string-equal-ignore-case`: both as `string-normalize-to-lower-case` gives them.
pub(super) fn ignore_case<'a>(_: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    let [Value::String(a), Value::String(b)] = arguments else { return unfit() };
    let equal = if a.is_ascii() && b.is_ascii() {
        a.eq_ignore_ascii_case(b)
    } else {
        string::lower_case(a) == string::lower_case(b)
    };
    Ok(Value::Boolean(equal))
}
