//! `time`: a time of day, with or without a zone, and whether it lies in a range (core 7, A.3.8).

use std::cmp::Ordering;
use std::fmt;

use super::lexical::{LexicalError, collapse};
use super::timeline::{self, DAY};
use super::zone::ZoneOffset;

/// A time of day, exact to 18 decimal places of a second. It remembers its zone, or that it has none.
///
/// `==` compares instants on one reference day; a value with a zone never equals one without.
/// [`equal`](Self::equal) fills in the zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time(pub(super) oxsdatatypes::Time);

impl Time {
    /// Reads `hh:mm:ss`, then optionally a fraction and a zone. `24:00:00` is `00:00:00`.
    pub fn parse(text: &str) -> Result<Self, LexicalError> {
        let text = collapse(text);
        text.parse().map(Self).map_err(|_| {
            LexicalError::new(if timeline::is_too_fine(text) {
                "expected at most 18 decimal places of seconds"
            } else {
                "expected hh:mm:ss, then optionally a fraction and a zone"
            })
        })
    }

    /// The zone it was given, if any.
    pub fn zone(self) -> Option<ZoneOffset> {
        timeline::zone_offset(self.0.timezone_offset())
    }

    /// Whether both are the same instant of the reference day, `implicit` standing in for a missing zone
    /// (op:time-equal).
    ///
    /// `23:00:00-05:00` is not `04:00:00Z`: on one day, they are 24 hours apart.
    pub fn equal(self, other: Self, implicit: ZoneOffset) -> bool {
        self.instant(implicit) == other.instant(implicit)
    }

    /// The order of the instants on the reference day; `None` if exactly one of the two has a zone, which the
    /// standard calls illegal.
    pub fn compare(self, other: Self) -> Option<Ordering> {
        let zones = (self.0.timezone_offset(), other.0.timezone_offset());
        let comparable = zones.0.is_some() == zones.1.is_some();
        comparable.then(|| self.instant(ZoneOffset::UTC).cmp(&other.instant(ZoneOffset::UTC)))
    }

    /// Whether the time is in the range that starts at `low` and ends at `high`, both included.
    ///
    /// A time without a zone gets `implicit`; bounds without one get the zone of the time. A range whose end is
    /// before its start goes past midnight; one whose bounds are equal is a single instant.
    pub fn in_range(self, low: Self, high: Self, implicit: ZoneOffset) -> bool {
        let zone = self.zone().unwrap_or(implicit);
        let low_instant = low.instant(zone);
        within_day(self.instant(zone) - low_instant) <= within_day(high.instant(zone) - low_instant)
    }

    fn instant(self, implicit: ZoneOffset) -> i128 {
        timeline::instant(self.0.to_be_bytes(), self.0.timezone_offset(), implicit)
    }
}

/// The distance modulo one day. Two times with their zones are less than 52 hours apart, so a few subtractions do
/// what a division of 128-bit numbers would, and a loop would be compiled to; a range takes a ninth of the time.
fn within_day(distance: i128) -> i128 {
    let distance = if distance < 0 { distance + 3 * DAY } else { distance };
    let distance = if distance >= 2 * DAY { distance - 2 * DAY } else { distance };
    if distance >= DAY { distance - DAY } else { distance }
}

