//! Attempts of one key that were not permitted: a token bucket in one word, so that it takes neither a lock nor a place in a
//! table. It goes on with the next record of the same key.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::time::Duration;

use super::clock::Elapsed;

/// Seconds' worth of attempts that may come at once.
const BURST_SECONDS: i64 = 10;

/// A second, in the unit of [`Elapsed`].
const SECOND: i64 = 1_000_000_000;

/// When all attempts are there again, in nanoseconds (generic cell rate algorithm); 0 where none was ever missing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Attempts(Arc<AtomicI64>);

impl Attempts {
    /// For how long nothing is left of so many attempts a second; `None` where something is.
    pub(super) fn wait(&self, per_second: u32, now: impl FnOnce() -> Elapsed) -> Option<Duration> {
        let full_at = self.0.load(Relaxed);
        // The usual case, and one in which no clock is read.
        if full_at == 0 || per_second == 0 {
            return None;
        }
        let over = full_at.saturating_sub(now().0).saturating_add(interval(per_second)) - BURST_SECONDS * SECOND;
        u64::try_from(over).ok().filter(|over| *over > 0).map(Duration::from_nanos)
    }

    /// Takes one.
    pub(super) fn take(&self, per_second: u32, now: Elapsed) {
        if per_second == 0 {
            return;
        }
        let next = |full_at: i64| Some(full_at.max(now.0).saturating_add(interval(per_second)));
        // The closure always gives a value.
        let _ = self.0.fetch_update(Relaxed, Relaxed, next);
    }
}

fn interval(per_second: u32) -> i64 {
    SECOND / i64::from(per_second.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_come_back_one_by_one() {
        let attempts = Attempts::default();
        let at = |seconds_in_tenths: i64| Elapsed(seconds_in_tenths * SECOND / 10);
        // Two a second: twenty at once.
        for _ in 0..20 {
            assert_eq!(attempts.wait(2, || at(0)), None);
            attempts.take(2, at(0));
        }
        assert_eq!(attempts.wait(2, || at(0)), Some(Duration::from_millis(500)));
        assert_eq!(attempts.wait(2, || at(4)), Some(Duration::from_millis(100)));
        assert_eq!(attempts.wait(2, || at(5)), None);
        attempts.take(2, at(5));
        assert!(attempts.wait(2, || at(5)).is_some());
        assert_eq!(attempts.wait(0, || at(5)), None, "0 is no limit");
    }
}
