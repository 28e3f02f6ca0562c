//! A limit that can be counted: how much, in how long, and how.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use thiserror::Error;

use crate::calendar::{number_of, window_of};
use crate::strategy::COUNT;
use crate::{Refill, Share, Strategy};

/// How much in how long. Made once, when a key's record is read; counting then only computes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Limit {
    pub(crate) strategy: Strategy,
    pub(crate) limit: u64,
    pub(crate) window: i64,
    /// Two limits whose states mean the same have the same.
    pub(crate) shape: u64,
    /// How much of what it admits at once is this node's to let through.
    pub(crate) part: u64,
    share: Share,
    /// Of a quota that adds.
    adds: Option<Adds>,
}

/// What the periods of a quota add up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Adds {
    since: i64,
    /// The place of the first period in the row of all such.
    first: i64,
    beside: i64,
}

/// Why a limit can't be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LimitError {
    /// It admits nothing, or a bucket that holds nothing.
    #[error("a limit admits at least 1")]
    Nothing,
    /// The numbers are beyond what is counted exactly.
    #[error("a limit of this strategy admits at most {most}")]
    TooLarge {
        /// The most.
        most: u64,
    },
    /// The window is shorter or longer than what can be counted.
    #[error("a window lasts from a millisecond to {} days", LONGEST_WINDOW.as_secs() / 86_400)]
    Window,
}

/// The longest window: a century, in nanoseconds a third of what 64 bits hold.
const LONGEST_WINDOW: Duration = Duration::from_hours(36_525 * 24);

/// The shortest window. It has cells of sixteen microseconds, which is above what clocks tell apart.
const SHORTEST_WINDOW: Duration = Duration::from_millis(1);

impl Limit {
    /// The most that is counted: sums of it stay far below what 64 bits hold. A sliding window counts to `u32::MAX`.
    pub const MOST: u64 = 1 << 53;

    /// A limit. The window of a [`Strategy::Quota`] is its period; what is given here is not looked at.
    pub fn new(strategy: Strategy, limit: u64, window: Duration) -> Result<Self, LimitError> {
        let window = if let Strategy::Quota { period, .. } = strategy { period.longest() } else { window };
        if !(SHORTEST_WINDOW..=LONGEST_WINDOW).contains(&window) {
            return Err(LimitError::Window);
        }
        let most = if strategy == Strategy::SlidingWindow { u64::from(u32::MAX) } else { Self::MOST };
        let burst = if let Strategy::TokenBucket { burst } = strategy { burst } else { limit };
        if limit == 0 || burst == 0 {
            return Err(LimitError::Nothing);
        }
        if limit > most || burst > most {
            return Err(LimitError::TooLarge { most });
        }
        let window = i64::try_from(window.as_nanos()).map_err(|_| LimitError::Window)?;
        let (share, adds) = (Share::WHOLE, adds(strategy));
        Ok(Self { strategy, limit, window, shape: shape(strategy, limit, window), part: burst, share, adds })
    }

    /// The same without a fault: what can't be counted becomes one use a day, since no limit at all would be none.
    pub fn within(strategy: Strategy, limit: u64, window: Duration) -> Self {
        let strictest = || {
            let (strategy, limit, window) = (Strategy::FixedWindow, 1, 86_400_000_000_000);
            let shape = shape(strategy, limit, window);
            Self { strategy, limit, window, shape, part: limit, share: Share::WHOLE, adds: None }
        };
        Self::new(strategy, limit, window).unwrap_or_else(|_| strictest())
    }

    /// The same as one of several nodes counts it that divide it among them, each in a bucket of its own. What was used of
    /// it counts on when the share changes. Of a token bucket a share gains its part of the whole gain, exactly: all
    /// together gain what the whole would.
    #[must_use]
    pub fn share(&self, share: Share) -> Self {
        Self { part: share.of(self.most_at_once()), share, ..self.clone() }
    }

    /// How much it admits in its window; of a quota that adds, how much each period adds.
    pub const fn limit(&self) -> u64 {
        self.limit
    }

    /// How much it admits at once.
    pub const fn most_at_once(&self) -> u64 {
        match self.strategy {
            Strategy::TokenBucket { burst } => burst,
            _ => self.limit,
        }
    }

    /// How it counts.
    pub const fn strategy(&self) -> Strategy {
        self.strategy
    }

    /// How long its window is; of a quota, the longest that its period can be.
    pub const fn window(&self) -> Duration {
        Duration::from_nanos(self.window.unsigned_abs())
    }

    /// Since when a quota adds up, in nanoseconds since 1970; `None` of every other limit.
    pub fn adds_since(&self) -> Option<i64> {
        self.adds.map(|adds| adds.since)
    }

