//! `dateTime`: a day and a time of day, with or without a zone (core 7, A.3.7, A.3.8).

use std::cmp::Ordering;
use std::fmt;

use super::date::{Date, names_year_zero};
use super::day_time_duration::DayTimeDuration;
use super::lexical::{LexicalError, collapse};
use super::time::Time;
use super::timeline::{self, REFERENCE_DAY, SECOND, UNIX_EPOCH};
use super::year_month_duration::YearMonthDuration;
use super::zone::ZoneOffset;

/// A day and a time of day, exact to 18 decimal places of a second. It remembers its zone, or that it has none.
///
/// `==` compares instants; a value with a zone never equals one without. [`equal`](Self::equal) fills in the zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateTime(pub(super) oxsdatatypes::DateTime);

impl DateTime {
    /// Reads `yyyy-mm-ddThh:mm:ss`, then optionally a fraction and a zone. `24:00:00` is the next day's start.
    pub fn parse(text: &str) -> Result<Self, LexicalError> {
        let text = collapse(text);
        let error = || {
            LexicalError::new(if timeline::is_too_fine(text) {
                "expected at most 18 decimal places of seconds"
            } else {
                "expected yyyy-mm-ddThh:mm:ss, then optionally a fraction and a zone"
            })
        };
        let value = text.parse().map(Self).map_err(|_| error())?;
        // The end of the year before 1 rolls over into year 0 without naming it.
        let reaches_year_zero = text.starts_with('-') && value.0.year() == 0;
        if names_year_zero(text) || reaches_year_zero { Err(error()) } else { Ok(value) }
    }

    /// A point of Unix time, shown in the given zone.
    pub fn from_unix(seconds: i64, nanoseconds: u32, zone: ZoneOffset) -> Self {
        let point = i128::from(seconds) * SECOND + i128::from(nanoseconds) * 1_000_000_000 + UNIX_EPOCH;
        let utc = timeline::timezone_offset(ZoneOffset::UTC);
        let value = oxsdatatypes::DateTime::from_be_bytes(timeline::stored(point, Some(utc)));
        // `adjust` can fail only where a zone is taken away.
        Self(value.adjust(Some(timeline::timezone_offset(zone))).unwrap_or(value))
    }

    /// Seconds of Unix time, and nanoseconds above them; `None` where the seconds exceed 64 bits.
    pub fn to_unix(self, implicit: ZoneOffset) -> Option<(i64, u32)> {
        let point = self.instant(implicit) - UNIX_EPOCH;
        let seconds = i64::try_from(point.div_euclid(SECOND)).ok()?;
        let nanoseconds = u32::try_from(point.rem_euclid(SECOND) / 1_000_000_000).ok()?;
        Some((seconds, nanoseconds))
    }

    /// The zone it was given, if any.
    pub fn zone(self) -> Option<ZoneOffset> {
        timeline::zone_offset(self.0.timezone_offset())
    }

    /// The day in its own zone, which the result keeps.
    ///
    /// `None` for the first day of the supported range, some 5,000,000,000,000 years ago.
    pub fn date(self) -> Option<Date> {
        self.0.try_into().ok().map(Date)
    }

    /// The time of day in its own zone, which the result keeps.
    pub fn time(self) -> Time {
        let zone = self.0.timezone_offset();
        let offset = self.zone().map_or(0, timeline::attoseconds);
        if offset == -60 * SECOND {
            // The one zone that the storage form can't hold.
            return Time(self.0.into());
        }
        let local = timeline::point(self.0.to_be_bytes()).saturating_add(offset).rem_euclid(timeline::DAY);
        Time(oxsdatatypes::Time::from_be_bytes(timeline::stored(REFERENCE_DAY + local - offset, zone)))
    }

    /// Whether both are the same instant, `implicit` standing in for a missing zone (op:dateTime-equal).
    pub fn equal(self, other: Self, implicit: ZoneOffset) -> bool {
        self.compare(other, implicit) == Ordering::Equal
    }

    /// The order of the instants, `implicit` standing in for a missing zone.
    pub fn compare(self, other: Self, implicit: ZoneOffset) -> Ordering {
        self.instant(implicit).cmp(&other.instant(implicit))
    }

    /// XSD appendix E. `None` beyond the supported range, and in year 0, which XML Schema can't write.
    pub fn add_day_time(self, duration: DayTimeDuration) -> Option<Self> {
        self.0.checked_add_day_time_duration(duration.0).and_then(in_calendar)
    }

    /// The addition of the negated duration.
    pub fn subtract_day_time(self, duration: DayTimeDuration) -> Option<Self> {
        self.0.checked_sub_day_time_duration(duration.0).and_then(in_calendar)
    }

