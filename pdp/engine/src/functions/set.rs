//! Bags as sets (A.3.11). What is given keeps the order in which values first occur.

use std::cmp::Ordering;

use bumpalo::collections::Vec as BumpVec;

use super::Call;
use super::answer::{BagAnswer, kept_text, unfit};
use super::arithmetic::integer;
use crate::types::Time;
use crate::value::{Operand, Value};

/// Up to this many members, comparing all with all is faster than sorting. A request may bring bags of thousands,
/// and a hash would let it choose colliding ones.
const FEW: usize = 16;

/// `…-intersection`: the values in both, each once.
pub(super) fn intersection<'a>(call: &Call<'a>, arguments: &[Operand<'a>]) -> BagAnswer<'a> {
    let [Operand::Bag(first), Operand::Bag(second)] = arguments else { return unfit() };
    let members = Members::of(call, second, first.len());
    let mut both = BumpVec::new_in(call.arena.bump());
    both.extend(first.iter().copied().filter(|value| members.contain(call, value)));
    Ok(Operand::Bag(distinct(call, &both)))
}

/// `…-union`: the values of all bags, each once.
pub(super) fn union<'a>(call: &Call<'a>, arguments: &[Operand<'a>]) -> BagAnswer<'a> {
    let mut all = BumpVec::new_in(call.arena.bump());
    for argument in arguments {
        let Operand::Bag(values) = argument else { return unfit() };
        all.extend_from_slice(values);
    }
    Ok(Operand::Bag(distinct(call, &all)))
}

/// `…-at-least-one-member-of`: some value of the first bag is in the second.
pub(super) fn at_least_one_member_of<'a>(call: &Call<'a>, arguments: &[Operand<'a>]) -> BagAnswer<'a> {
    let [Operand::Bag(first), Operand::Bag(second)] = arguments else { return unfit() };
    let members = Members::of(call, second, first.len());
    let found = first.iter().any(|value| members.contain(call, value));
    Ok(Operand::One(Value::Boolean(found)))
}

/// `…-subset`: every value of the first bag is in the second.
pub(super) fn subset<'a>(call: &Call<'a>, arguments: &[Operand<'a>]) -> BagAnswer<'a> {
    let [Operand::Bag(first), Operand::Bag(second)] = arguments else { return unfit() };
    Ok(Operand::One(Value::Boolean(is_subset(call, first, second))))
}

/// `…-set-equals`: each bag is a subset of the other.
pub(super) fn set_equals<'a>(call: &Call<'a>, arguments: &[Operand<'a>]) -> BagAnswer<'a> {
    let [Operand::Bag(first), Operand::Bag(second)] = arguments else { return unfit() };
    Ok(Operand::One(Value::Boolean(is_subset(call, first, second) && is_subset(call, second, first))))
}

fn is_subset<'a>(call: &Call<'a>, first: &[Value<'a>], second: &[Value<'a>]) -> bool {
    let members = Members::of(call, second, first.len());
    first.iter().all(|value| members.contain(call, value))
}

/// A bag, prepared for being asked whether a value is in it.
enum Members<'m, 'a> {
    Plain(&'m [Value<'a>]),
    /// The keys, in their order.
    Sorted(Vec<Value<'a>>),
}

impl<'m, 'a> Members<'m, 'a> {
    /// The members of a bag that will be asked for this many values.
    fn of(call: &Call<'a>, values: &'m [Value<'a>], asked: usize) -> Self {
        if values.len() <= FEW || asked <= FEW {
            return Self::Plain(values);
        }
        match values.iter().map(|value| key(call, value)).collect::<Option<Vec<_>>>() {
            Some(mut keys) => {
                keys.sort_unstable_by(|a, b| order(call, a, b));
                Self::Sorted(keys)
            }
            None => Self::Plain(values),
        }
    }

    fn contain(&self, call: &Call<'a>, value: &Value<'a>) -> bool {
        match self {
            Self::Plain(values) => values.iter().any(|member| value.equals(member, call.implicit_zone)),
            // NaN has a place in the order, but equals nothing.
            Self::Sorted(keys) => key(call, value).is_some_and(|key| {
                key.equals(&key, call.implicit_zone) && keys.binary_search_by(|other| order(call, other, &key)).is_ok()
            }),
        }
    }
}

/// The values without those that equal an earlier one.
fn distinct<'a>(call: &Call<'a>, values: &[Value<'a>]) -> &'a [Value<'a>] {
    let keys = if values.len() > FEW { values.iter().map(|value| key(call, value)).collect() } else { None };
    match keys {
        Some(keys) => distinct_by_key(call, values, keys),
        None => distinct_plainly(call, values),
    }
}

fn distinct_plainly<'a>(call: &Call<'a>, values: &[Value<'a>]) -> &'a [Value<'a>] {
    let mut kept = BumpVec::with_capacity_in(values.len(), call.arena.bump());
    for value in values {
        if !kept.iter().any(|earlier: &Value<'a>| value.equals(earlier, call.implicit_zone)) {
            kept.push(*value);
        }
    }
    kept.into_bump_slice()
}

fn distinct_by_key<'a>(call: &Call<'a>, values: &[Value<'a>], keys: Vec<Value<'a>>) -> &'a [Value<'a>] {
    let mut sorted: Vec<_> = keys.into_iter().zip(values).enumerate().collect();
    // Stable: of equal values the first stays the first.
    sorted.sort_by(|(_, (a, _)), (_, (b, _))| order(call, a, b));
    sorted.dedup_by(|(_, (later, _)), (_, (kept, _))| later.equals(kept, call.implicit_zone));
    sorted.sort_unstable_by_key(|(place, _)| *place);
    let kept = sorted.into_iter().map(|(_, (_, value))| *value);
    BumpVec::from_iter_in(kept, call.arena.bump()).into_bump_slice()
}

/// A value of an ordered type that stands for this one: two values are equal exactly when their keys are. `None` for
/// types that have no functions on sets.
fn key<'a>(call: &Call<'a>, value: &Value<'a>) -> Option<Value<'a>> {
    Some(match value {
        // Times are ordered only where all have a zone.
        Value::Time(time) if time.zone().is_none() => {
            Value::Time(Time::parse(&format!("{time}{}", call.implicit_zone)).ok()?)
        }
        Value::String(_)
        | Value::AnyUri(_)
        | Value::Boolean(_)
        | Value::Integer(_)
        | Value::BigInteger(_)
        | Value::Time(_)
        | Value::Date(_)
        | Value::DateTime(_)
        | Value::X500Name(_) => *value,
        // Adding zero turns -0 into 0, which it equals.
        Value::Double(double) => Value::Double(double + 0.0),
        Value::DayTimeDuration(_) | Value::YearMonthDuration(_) | Value::HexBinary(_) | Value::Base64Binary(_) => {
            kept_text(call, value)
        }
        Value::Rfc822Name(name) => {
            let domain = name.domain().to_ascii_lowercase();
            kept_text(call, format_args!("{}@{domain}", name.local_part()))
        }
        Value::IpAddressValue(address) => kept_text(call, address.address()),
        Value::DnsNameValue(name) => Value::String(call.arena.text(&name.host().to_ascii_lowercase())),
        Value::IpAddress(_)
        | Value::DnsName(_)
        | Value::XPathExpression(_)
        | Value::IpAddressPattern(_)
        | Value::DnsNamePattern(_) => return None,
    })
}

/// The order of two keys of one type.
fn order(call: &Call<'_>, a: &Value<'_>, b: &Value<'_>) -> Ordering {
    match (a, b) {
        (Value::String(a), Value::String(b)) | (Value::AnyUri(a), Value::AnyUri(b)) => a.cmp(b),
        (Value::Boolean(a), Value::Boolean(b)) => a.cmp(b),
        (Value::X500Name(a), Value::X500Name(b)) => a.cmp(b),
        (Value::Integer(a), Value::Integer(b)) => a.cmp(b),
        (Value::Double(a), Value::Double(b)) => a.total_cmp(b),
        (Value::Date(a), Value::Date(b)) => a.compare(*b, call.implicit_zone),
        (Value::DateTime(a), Value::DateTime(b)) => a.compare(*b, call.implicit_zone),
        (Value::Time(a), Value::Time(b)) => a.compare(*b).unwrap_or(Ordering::Equal),
        (a, b) => integer(a).cmp(&integer(b)),
    }
}
