//! A weekly time window in a named zone, such as `Mon-Fri 08:00-18:00 Europe/Berlin`: the value that
//! `urn:argus:function:in-window` reads.
//!
//! # Decisions
//!
//! The start is included, the end is not, so that windows can adjoin. A window whose end is not after its start goes
//! past midnight and belongs to the day on which it starts: `Fri 22:00-06:00` is open on Saturday at 5:00. What counts
//! is the clock on the wall: the way goes from UTC to local time, which is always exact, never back. When clocks are
//! put back, both hours of the same name are in or out; when they are put forward, the missing hour is missing.

use std::fmt;

use chrono::{Datelike, Timelike};
use chrono_tz::Tz;

use super::date_time::DateTime;
use super::lexical::{LexicalError, collapse};
use super::zone::ZoneOffset;

/// Days of the week and a span of the local day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Bit 0 is Monday.
    days: u8,
    /// Minutes after midnight, below 24 hours.
    start: u16,
    /// Minutes after midnight of the same day, above `start`; beyond 24 hours where the window passes midnight.
    end: u16,
    zone: Tz,
}

const DAY_MINUTES: u16 = 24 * 60;

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

const ALL_DAYS: u8 = 0b111_1111;

impl Window {
    /// Reads days, a span and a zone, separated by white space.
    ///
    /// Days are `daily`, `*`, or a list such as `Mon-Wed,Fri`; a range may pass Sunday. The span is `hh:mm-hh:mm`,
    /// its end up to `24:00`; the whole day is `00:00-24:00`. The zone is a name of the IANA database.
    pub fn parse(text: &str) -> Result<Self, LexicalError> {
        let mut words = collapse(text).split_ascii_whitespace();
        let (Some(days), Some(span), Some(zone), None) = (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(LexicalError::new(
                "expected days, hours and a zone, such as `Mon-Fri 08:00-18:00 Europe/Berlin`",
            ));
        };
        let days = read_days(days)
            .ok_or_else(|| LexicalError::new("expected days such as `Mon-Fri`, `Mon,Wed`, `daily` or `*`"))?;
        let (start, end) = read_span(span).ok_or_else(|| {
            LexicalError::new("expected hours such as `08:00-18:00`, the end up to 24:00 and unlike the start")
        })?;
        let zone = zone
            .parse()
            .map_err(|_| LexicalError::new("expected an IANA time zone such as `Europe/Berlin` or `UTC`"))?;
        Ok(Self { days, start, end, zone })
    }

    /// Whether the window is open at this instant; a time without a zone gets `implicit`.
    pub fn contains(self, at: DateTime, implicit: ZoneOffset) -> bool {
        // Beyond 200,000 years no zone is defined, and local time no longer fits the calendar that defines it.
        const REACH_SECONDS: i64 = 200_000 * 31_556_952;
        let utc = at.to_unix(implicit).filter(|(seconds, _)| seconds.unsigned_abs() < REACH_SECONDS.unsigned_abs());
        let Some(utc) = utc.and_then(|(seconds, nanos)| chrono::DateTime::from_timestamp(seconds, nanos)) else {
            return false;
        };
        let local = utc.with_timezone(&self.zone).naive_local();
        let today = local.weekday().num_days_from_monday();
        // Seconds don't matter: both ends are whole minutes, and the end is excluded.
        let minute = u16::try_from(local.hour() * 60 + local.minute()).unwrap_or(u16::MAX);
        self.is_open(today, minute) || self.is_open((today + 6) % 7, minute.saturating_add(DAY_MINUTES))
    }

    fn is_open(self, day: u32, minute: u16) -> bool {
        self.days >> day & 1 == 1 && (self.start..self.end).contains(&minute)
    }
}

fn read_days(text: &str) -> Option<u8> {
    if text == "*" || text.eq_ignore_ascii_case("daily") {
        return Some(ALL_DAYS);
    }
    text.split(',').try_fold(0, |days, item| Some(days | read_day_range(item)?))
}

fn read_day_range(text: &str) -> Option<u8> {
    let Some((first, last)) = text.split_once('-') else { return Some(1 << day(text)?) };
    let (first, last) = (day(first)?, day(last)?);
    let count = (last + 7 - first) % 7;
    Some((0..=count).fold(0, |days, ahead| days | 1 << ((first + ahead) % 7)))
}