    /// XSD appendix E: the day is clipped to the end of the month. `None` as for
    /// [`add_day_time`](Self::add_day_time).
    pub fn add_year_month(self, duration: YearMonthDuration) -> Option<Self> {
        self.0.checked_add_year_month_duration(duration.0).and_then(in_calendar)
    }

    /// The addition of the negated duration.
    pub fn subtract_year_month(self, duration: YearMonthDuration) -> Option<Self> {
        self.0.checked_sub_year_month_duration(duration.0).and_then(in_calendar)
    }

    fn instant(self, implicit: ZoneOffset) -> i128 {
        timeline::instant(self.0.to_be_bytes(), self.0.timezone_offset(), implicit)
    }
}

fn in_calendar(value: oxsdatatypes::DateTime) -> Option<DateTime> {
    (value.year() != 0).then_some(DateTime(value))
}

/// The canonical form, in the zone of the value.
impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const UTC: ZoneOffset = ZoneOffset::UTC;

    fn at(text: &str) -> DateTime {
        DateTime::parse(text).unwrap()
    }

    #[test]
    fn a_date_time_is_written_in_its_own_zone() {
        for (text, canonical) in [
            ("2002-03-22T08:23:47-05:00", "2002-03-22T08:23:47-05:00"),
            (" 2002-03-22T08:23:47.120+00:00\n", "2002-03-22T08:23:47.12Z"),
            ("2002-12-31T24:00:00", "2003-01-01T00:00:00"),
            ("2000-02-28T24:00:00.0+14:00", "2000-02-29T00:00:00+14:00"),
            ("2002-03-22T00:00:00-00:01", "2002-03-22T00:00:00-00:01"),
            ("-0044-03-15T12:00:00", "-0044-03-15T12:00:00"),
            ("12002-03-22T00:00:00.123456789012345678", "12002-03-22T00:00:00.123456789012345678"),
        ] {
            assert_eq!(at(text).to_string(), canonical);
        }
    }

    #[test]
    fn what_is_no_date_time_is_refused() {
        for text in [
            "",
            "2002-03-22",
            "2002-03-22 08:23:47",
            "2002-03-22t08:23:47",
            "2002-03-22T08:23",
            "2002-03-22T24:00:01",
            "2002-03-22T08:23:60",
            "2002-03-22T08:23:47-14:30",
            "2002-03-22T08:23:47z",
            "2002-02-30T00:00:00",
            "0000-03-22T08:23:47",
            "-0001-12-31T24:00:00",
            "2002-03-22T08:23:47.",
            "2002-03-22T08:23:47 Z",
            "P1D",
            "2002-03-22T8:23:47",
            "2002-03-22T08:23:47.00.0",
        ] {
            assert!(DateTime::parse(text).is_err(), "{text}");
        }
        let too_fine = DateTime::parse("2002-03-22T08:23:47.0000000000000000001").unwrap_err();
        assert_eq!(too_fine.message(), "expected at most 18 decimal places of seconds");
    }

    #[test]
    fn durations_are_added_as_in_appendix_e() {
        let day_time = |text| DayTimeDuration::parse(text).unwrap();
        let year_month = |text| YearMonthDuration::parse(text).unwrap();
        let sum = at("2002-03-22T08:23:47-05:00").add_day_time(day_time("P5DT2H"));
        assert_eq!(sum.unwrap().to_string(), "2002-03-27T10:23:47-05:00");
        let sum = at("2000-01-12T12:13:14Z").add_day_time(day_time("P5DT7H10M3.3S"));
        assert_eq!(sum.unwrap().to_string(), "2000-01-17T19:23:17.3Z");
        let difference = at("2000-01-01T00:00:00").subtract_day_time(day_time("PT0.5S"));
        assert_eq!(difference.unwrap().to_string(), "1999-12-31T23:59:59.5");
        let sum = at("2004-01-31T10:00:00+02:00").add_year_month(year_month("P1M"));
        assert_eq!(sum.unwrap().to_string(), "2004-02-29T10:00:00+02:00");
        let difference = at("2004-03-31T23:30:00-00:01").subtract_year_month(year_month("P1M"));
        assert_eq!(difference.unwrap().to_string(), "2004-02-29T23:30:00-00:01");
    }

    #[test]
    fn a_sum_beyond_the_calendar_is_none() {
        let day_time = |text| DayTimeDuration::parse(text).unwrap();
        let year_month = |text| YearMonthDuration::parse(text).unwrap();
        assert_eq!(at("0001-01-01T00:00:00").subtract_day_time(day_time("PT1S")), None);
        assert_eq!(at("0001-01-01T00:00:00").subtract_year_month(year_month("P1M")), None);
        let end = at("2000-01-01T00:00:00").add_day_time(day_time("P1900000000000000D")).unwrap();
        assert_eq!(end.add_day_time(day_time("P1900000000000000D")), None);
        assert_eq!(at("2000-01-01T00:00:00").add_year_month(year_month("P9223372036854775807M")), None);
    }

    #[test]
    fn instants_are_compared_with_the_implicit_zone_filled_in() {
        let plus_two = ZoneOffset::from_minutes(120).unwrap();
        assert_eq!(at("2002-04-02T12:00:00-01:00"), at("2002-04-02T17:00:00+04:00"));
        assert!(at("2002-04-02T12:00:00").equal(at("2002-04-02T10:00:00Z"), plus_two));
        assert!(at("2002-04-02T12:00:00").equal(at("2002-04-02T12:00:00.00"), plus_two));
        assert!(!at("2002-04-02T12:00:00").equal(at("2002-04-02T12:00:00Z"), plus_two));
        assert_eq!(at("2002-04-02T12:00:00").compare(at("2002-04-02T10:00:01Z"), plus_two), Ordering::Less);
        assert_eq!(at("2002-04-02T12:00:00").compare(at("2002-04-02T11:59:59.999Z"), UTC), Ordering::Greater);
    }

    #[test]
    fn unix_time_is_shown_in_the_given_zone() {
        let zone = |minutes| ZoneOffset::from_minutes(minutes).unwrap();
        assert_eq!(DateTime::from_unix(0, 0, UTC).to_string(), "1970-01-01T00:00:00Z");
        assert_eq!(DateTime::from_unix(1_700_000_000, 5, zone(60)).to_string(), "2023-11-14T23:13:20.000000005+01:00");
        assert_eq!(DateTime::from_unix(-1, 0, zone(-1)).to_string(), "1969-12-31T23:58:59-00:01");
        assert_eq!(at("1970-01-01T02:00:00").to_unix(zone(120)), Some((0, 0)));
        assert_eq!(at("1969-12-31T23:59:59.25Z").to_unix(UTC), Some((-1, 250_000_000)));
        assert_eq!(at("300000000000-01-01T00:00:00Z").to_unix(UTC), None);
    }

    #[test]
    fn day_and_time_keep_the_zone() {
        for zone in ["", "Z", "-00:01", "+14:00", "-14:00", "+05:30"] {
            let value = at(&format!("2024-02-29T23:59:59.5{zone}"));
            assert_eq!(value.date().unwrap().to_string(), format!("2024-02-29{zone}"));
            assert_eq!(value.time().to_string(), format!("23:59:59.5{zone}"));
            assert_eq!(value.time(), Time::parse(&format!("23:59:59.5{zone}")).unwrap());
        }
    }

    proptest! {
        #[test]
        fn unix_time_survives(seconds in any::<i64>(), nanoseconds in 0_u32..1_000_000_000, minutes in -840_i16..=840) {
            let zone = ZoneOffset::from_minutes(minutes).unwrap();
            let value = DateTime::from_unix(seconds, nanoseconds, zone);
            prop_assert_eq!(value.to_unix(UTC), Some((seconds, nanoseconds)));
            prop_assert_eq!(value.zone(), Some(zone));
        }

        #[test]
        fn the_time_of_day_is_what_is_written(seconds in -10_i64.pow(12)..10_i64.pow(12), minutes in -840_i16..=840) {
            let value = DateTime::from_unix(seconds, 0, ZoneOffset::from_minutes(minutes).unwrap());
            let text = value.to_string();
            let (_, time) = text.split_once('T').unwrap();
            prop_assert_eq!(value.time().to_string(), time);
            prop_assert_eq!(value.time(), Time::parse(time).unwrap());
        }

        #[test]
        fn a_day_of_unix_time_is_that_of_the_calendar(seconds in -10_i64.pow(11)..10_i64.pow(11)) {
            let date = DateTime::from_unix(seconds, 0, UTC).date().unwrap().to_string();
            let expected = chrono::DateTime::from_timestamp(seconds, 0).unwrap().format("%Y-%m-%dZ").to_string();
            prop_assert_eq!(date, expected);
        }

        #[test]
        fn no_text_panics(text in "-?[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9.]{0,8}([Z+-].{0,6})?|.*") {
            if let Ok(value) = DateTime::parse(&text) {
                prop_assert_eq!(DateTime::parse(&value.to_string()), Ok(value));
                let _ = (value.date(), value.time(), value.to_unix(UTC));
            }
        }
    }
}
