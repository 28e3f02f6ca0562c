//! `date`: a day, with or without a zone (core 7, A.3.7, A.3.8).

use std::cmp::Ordering;
use std::fmt;

use super::lexical::{LexicalError, collapse};
use super::timeline;
use super::year_month_duration::YearMonthDuration;
use super::zone::ZoneOffset;

/// A day. It remembers its zone, or that it has none.
///
/// `==` compares the instants at which the days start; a value with a zone never equals one without.
/// [`equal`](Self::equal) fills in the zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Date(pub(super) oxsdatatypes::Date);

impl Date {
    /// Reads `yyyy-mm-dd`, then optionally a zone.
    pub fn parse(text: &str) -> Result<Self, LexicalError> {
        let text = collapse(text);
        match text.parse() {
            Ok(date) if !names_year_zero(text) => Ok(Self(date)),
            _ => Err(LexicalError::new("expected yyyy-mm-dd, then optionally a zone")),
        }
    }

    /// The zone it was given, if any.
    pub fn zone(self) -> Option<ZoneOffset> {
        timeline::zone_offset(self.0.timezone_offset())
    }

    /// Whether both start at the same instant, `implicit` standing in for a missing zone (op:date-equal).
    pub fn equal(self, other: Self, implicit: ZoneOffset) -> bool {
        self.compare(other, implicit) == Ordering::Equal
    }

    /// The order of the starting instants, `implicit` standing in for a missing zone.
    pub fn compare(self, other: Self, implicit: ZoneOffset) -> Ordering {
        self.instant(implicit).cmp(&other.instant(implicit))
    }

    /// XSD appendix E: the day is clipped to the end of the month. `None` beyond the supported range, and in year 0,
    /// which XML Schema can't write.
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

fn in_calendar(value: oxsdatatypes::Date) -> Option<Date> {
    (value.year() != 0).then_some(Date(value))
}

/// XML Schema 1.0 has no year 0; the library underneath follows 1.1, which has.
pub(super) fn names_year_zero(text: &str) -> bool {
    text.trim_start_matches('-').starts_with("0000-")
}

/// The canonical form, in the zone of the value.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const UTC: ZoneOffset = ZoneOffset::UTC;

    fn date(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    #[test]
    fn a_date_is_written_as_it_was_read() {
        for text in ["2002-03-22", "2002-03-22Z", "2002-03-22-05:00", "-0044-03-15", "12002-01-01", "2000-02-29-00:01"]
        {
            assert_eq!(date(text).to_string(), text);
        }
        assert_eq!(date(" 2002-03-22+00:00\n").to_string(), "2002-03-22Z");
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "2002",
            "2002-3-22",
            "02-03-22",
            "0000-01-01",
            "-0000-01-01",
            "002002-01-01",
            "2002-13-01",
            "2002-00-01",
            "2002-02-29",
            "2002-04-31",
            "2002-03-22T00:00:00",
            "2002-03-22z",
            "2002-03-22+14:01",
            "2002-03-22-5:00",
            "2002-03-2205:00",
            "+2002-03-22",
            "2002-03-22 Z",
            "2002-03-22+",
            "２００２-03-22",
            "99999999999999999999-01-01",
            "--2002-03-22",
        ] {
            assert!(Date::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn months_are_clipped_to_their_last_day() {
        let months = |text| YearMonthDuration::parse(text).unwrap();
        for (from, duration, to) in [
            ("2004-01-31", "P1M", "2004-02-29"),
            ("2003-01-31", "P1M", "2003-02-28"),
            ("2004-02-29", "P1Y", "2005-02-28"),
            ("2004-01-31+02:00", "P13M", "2005-02-28+02:00"),
            ("2004-03-31-00:01", "-P1M", "2004-02-29-00:01"),
            ("2004-12-15", "P1M", "2005-01-15"),
        ] {
            assert_eq!(date(from).add_year_month(months(duration)).unwrap().to_string(), to);
        }
        assert_eq!(date("2004-03-31").subtract_year_month(months("P1M")).unwrap().to_string(), "2004-02-29");
        assert_eq!(date("0001-06-01").subtract_year_month(months("P1Y")), None);
        assert_eq!(date("2004-03-31").add_year_month(months("P768614336404564650Y")), None);
    }

    #[test]
    fn dates_are_compared_by_the_instants_at_which_they_start() {
        let plus_five = ZoneOffset::from_minutes(300).unwrap();
        assert!(date("2002-03-22Z").equal(date("2002-03-22"), UTC));
        assert!(!date("2002-03-22Z").equal(date("2002-03-22"), plus_five));
        assert!(date("2002-03-22+05:00").equal(date("2002-03-22"), plus_five));
        assert!(date("2002-03-23+12:00").equal(date("2002-03-22-12:00"), UTC));
        assert_eq!(date("2002-03-22+05:00").compare(date("2002-03-22Z"), UTC), Ordering::Less);
        assert_eq!(date("2002-03-22").compare(date("2002-03-22Z"), plus_five), Ordering::Less);
        assert_eq!(date("2002-03-22").compare(date("2002-03-21"), plus_five), Ordering::Greater);
    }

    proptest! {
        #[test]
        fn months_are_added_as_in_the_calendar(day in 0_i32..1_000_000, months in 0_u32..10_000, zone in -840_i16..=840) {
            let zone = ZoneOffset::from_minutes(zone).unwrap();
            let start = chrono::NaiveDate::from_num_days_from_ce_opt(day + 400 * 366).unwrap();
            let duration = YearMonthDuration::parse(&format!("P{months}M")).unwrap();
            let written = |day: chrono::NaiveDate| format!("{}{zone}", day.format("%Y-%m-%d"));
            let sum = date(&written(start)).add_year_month(duration).map(|sum| sum.to_string());
            let later = start.checked_add_months(chrono::Months::new(months)).unwrap();
            prop_assert_eq!(sum, Some(written(later).trim_start_matches('+').to_owned()));
        }

        #[test]
        fn no_text_panics(text in "-?[0-9]{0,5}-?[0-9T:.]{0,8}-?[0-9]{0,3}([Z+-].{0,6})?|.*") {
            if let Ok(date) = Date::parse(&text) {
                prop_assert_eq!(Date::parse(&date.to_string()), Ok(date));
            }
        }
    }
}
