//! `not` (A.3.5). The other logical functions decide which arguments are evaluated: they are the evaluator's.

use super::Call;
use super::answer::{Answer, unfit};
use crate::value::Value;

/// `not`.
pub(super) fn not<'a>(_: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    let [Value::Boolean(value)] = arguments else { return unfit() };
    Ok(Value::Boolean(!value))
}
