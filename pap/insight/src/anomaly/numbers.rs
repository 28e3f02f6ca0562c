//! Counts to reals and back, in one place: each narrowing saturates, and none can be met by surprise elsewhere.

use chrono::DateTime;
use chrono_tz::Tz;

/// Seconds since 1970, UTC.
pub(super) type Seconds = i64;

pub(super) const MINUTE: Seconds = 60;
pub(super) const HOUR: Seconds = 3600;
pub(super) const DAY: Seconds = 86_400;

/// A count as a real: exact up to 2^53, beyond which no statistic here cares.
#[expect(clippy::cast_precision_loss, reason = "exact up to 2^53")]
pub(super) fn real(count: u64) -> f64 {
    count as f64
}

/// A span of time as a real.
#[expect(clippy::cast_precision_loss, reason = "exact up to 2^53 seconds")]
pub(super) fn seconds(span: Seconds) -> f64 {
    span as f64
}

/// What is kept of a real: seven digits are more than a baseline has.
#[expect(clippy::cast_possible_truncation, reason = "seven digits are enough for what is remembered")]
pub(super) fn short(value: f64) -> f32 {
    if value.is_finite() { value.clamp(-1e30, 1e30) as f32 } else { 0.0 }
}

/// A real as a count, rounded; what is negative or no number is 0.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast of a float saturates")]
pub(super) fn whole(value: f64) -> u64 {
    value.round() as u64
}

/// `1 address`, `3 addresses`.
pub(super) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// The first three of some things, and how many more there are.
pub(super) fn listed(all: &[String]) -> String {
    let named = all.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(", ");
    match all.len().saturating_sub(3) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

/// An index that is known to be small.
pub(super) fn index(value: Seconds) -> usize {
    usize::try_from(value).unwrap_or(0)
}

/// The hour of the week, Mondays 00:00 UTC being 0; 1970-01-01 was a Thursday.
pub(super) fn hour_of_week(hour: i64) -> usize {
    index((hour + 72).rem_euclid(168))
}

/// `Tuesdays 14:00`, where the key is at home.
pub(super) fn hour_in_words(hour: i64, zone: Tz) -> String {
    let at = DateTime::from_timestamp(hour.saturating_mul(HOUR), 0).unwrap_or_default();
    at.with_timezone(&zone).format("%As %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_hour_of_1970_is_a_thursday() {
        assert_eq!(hour_in_words(0, Tz::UTC), "Thursdays 00:00");
        assert_eq!(hour_in_words(-1, Tz::UTC), "Wednesdays 23:00");
        // 2026-11-24 14:00 UTC.
        assert_eq!(hour_in_words(1_795_528_800 / HOUR, Tz::UTC), "Tuesdays 14:00");
        assert_eq!(hour_in_words(1_795_528_800 / HOUR, Tz::Asia__Kolkata), "Tuesdays 19:30");
    }

    #[test]
    fn what_is_no_number_is_nothing() {
        assert_eq!((whole(f64::NAN), whole(-3.0), whole(2.5)), (0, 0, 3));
        assert!(short(f64::INFINITY).abs() < f32::EPSILON);
    }
}