    /// How the period of a time stands, with so much used of the quota in all: how much of what a period brings is gone,
    /// at most all of it, and the nanosecond at which the next one begins.
    pub fn gone(&self, used: u64, now: i64) -> (u64, i64) {
        let window = window_of(self, now);
        let left = self.granted(window.number).saturating_sub(used);
        (self.limit.saturating_sub(left), window.end)
    }

    /// How much is there to be used, before what was used is taken off, in the window of this number.
    pub(crate) fn granted(&self, number: i64) -> u64 {
        let Some(adds) = self.adds else { return self.limit };
        u64::try_from(self.added(adds, number).max(0)).unwrap_or(u64::MAX).min(Self::MOST)
    }

    fn added(&self, adds: Adds, number: i64) -> i128 {
        let begun = i128::from(number.saturating_sub(adds.first)).max(0) + 1;
        i128::from(self.limit) * begun + i128::from(adds.beside)
    }

    /// How much of that is this node's to let through.
    pub(crate) fn part_granted(&self, number: i64) -> u64 {
        if self.adds.is_none() { self.part } else { self.share.of(self.granted(number)) }
    }

    /// How many periods have to begin until there is so much more; `None` where waiting is of no use.
    pub(crate) fn periods_for(&self, number: i64, more: u64) -> Option<i64> {
        match self.adds {
            None => Some(1),
            Some(_) if self.granted(number).saturating_add(more) > Self::MOST => None,
            Some(adds) => {
                let owed = self.added(adds, number).min(0).unsigned_abs();
                let periods = (owed + u128::from(more)).div_ceil(u128::from(self.limit));
                i64::try_from(periods).ok().map(|periods| periods.max(1))
            }
        }
    }

    /// How long a cell of a sliding window is: so many less one make up the window, so that the cell in which it begins
    /// and the one in which it ends both count in full. Rounded up, lest they be shorter than the window.
    pub(crate) const fn cell(&self) -> i64 {
        let cells = COUNT - 1;
        (self.window + cells - 1) / cells
    }
}

fn adds(strategy: Strategy) -> Option<Adds> {
    match strategy {
        Strategy::Quota { period, zone, refill: Refill::Add { since, beside } } => {
            Some(Adds { since, first: number_of(period, zone, since), beside })
        }
        _ => None,
    }
}

/// What of a limit makes its state mean something else. Of a window that is only the window: what was used of it counts on
/// when the limit is raised or lowered, or its period is from now on that of another zone. It needs no key: it is hashed again, with one, beside whose bucket it is.
fn shape(strategy: Strategy, limit: u64, window: i64) -> u64 {
    let mut hasher = DefaultHasher::new();
    match strategy {
        Strategy::TokenBucket { .. } => (0_u8, limit, window).hash(&mut hasher),
        Strategy::SlidingWindow => (1_u8, window).hash(&mut hasher),
        Strategy::FixedWindow => (2_u8, window).hash(&mut hasher),
        Strategy::Quota { period, refill: Refill::Replace, .. } => (3_u8, period).hash(&mut hasher),
        Strategy::Quota { period, refill: Refill::Add { since, .. }, .. } => (4_u8, period, since).hash(&mut hasher),
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Period;

    #[test]
    fn what_can_not_be_counted_is_no_limit() {
        let second = Duration::from_secs(1);
        let made = |strategy, limit, window| Limit::new(strategy, limit, window).map(drop);
        assert_eq!(made(Strategy::FixedWindow, 0, second), Err(LimitError::Nothing));
        assert_eq!(made(Strategy::TokenBucket { burst: 0 }, 1, second), Err(LimitError::Nothing));
        assert_eq!(made(Strategy::FixedWindow, 1, Duration::ZERO), Err(LimitError::Window));
        assert_eq!(made(Strategy::FixedWindow, 1, Duration::MAX), Err(LimitError::Window));
        assert_eq!(made(Strategy::FixedWindow, u64::MAX, second), Err(LimitError::TooLarge { most: Limit::MOST }));
        let beyond = u64::from(u32::MAX) + 1;
        assert_eq!(made(Strategy::SlidingWindow, beyond, second), Err(LimitError::TooLarge { most: beyond - 1 }));
        assert_eq!(made(Strategy::SlidingWindow, beyond - 1, second), Ok(()));
    }

    #[test]
    fn what_was_used_of_a_period_is_the_same_in_every_zone_and_in_no_other_period() {
        for refill in [Refill::Replace, Refill::Add { since: 0, beside: 0 }] {
            let shape = |period, zone| Limit::within(Strategy::Quota { period, zone, refill }, 1, Duration::ZERO).shape;
            let berlin = shape(Period::Day, chrono_tz::Europe::Berlin);
            assert_eq!(berlin, shape(Period::Day, chrono_tz::Tz::UTC));
            assert_ne!(berlin, shape(Period::Month, chrono_tz::Europe::Berlin));
        }
    }
}