/// The canonical form, in the zone of the value.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const UTC: ZoneOffset = ZoneOffset::UTC;

    fn time(text: &str) -> Time {
        Time::parse(text).unwrap()
    }

    #[test]
    fn a_time_is_written_in_its_own_zone() {
        for (text, canonical) in [
            ("08:23:47", "08:23:47"),
            (" 08:23:47-05:00 ", "08:23:47-05:00"),
            ("08:23:47+00:00", "08:23:47Z"),
            ("08:23:47.500Z", "08:23:47.5Z"),
            ("08:23:07.000", "08:23:07"),
            ("24:00:00", "00:00:00"),
            ("24:00:00.00+14:00", "00:00:00+14:00"),
            ("00:00:00-00:01", "00:00:00-00:01"),
            ("01:02:03.123456789012345678", "01:02:03.123456789012345678"),
            ("01:02:03.10000000000000000000000", "01:02:03.1"),
        ] {
            assert_eq!(time(text).to_string(), canonical);
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "8:00:00",
            "08:00",
            "24:00:01",
            "24:01:00",
            "25:00:00",
            "08:60:00",
            "08:00:60",
            "08:00:00.",
            "08:00:.5",
            "08:00:00-24:53",
            "08:00:00+14:01",
            "08:00:00z",
            "08:00:00 Z",
            "08:00:00+05",
            "08:00:5",
            "-08:00:00",
            "08:00:00.505:00",
            "2002-01-01T08:00:00",
            "08:00:00,5",
            "٠٨:00:00",
            "08:00:00Z08",
        ] {
            assert!(Time::parse(text).is_err(), "{text}");
        }
        let too_fine = Time::parse("01:02:03.1234567890123456789").unwrap_err();
        assert_eq!(too_fine.message(), "expected at most 18 decimal places of seconds");
    }

    #[test]
    fn times_are_compared_on_one_reference_day() {
        let minus_five = ZoneOffset::from_minutes(-300).unwrap();
        assert!(!time("08:00:00+09:00").equal(time("17:00:00-06:00"), UTC));
        assert!(time("21:30:00+10:30").equal(time("06:00:00-05:00"), UTC));
        assert!(!time("23:00:00-05:00").equal(time("04:00:00Z"), UTC));
        assert!(time("24:00:00+01:00").equal(time("00:00:00+01:00"), UTC));
        assert!(time("08:00:00").equal(time("13:00:00Z"), minus_five));
        assert!(time("08:00:00").equal(time("08:00:00.0"), minus_five));
        assert_eq!(time("08:00:00").compare(time("08:00:00Z")), None);
        assert_eq!(time("08:00:00").compare(time("09:00:00")), Some(Ordering::Less));
        assert_eq!(time("08:00:00+02:00").compare(time("07:00:00Z")), Some(Ordering::Less));
        assert_eq!(time("23:00:00-05:00").compare(time("04:00:00Z")), Some(Ordering::Greater));
    }

    #[test]
    fn a_range_includes_its_bounds_and_may_pass_midnight() {
        let in_range = |t, low, high| time(t).in_range(time(low), time(high), UTC);
        assert!(in_range("08:00:00", "08:00:00", "18:00:00"));
        assert!(in_range("18:00:00", "08:00:00", "18:00:00"));
        assert!(!in_range("18:00:00.000000001", "08:00:00", "18:00:00"));
        assert!(in_range("23:59:59", "22:00:00", "06:00:00"));
        assert!(in_range("00:00:00", "22:00:00", "06:00:00"));
        assert!(!in_range("12:00:00", "22:00:00", "06:00:00"));
        assert!(in_range("12:00:00", "12:00:00", "12:00:00"));
        assert!(!in_range("12:00:01", "12:00:00", "12:00:00"));
    }

    #[test]
    fn bounds_without_a_zone_take_that_of_the_time() {
        let plus_two = ZoneOffset::from_minutes(120).unwrap();
        assert!(time("09:00:00-05:00").in_range(time("08:00:00"), time("10:00:00"), plus_two));
        assert!(time("09:00:00").in_range(time("06:30:00Z"), time("07:30:00Z"), plus_two));
        assert!(!time("09:00:00").in_range(time("08:30:00Z"), time("09:30:00Z"), plus_two));
        assert!(time("23:30:00-05:00").in_range(time("04:00:00Z"), time("05:00:00Z"), UTC));
    }

    /// Walks the clock minute by minute from the lower bound until it meets the time or passes the upper one.
    fn minute_scan(at: i64, low: i64, high: i64) -> bool {
        let mut minute = low.rem_euclid(1440);
        loop {
            if minute == at.rem_euclid(1440) {
                return true;
            }
            if minute == high.rem_euclid(1440) {
                return false;
            }
            minute = (minute + 1) % 1440;
        }
    }

    fn clock() -> impl Strategy<Value = (i64, Option<i64>)> {
        (0_i64..1440, proptest::option::of(-840_i64..=840))
    }

    fn written((minute, zone): (i64, Option<i64>)) -> Time {
        let zone = zone
            .map_or(String::new(), |zone| ZoneOffset::from_minutes(i16::try_from(zone).unwrap()).unwrap().to_string());
        time(&format!("{:02}:{:02}:00{zone}", minute / 60, minute % 60))
    }

    proptest! {
        #[test]
        fn a_range_is_what_a_walk_around_the_clock_meets(
            at in clock(), low in clock(), high in clock(), implicit in -840_i64..=840,
        ) {
            let zone = at.1.unwrap_or(implicit);
            let utc = |(minute, own): (i64, Option<i64>)| minute - own.unwrap_or(zone);
            let implicit = ZoneOffset::from_minutes(i16::try_from(implicit).unwrap()).unwrap();
            prop_assert_eq!(
                written(at).in_range(written(low), written(high), implicit),
                minute_scan(utc(at), utc(low), utc(high))
            );
        }

        #[test]
        fn no_text_panics(text in "[0-9]{1,3}:[0-9]{0,2}:[0-9.]{0,8}([Z+-].{0,6})?|.*") {
            if let Ok(time) = Time::parse(&text) {
                prop_assert_eq!(Time::parse(&time.to_string()), Ok(time));
            }
        }
    }
}
