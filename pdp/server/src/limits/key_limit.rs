//! A limit as it is counted: compiled when the record of its key is made, so that a decision looks nothing up.

use std::time::Duration;

use argus_limits::{Limit, Period, Strategy};
use argus_store::{KeyId, Limit as StoredLimit, LimitStrategy};
use chrono_tz::Tz;

/// All limits of a key: its own, and those of the keys above it.
pub(crate) type KeyLimits = Box<[KeyLimit]>;

/// One of them.
#[derive(Debug)]
pub(crate) struct KeyLimit {
    /// What answers call it.
    pub(super) name: Box<str>,
    pub(super) kind: Kind,
    pub(super) limit: Limit,
    /// What tells its bucket from all others.
    pub(super) bucket: Box<str>,
    /// What a use costs that doesn't say.
    pub(super) cost: u64,
}

/// Whose limit it is. Rotation changes neither: all credentials of a key share its buckets, and what is derived from a key
/// uses up what that has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Level {
    pub(crate) key: KeyId,
    /// How many steps above the key that is used; 0 for that key itself.
    pub(crate) above: usize,
    /// Whose days and months its quotas follow.
    pub(crate) zone: Tz,
}

/// How a limit counts, for metrics and reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    FixedWindow,
    SlidingWindow,
    TokenBucket,
    Quota,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] = [Self::FixedWindow, Self::SlidingWindow, Self::TokenBucket, Self::Quota];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::FixedWindow => "fixed_window",
            Self::SlidingWindow => "sliding_window",
            Self::TokenBucket => "token_bucket",
            Self::Quota => "quota",
        }
    }
}

/// What is kept of one level's limits, compiled.
pub(crate) fn compile(level: Level, limits: &[StoredLimit]) -> impl Iterator<Item = KeyLimit> {
    limits.iter().map(move |stored| {
        let (kind, strategy) = strategy(stored, level.zone);
        let name = match level.above {
            0 => stored.name.as_str().into(),
            1 => format!("parent:{}", stored.name),
            steps => format!("parent-{steps}:{}", stored.name),
        };
        let bucket = format!("key:{}:{}", level.key, stored.name);
        KeyLimit {
            name: name.into(),
            kind,
            limit: countable(strategy, stored.limit, Duration::from_secs(stored.window_seconds)),
            bucket: bucket.into(),
            cost: stored.cost.unwrap_or(1),
        }
    })
}

/// Whose limit a bucket counts, and what that calls it.
pub(super) fn read_bucket(bucket: &str) -> Option<(KeyId, &str)> {
    let (key, name) = bucket.strip_prefix("key:")?.split_once(':')?;
    Some((key.parse().ok()?, name))
}

const DAY: u64 = 86_400;

fn strategy(stored: &StoredLimit, zone: Tz) -> (Kind, Strategy) {
    match stored.strategy {
        LimitStrategy::FixedWindow => (Kind::FixedWindow, Strategy::FixedWindow),
        LimitStrategy::SlidingWindow => (Kind::SlidingWindow, Strategy::SlidingWindow),
        LimitStrategy::TokenBucket => {
            (Kind::TokenBucket, Strategy::TokenBucket { burst: stored.burst.unwrap_or(stored.limit) })
        }
        // Of a newer version of the store: counted by its number and window, which every way of counting has.
        _ => (Kind::Quota, quota(stored.window_seconds, zone)),
    }
}

/// A quota for as long as a period of the calendar is one for that period.
fn quota(window_seconds: u64, zone: Tz) -> Strategy {
    let of = |period| Strategy::Quota { period, zone };
    match (window_seconds / DAY, window_seconds % DAY) {
        (1, 0) => of(Period::Day),
        (7, 0) => of(Period::Week),
        (28..=31, 0) => of(Period::Month),
        (365 | 366, 0) => of(Period::Year),
        _ => Strategy::FixedWindow,
    }
}

/// Numbers that can't be counted exactly become the nearest that can: leaving out a limit would open the key.
fn countable(strategy: Strategy, limit: u64, window: Duration) -> Limit {
    let bounded = Duration::from_secs(1).max(window.min(Duration::from_hours(366 * 24)));
    let most = u64::from(u32::MAX);
    let strategy = match strategy {
        Strategy::TokenBucket { burst } => Strategy::TokenBucket { burst: burst.clamp(1, Limit::MOST) },
        other => other,
    };
    let most = if strategy == Strategy::SlidingWindow { most } else { Limit::MOST };
    Limit::within(strategy, limit.clamp(1, most), bounded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_of_a_calendars_length_follows_the_calendar() {
        let is_period = |days: u64, wanted| matches!(quota(days * DAY, Tz::UTC), Strategy::Quota { period, .. } if period == wanted);
        assert!(is_period(1, Period::Day) && is_period(7, Period::Week) && is_period(366, Period::Year));
        assert!((28..=31).all(|days| is_period(days, Period::Month)));
        assert_eq!(quota(2 * DAY, Tz::UTC), Strategy::FixedWindow);
        assert_eq!(quota(DAY + 1, Tz::UTC), Strategy::FixedWindow);
    }

    #[test]
    fn numbers_beyond_what_is_counted_still_limit() {
        let limit = |strategy| countable(strategy, u64::MAX, Duration::ZERO);
        assert_eq!(limit(Strategy::SlidingWindow).most_at_once(), u64::from(u32::MAX));
        assert_eq!(limit(Strategy::TokenBucket { burst: 0 }).most_at_once(), 1);
        assert_eq!(limit(Strategy::FixedWindow).window(), Duration::from_secs(1));
    }
}
