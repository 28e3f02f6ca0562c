//! Windows aligned to a clock: spans of one length since 1970, and the periods of a calendar in a named zone.

use std::time::Duration;

use chrono::{DateTime, Datelike, Days, LocalResult, Months, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use crate::{Limit, Strategy};

/// A period of a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Period {
    /// From midnight to midnight: 23, 24 or 25 hours, or whatever the zone makes of it.
    Day,
    /// From Monday to Monday (ISO 8601).
    Week,
    /// From the first to the first.
    Month,
    /// From one first of January to the next.
    Year,
}

impl Period {
    /// The longest that it can be, with an hour for clocks that are put back.
    pub(crate) const fn longest(self) -> Duration {
        let days = match self {
            Self::Day => 1,
            Self::Week => 7,
            Self::Month => 31,
            Self::Year => 366,
        };
        Duration::from_secs(days * 86_400 + 3_600)
    }

    /// The period that a quota of so many seconds is counted by; `None` where a calendar has none of that length.
    pub const fn of_seconds(seconds: u64) -> Option<Self> {
        match (seconds / 86_400, seconds % 86_400) {
            (1, 0) => Some(Self::Day),
            (7, 0) => Some(Self::Week),
            (28..=31, 0) => Some(Self::Month),
            (365 | 366, 0) => Some(Self::Year),
            _ => None,
        }
    }

    /// How many periods of a zone's calendar have begun from one time to another, that of the first included; times are in
    /// nanoseconds since 1970. At least one.
    pub fn begun(self, zone: Tz, since: i64, now: i64) -> u64 {
        let number = |time| number_of(self, zone, time);
        u64::try_from(number(now).saturating_sub(number(since))).unwrap_or(0) + 1
    }

    /// The place of the period that begins with this day in the row of all such.
    fn number(self, first: NaiveDate) -> i64 {
        let days = i64::from(first.num_days_from_ce());
        match self {
            Self::Day => days,
            // The first day of the era was a Monday.
            Self::Week => (days - 1).div_euclid(7),
            Self::Month => i64::from(first.year()) * 12 + i64::from(first.month0()),
            Self::Year => first.year().into(),
        }
    }

    /// The reverse: the first day of a period.
    fn numbered(self, number: i64) -> Option<NaiveDate> {
        let year = |number: i64| i32::try_from(number).ok();
        match self {
            Self::Day => NaiveDate::from_num_days_from_ce_opt(i32::try_from(number).ok()?),
            Self::Week => NaiveDate::from_num_days_from_ce_opt(i32::try_from(number.checked_mul(7)? + 1).ok()?),
            Self::Month => {
                let month = u32::try_from(number.rem_euclid(12)).ok()? + 1;
                NaiveDate::from_ymd_opt(year(number.div_euclid(12))?, month, 1)
            }
            Self::Year => NaiveDate::from_ymd_opt(year(number)?, 1, 1),
        }
    }

    fn first_day(self, day: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Day => Some(day),
            Self::Week => day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday()))),
            Self::Month => day.with_day(1),
            Self::Year => NaiveDate::from_ymd_opt(day.year(), 1, 1),
        }
    }

    fn next(self, first: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Day => first.checked_add_days(Days::new(1)),
            Self::Week => first.checked_add_days(Days::new(7)),
            Self::Month => first.checked_add_months(Months::new(1)),
            Self::Year => first.checked_add_months(Months::new(12)),
        }
    }
}

/// A window: its first nanosecond, the first behind it, and of a calendar's period its place in the row of all such.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) start: i64,
    pub(crate) end: i64,
    pub(crate) number: i64,
}

/// The window that a time lies in.
pub(crate) fn window_of(limit: &Limit, now: i64) -> Window {
    let aligned = || {
        let start = now.div_euclid(limit.window).saturating_mul(limit.window);
        Window { start, end: start.saturating_add(limit.window), number: 0 }
    };
    match limit.strategy {
        // What lies outside the calendar (before 1678, after 2261) can't be the time.
        Strategy::Quota { period, zone, .. } => period_of(period, zone, now).unwrap_or_else(aligned),
        _ => aligned(),
    }
}

/// The place of the period that a time lies in in the row of all such.
pub(crate) fn number_of(period: Period, zone: Tz, now: i64) -> i64 {
    period_of(period, zone, now).map_or(0, |window| window.number)
}

/// When the period of this place in the row of all such begins; `None` where no calendar has it.
pub(crate) fn begins(limit: &Limit, number: i64) -> Option<i64> {
    let Strategy::Quota { period, zone, .. } = limit.strategy else { return None };
    midnight(zone, period.numbered(number)?)
}

