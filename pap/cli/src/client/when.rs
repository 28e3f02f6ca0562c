//! Times of answers, for people: dates, days to go, how long ago.

use chrono::{DateTime, SecondsFormat, Utc};

fn read(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc())
}

/// The date of a time, in UTC.
pub(crate) fn date(text: &str) -> Option<String> {
    read(text).map(|at| at.format("%Y-%m-%d").to_string())
}

/// A time to the second, in UTC.
pub(crate) fn to_the_second(text: &str) -> Option<String> {
    read(text).map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true))
}

/// Days from now until a time, rounded.
pub(crate) fn days_until(text: &str, now: DateTime<Utc>) -> Option<i64> {
    read(text).map(|at| (at - now).num_seconds().saturating_add(43_200).div_euclid(86_400))
}

/// How long ago a time was, in its largest unit: `12 s ago`, `3 days ago`.
pub(crate) fn ago(text: &str, now: DateTime<Utc>) -> Option<String> {
    let seconds = (now - read(text)?).num_seconds().max(0);
    Some(match seconds {
        0..60 => format!("{seconds} s ago"),
        60..3_600 => format!("{} min ago", seconds / 60),
        3_600..172_800 => format!("{} h ago", seconds / 3_600),
        _ => format!("{} days ago", seconds / 86_400),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_their_largest_unit() {
        let now = read("2026-11-24T09:31:07Z").unwrap();
        for (text, words) in [
            ("2026-11-24T09:30:55Z", "12 s ago"),
            ("2026-11-24T09:01:07Z", "30 min ago"),
            ("2026-11-23T09:31:07+01:00", "25 h ago"),
            ("2026-10-24T09:31:07Z", "31 days ago"),
            ("2026-11-24T09:31:08Z", "0 s ago"),
        ] {
            assert_eq!(ago(text, now).as_deref(), Some(words), "{text}");
        }
        assert_eq!(days_until("2027-02-22T09:31:06Z", now), Some(90));
        assert_eq!(date("2027-02-22T00:30:00+01:00").as_deref(), Some("2027-02-21"));
        assert_eq!(to_the_second("2027-02-22T00:30:00.25+01:00").as_deref(), Some("2027-02-21T23:30:00Z"));
        assert_eq!(ago("yesterday", now), None);
    }
}
