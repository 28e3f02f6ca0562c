//! From one number type to the other (A.3.4), and to and from text (A.3.9).

use super::Call;
use super::answer::{Answer, kept_text, quoted, unfit};
use super::arithmetic::integer;
use crate::status::Fault;
use crate::types::Integer;
use crate::value::{DataType, Value};

/// `double-to-integer`: the fraction is dropped.
pub(super) fn double_to_integer<'a>(call: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    let [value @ Value::Double(double)] = arguments else { return unfit() };
    let Some(integer) = Integer::from_f64(*double) else {
        return Err(Fault::processing(format!("`{value}` can't become an integer")));
    };
    // Adding nothing applies the limit on digits, which may be set below the 309 that a double can have.
    Ok(call.arena.integer(integer.add(&Integer::from(0), call.integer_digits)?))
}

/// `integer-to-double`: the nearest double.
pub(super) fn integer_to_double<'a>(_: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    let [value] = arguments else { return unfit() };
    let Some(integer) = integer(value) else { return unfit() };
    match integer.to_f64() {
        Some(double) => Ok(Value::Double(double)),
        None => Err(Fault::processing("the integer is beyond the range of double")),
    }
}

/// `string-from-…`: the canonical form; for names, addresses and URIs the original text.
pub(super) fn to_string<'a>(call: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    match arguments {
        [Value::AnyUri(text)] => Ok(Value::String(text)),
        [Value::Boolean(value)] => Ok(Value::String(if *value { "true" } else { "false" })),
        [value] => Ok(kept_text(call, value)),
        _ => unfit(),
    }
}

fn from_string<'a>(call: &Call<'a>, arguments: &[Value<'a>], to: DataType) -> Answer<'a> {
    let [Value::String(text)] = arguments else { return unfit() };
    Value::parse(to, text, call.arena, call.integer_digits).map_err(|error| {
        Fault::syntax(format!("{} is not of the data type {}: {error}", quoted(text), to.short_name()))
    })
}

/// `…-from-string`: the lexical form of the type, or a syntax error.
macro_rules! from_string {
    ($($function:ident => $type:ident),+ $(,)?) => {$(
        pub(super) fn $function<'a>(call: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
            from_string(call, arguments, DataType::$type)
        }
    )+};
}

from_string! {
    to_boolean => Boolean,
    to_integer => Integer,
    to_double => Double,
    to_time => Time,
    to_date => Date,
    to_date_time => DateTime,
    to_any_uri => AnyUri,
    to_day_time_duration => DayTimeDuration,
    to_year_month_duration => YearMonthDuration,
    to_x500_name => X500Name,
    to_rfc822_name => Rfc822Name,
    to_ip_address => IpAddress,
    to_dns_name => DnsName,
}