fn period_of(period: Period, zone: Tz, now: i64) -> Option<Window> {
    let local = DateTime::<Utc>::from_timestamp_nanos(now).with_timezone(&zone);
    let mut first = period.first_day(local.date_naive())?;
    let (mut start, mut end) = (midnight(zone, first)?, midnight(zone, period.next(first)?)?);
    // Where a zone puts its clock back across midnight, that day's date comes twice. Its first midnight began it.
    if now >= end {
        first = period.next(first)?;
        (start, end) = (end, midnight(zone, period.next(first)?)?);
    }
    Some(Window { start, end, number: period.number(first) })
}

/// The first nanosecond of a day. Some zones change their clocks at midnight: the day then begins with the first time that
/// exists.
fn midnight(zone: Tz, day: NaiveDate) -> Option<i64> {
    let mut local = day.and_time(NaiveTime::MIN);
    // No zone has ever left out more than a day.
    for _ in 0..=24 * 60 {
        match zone.from_local_datetime(&local) {
            LocalResult::Single(time) | LocalResult::Ambiguous(time, _) => return time.timestamp_nanos_opt(),
            LocalResult::None => local = local.checked_add_signed(TimeDelta::minutes(1))?,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nanos(text: &str) -> i64 {
        DateTime::parse_from_rfc3339(text).unwrap().timestamp_nanos_opt().unwrap()
    }

    fn period(period: Period, zone: Tz, at: &str) -> (i64, i64) {
        let window = period_of(period, zone, nanos(at)).unwrap();
        (window.start, window.end)
    }

    #[test]
    fn a_day_is_as_long_as_its_zone_makes_it() {
        let berlin = chrono_tz::Europe::Berlin;
        for (at, from, to) in [
            // Clocks go forward at two: 23 hours. Back at three: 25 hours.
            ("2026-03-29T12:00:00+02:00", "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00"),
            ("2026-10-25T12:00:00+01:00", "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00"),
            ("2026-10-25T23:59:59.999999999+01:00", "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00"),
            ("2026-10-26T00:00:00+01:00", "2026-10-26T00:00:00+01:00", "2026-10-27T00:00:00+01:00"),
        ] {
            assert_eq!(period(Period::Day, berlin, at), (nanos(from), nanos(to)), "{at}");
        }
    }

    #[test]
    fn a_day_without_a_midnight_begins_at_its_first_time() {
        // Clocks went from 24:00 to 01:00.
        let found = period(Period::Day, chrono_tz::America::Sao_Paulo, "2017-10-15T12:00:00-02:00");
        assert_eq!(found, (nanos("2017-10-15T01:00:00-02:00"), nanos("2017-10-16T00:00:00-02:00")));
    }

    #[test]
    fn months_and_years_end_where_they_do() {
        let zone = chrono_tz::Asia::Kolkata;
        for (of, at, from, to) in [
            (Period::Month, "2028-02-29T23:59:59+05:30", "2028-02-01T00:00:00+05:30", "2028-03-01T00:00:00+05:30"),
            (Period::Month, "2026-12-31T20:00:00Z", "2027-01-01T00:00:00+05:30", "2027-02-01T00:00:00+05:30"),
            (Period::Week, "2026-11-29T23:59:59+05:30", "2026-11-23T00:00:00+05:30", "2026-11-30T00:00:00+05:30"),
            (Period::Year, "2026-11-29T00:00:00Z", "2026-01-01T00:00:00+05:30", "2027-01-01T00:00:00+05:30"),
        ] {
            assert_eq!(period(of, zone, at), (nanos(from), nanos(to)), "{at}");
        }
    }

    /// Every hour of two years, in zones that change their clocks in odd ways: the periods follow each other without gap.
    #[test]
    fn every_time_lies_in_its_own_period() {
        for zone in [
            chrono_tz::Europe::Berlin,
            chrono_tz::America::Sao_Paulo,
            chrono_tz::Australia::Lord_Howe,
            chrono_tz::Pacific::Apia,
            chrono_tz::America::Havana,
        ] {
            for of in [Period::Day, Period::Week, Period::Month, Period::Year] {
                let mut now = nanos("2011-06-01T00:00:00Z");
                let first = period_of(of, zone, now).unwrap();
                let mut last = first;
                while now < nanos("2013-06-01T00:00:00Z") {
                    let window = period_of(of, zone, now).unwrap();
                    assert!((window.start..window.end).contains(&now), "{zone} {of:?} {now}");
                    // A day that a zone leaves out (Apia, 30 December 2011) has its number all the same.
                    let follows = window.start == last.end && (1..=2).contains(&(window.number - last.number));
                    assert!(window == last || follows, "{zone} {of:?} {now}");
                    let length = window.end - window.start;
                    assert!(length <= i64::try_from(of.longest().as_nanos()).unwrap(), "{zone} {of:?} {now}");
                    let begun = u64::try_from(window.number - first.number).unwrap() + 1;
                    assert_eq!(of.begun(zone, first.start, now), begun, "{zone} {of:?} {now}");
                    (last, now) = (window, now + 3_600_000_000_000);
                }
            }
        }
    }
}
