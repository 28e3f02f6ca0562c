//! Dates, times and durations: addition and subtraction (A.3.7), and `time-in-range` (A.3.8).

use super::Call;
use super::answer::{Answer, unfit};
use crate::status::Fault;
use crate::value::Value;

fn in_range(result: Option<Value<'_>>) -> Answer<'_> {
    result.ok_or_else(|| Fault::processing("the result is beyond the range of dates"))
}

/// `dateTime-add-dayTimeDuration`.
pub(super) fn add_day_time<'a>(_: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    let [Value::DateTime(moment), Value::DayTimeDuration(length)] = arguments else { return unfit() };
    in_range(moment.add_day_time(*length).map(Value::DateTime))
}

/// `dateTime-subtract-dayTimeDuration`.
pub(super) fn subtract_day_time<'a>(_: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    let [Value::DateTime(moment), Value::DayTimeDuration(length)] = arguments else { return unfit() };
    in_range(moment.subtract_day_time(*length).map(Value::DateTime))
}

/// `dateTime-add-yearMonthDuration`, `date-add-yearMonthDuration`.
pub(super) fn add_year_month<'a>(_: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    match arguments {
        [Value::DateTime(moment), Value::YearMonthDuration(length)] => {
            in_range(moment.add_year_month(*length).map(Value::DateTime))
        }
        [Value::Date(day), Value::YearMonthDuration(length)] => in_range(day.add_year_month(*length).map(Value::Date)),
        _ => unfit(),
    }
}

/// `dateTime-subtract-yearMonthDuration`, `date-subtract-yearMonthDuration`.
pub(super) fn subtract_year_month<'a>(_: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    match arguments {
        [Value::DateTime(moment), Value::YearMonthDuration(length)] => {
            in_range(moment.subtract_year_month(*length).map(Value::DateTime))
        }
        [Value::Date(day), Value::YearMonthDuration(length)] => {
            in_range(day.subtract_year_month(*length).map(Value::Date))
        }
        _ => unfit(),
    }
}

/// `time-in-range`: both ends included; a range whose end comes before its start goes past midnight.
pub(super) fn time_in_range<'a>(call: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    let [Value::Time(time), Value::Time(low), Value::Time(high)] = arguments else { return unfit() };
    Ok(Value::Boolean(time.in_range(*low, *high, call.implicit_zone)))
}
