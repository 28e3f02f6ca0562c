//! The one reading of the clock that a request gets: whatever asks for the time of it asks here.

use std::time::{SystemTime, UNIX_EPOCH};

use argus_engine::types::{DateTime, ZoneOffset};

/// A point of Unix time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// Whole seconds. Zero for a clock that stands before 1970.
    pub seconds: i64,
    /// Nanoseconds above them.
    pub nanoseconds: u32,
}

impl Moment {
    /// Reads the wall clock.
    pub fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { seconds: i64::try_from(since.as_secs()).unwrap_or(i64::MAX), nanoseconds: since.subsec_nanos() }
    }

    /// Milliseconds of Unix time.
    pub(crate) fn milliseconds(self) -> u64 {
        u64::try_from(self.unix_milliseconds()).unwrap_or_default()
    }

    /// Milliseconds of Unix time, negative before 1970.
    pub(crate) fn unix_milliseconds(self) -> i64 {
        self.seconds.saturating_mul(1_000).saturating_add(i64::from(self.nanoseconds / 1_000_000))
    }

    /// Seconds from this moment to a later one; zero where the clock went back.
    pub(crate) fn seconds_until(self, later: Self) -> f64 {
        let seconds = later.seconds.saturating_sub(self.seconds);
        let nanoseconds = i64::from(later.nanoseconds) - i64::from(self.nanoseconds);
        #[expect(clippy::cast_precision_loss, reason = "spans of hours, to the microsecond")]
        let span = seconds as f64 + nanoseconds as f64 * 1e-9;
        span.max(0.0)
    }

    /// What policies see, in UTC.
    pub(crate) fn date_time(self) -> DateTime {
        DateTime::from_unix(self.seconds, self.nanoseconds, ZoneOffset::UTC)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_the_same_to_policies_and_to_credentials() {
        let moment = Moment { seconds: 1_700_000_000, nanoseconds: 123_456_789 };
        assert_eq!(moment.date_time().to_unix(ZoneOffset::UTC), Some((1_700_000_000, 123_456_789)));
        assert_eq!(moment.milliseconds(), 1_700_000_000_123);
    }

    #[test]
    fn a_span_is_never_negative() {
        let (early, late) =
            (Moment { seconds: 1, nanoseconds: 900_000_000 }, Moment { seconds: 2, nanoseconds: 100_000_000 });
        assert!((early.seconds_until(late) - 0.2).abs() < 1e-9);
        assert!(late.seconds_until(early).abs() < f64::EPSILON);
    }
}
