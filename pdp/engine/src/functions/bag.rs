//! Bags: how many, which one, is it there (A.3.10).

use bumpalo::collections::Vec as BumpVec;

use super::Call;
use super::answer::{BagAnswer, unfit};
use crate::status::Fault;
use crate::value::{Operand, Value};

/// `…-one-and-only`.
pub(super) fn one_and_only<'a>(_: &Call<'a>, arguments: &[Operand<'a>]) -> BagAnswer<'a> {
    match arguments {
        [Operand::Bag([value])] => Ok(Operand::One(*value)),
        [Operand::Bag([])] => Err(Fault::processing("expected a bag of one value, found an empty bag")),
        [Operand::Bag(values)] => {
            Err(Fault::processing(format!("expected a bag of one value, found {} values", values.len())))
        }
        _ => unfit(),
    }
}

/// `…-bag-size`: duplicates count.
pub(super) fn bag_size<'a>(_: &Call<'a>, arguments: &[Operand<'a>]) -> BagAnswer<'a> {
    let [Operand::Bag(values)] = arguments else { return unfit() };
    // No slice is longer than 63 bits can say.
    Ok(Operand::One(Value::Integer(i64::try_from(values.len()).unwrap_or(i64::MAX))))
}

/// `…-is-in`.
pub(super) fn is_in<'a>(call: &Call<'a>, arguments: &[Operand<'a>]) -> BagAnswer<'a> {
    let [Operand::One(value), Operand::Bag(values)] = arguments else { return unfit() };
    let found = values.iter().any(|member| value.equals(member, call.implicit_zone));
    Ok(Operand::One(Value::Boolean(found)))
}

/// `…-bag`: the arguments, duplicates kept.
pub(super) fn bag<'a>(call: &Call<'a>, arguments: &[Operand<'a>]) -> BagAnswer<'a> {
    let mut values = BumpVec::with_capacity_in(arguments.len(), call.arena.bump());
    for argument in arguments {
        let Operand::One(value) = argument else { return unfit() };
        values.push(*value);
    }
    Ok(Operand::Bag(values.into_bump_slice()))
}