fn day(text: &str) -> Option<usize> {
    DAYS.iter().position(|name| name.eq_ignore_ascii_case(text))
}

fn read_span(text: &str) -> Option<(u16, u16)> {
    let (start, end) = text.split_once('-')?;
    let (start, end) = (minute(start)?, minute(end)?);
    if start == end || start == DAY_MINUTES {
        return None;
    }
    Some((start, if end < start { end + DAY_MINUTES } else { end }))
}

fn minute(text: &str) -> Option<u16> {
    let &[h1, h2, b':', m1, m2] = text.as_bytes() else { return None };
    let digit = |byte: u8| byte.is_ascii_digit().then(|| u16::from(byte - b'0'));
    let (hours, minutes) = (digit(h1)? * 10 + digit(h2)?, digit(m1)? * 10 + digit(m2)?);
    (minutes < 60 && hours * 60 + minutes <= DAY_MINUTES).then_some(hours * 60 + minutes)
}

/// The canonical form: `daily`, or runs of three days or more as ranges.
impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_days(f, self.days)?;
        let end = if self.end > DAY_MINUTES { self.end - DAY_MINUTES } else { self.end };
        let (start, zone) = (self.start, self.zone);
        write!(f, " {:02}:{:02}-{:02}:{:02} {zone}", start / 60, start % 60, end / 60, end % 60)
    }
}

fn write_days(f: &mut fmt::Formatter<'_>, days: u8) -> fmt::Result {
    if days == ALL_DAYS {
        return f.write_str("daily");
    }
    let is_set = |day: usize| days >> day & 1 == 1;
    let mut separator = "";
    let mut names = DAYS.iter().enumerate().filter(|(day, _)| is_set(*day)).peekable();
    while let Some((first, name)) = names.next() {
        write!(f, "{separator}{name}")?;
        separator = ",";
        let length = (first..7).take_while(|day| is_set(*day)).count();
        if length > 2
            && let Some((_, last)) = names.nth(length - 2)
        {
            write!(f, "-{last}")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn open(window: &str, at: &str) -> bool {
        Window::parse(window).unwrap().contains(DateTime::parse(at).unwrap(), ZoneOffset::UTC)
    }

    #[test]
    fn a_window_is_written_canonically() {
        for (text, canonical) in [
            (" mon-fri  08:00-18:00\tEurope/Berlin ", "Mon-Fri 08:00-18:00 Europe/Berlin"),
            ("Wed,Mon 00:00-24:00 UTC", "Mon,Wed 00:00-24:00 UTC"),
            ("* 22:00-06:00 America/New_York", "daily 22:00-06:00 America/New_York"),
            ("Daily 22:00-00:00 UTC", "daily 22:00-24:00 UTC"),
            ("Sat-Mon 01:00-02:00 UTC", "Mon,Sat,Sun 01:00-02:00 UTC"),
            ("Mon-Wed,Fri-Sun 01:00-02:00 UTC", "Mon-Wed,Fri-Sun 01:00-02:00 UTC"),
            ("Sun 01:00-02:00 UTC", "Sun 01:00-02:00 UTC"),
        ] {
            assert_eq!(Window::parse(text).unwrap().to_string(), canonical);
        }
    }

    #[test]
    fn what_is_no_window_is_refused_with_its_part() {
        for (text, part) in [
            ("", "days, hours and a zone"),
            ("Mon-Fri 08:00-18:00", "days, hours and a zone"),
            ("Mon - Fri 08:00-18:00 UTC", "days, hours and a zone"),
            ("Mo-Fr 08:00-18:00 UTC", "expected days such as"),
            ("Mon, 08:00-18:00 UTC", "expected days such as"),
            ("Mon-Tue-Wed 08:00-18:00 UTC", "expected days such as"),
            ("Mon 8:00-18:00 UTC", "expected hours"),
            ("Mon 08:00-24:01 UTC", "expected hours"),
            ("Mon 24:00-08:00 UTC", "expected hours"),
            ("Mon 08:00-08:00 UTC", "expected hours"),
            ("Mon 08:00-18:60 UTC", "expected hours"),
            ("Mon 08:00 UTC", "expected hours"),
            ("Mon 08:00-18:00 Europe/Atlantis", "expected an IANA time zone"),
        ] {
            let error = Window::parse(text).unwrap_err();
            assert!(error.message().contains(part), "{text}: {error}");
        }
    }

    #[test]
    fn the_start_is_in_and_the_end_is_out() {
        let week = "Mon-Fri 08:00-18:00 Europe/Berlin";
        // 2024-01-15 was a Monday; Berlin is one hour ahead in winter.
        assert!(open(week, "2024-01-15T07:00:00Z"));
        assert!(!open(week, "2024-01-15T06:59:59.999Z"));
        assert!(open(week, "2024-01-15T16:59:59.999Z"));
        assert!(!open(week, "2024-01-15T17:00:00Z"));
        assert!(!open(week, "2024-01-14T12:00:00Z"));
        assert!(open(week, "2024-01-15T08:00:00+01:00"));
    }

    #[test]
    fn a_window_past_midnight_belongs_to_the_day_on_which_it_starts() {
        let night = "Fri 22:00-06:00 UTC";
        assert!(open(night, "2024-01-19T22:00:00Z"));
        assert!(open(night, "2024-01-20T05:59:59Z"));
        assert!(!open(night, "2024-01-20T06:00:00Z"));
        assert!(!open(night, "2024-01-19T05:00:00Z"));
        assert!(!open(night, "2024-01-20T22:00:00Z"));
        assert!(open("Sun 22:00-06:00 UTC", "2024-01-22T00:00:00Z"));
        assert!(!open("Fri 22:00-24:00 UTC", "2024-01-20T00:00:00Z"));
    }

    #[test]
    fn clocks_that_are_put_forward_and_back_are_followed() {
        let early = "Sun 02:00-03:00 Europe/Berlin";
        // 2024-03-31: 02:00 became 03:00 at 01:00 UTC. 2024-10-27: 03:00 became 02:00 at 01:00 UTC.
        assert!(!open(early, "2024-03-31T00:59:59Z"));
        assert!(!open(early, "2024-03-31T01:00:00Z"));
        assert!(open(early, "2024-10-27T00:30:00Z"));
        assert!(open(early, "2024-10-27T01:30:00Z"));
        assert!(!open(early, "2024-10-27T02:00:00Z"));
        let morning = "Mon-Fri 08:00-09:00 Europe/Berlin";
        assert!(open(morning, "2024-07-15T06:30:00Z"));
        assert!(!open(morning, "2024-07-15T07:30:00Z"));
    }

    #[test]
    fn times_at_the_ends_of_the_calendar_are_outside() {
        for at in ["262143-12-31T23:59:59Z", "-262144-01-01T00:00:00Z", "300000000000-01-01T00:00:00Z"] {
            assert!(!open("daily 00:00-24:00 Pacific/Kiritimati", at), "{at}");
        }
        assert!(open("daily 00:00-24:00 UTC", "9999-12-31T23:59:59Z"));
    }

    proptest! {
        #[test]
        fn a_window_and_its_complement_share_the_time(
            minute in 0_i64..7 * 1440 * 60, start in 0_u16..1440, length in 1_u16..1440,
        ) {
            let end = (start + length) % 1440;
            let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
            let window = |from, to| Window::parse(&format!("* {}-{} Asia/Kolkata", clock(from), clock(to))).unwrap();
            let at = DateTime::from_unix(1_700_000_000 + minute * 60, 0, ZoneOffset::UTC);
            let (one, other) = (window(start, end), window(end, start));
            prop_assert_ne!(one.contains(at, ZoneOffset::UTC), other.contains(at, ZoneOffset::UTC));
        }

        #[test]
        fn no_text_panics(text in "[MonFri,*-]{0,10} [0-9:-]{9,12} (UTC|Asia/Tokyo)|.*") {
            if let Ok(window) = Window::parse(&text) {
                prop_assert_eq!(Window::parse(&window.to_string()), Ok(window));
            }
        }
    }
}
