//! Clocks that differ, and a clock that goes back.
//!
//! Nodes agree on the database's clock: whoever is far from it would let keys live too long, or end them too soon. And
//! on any node, a key that has been refused because its time was over is not good again because somebody turned the
//! clock back.

use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

use chrono::{DateTime, Utc};

use crate::moment::Moment;

/// How far clocks may differ before it is told: ordinary machines stay within milliseconds.
pub(crate) const TOLERATED_MILLISECONDS: i64 = 2_000;

/// How far the clock may be off before nothing is issued by it any more.
const LONGEST_OFF_MILLISECONDS: i64 = 30_000;

/// How far a clock that was read from `before` to `after` is certainly ahead of one that showed `there` in between;
/// negative where it is behind. An answer that took its time proves less, and a slow database no wrong clock.
pub(crate) fn ahead_milliseconds(before: Moment, there: DateTime<Utc>, after: Moment) -> i64 {
    let there = there.timestamp_millis();
    let (before, after) = (before.unix_milliseconds(), after.unix_milliseconds());
    if there < before { before.saturating_sub(there) } else { after.saturating_sub(there).min(0) }
}

/// Whether a clock is so wrong that nothing is to be issued by it.
pub(crate) fn is_beyond_use(ahead_milliseconds: i64) -> bool {
    ahead_milliseconds.saturating_abs() > LONGEST_OFF_MILLISECONDS
}

/// The latest second that was seen. Credentials are judged by it, never by an earlier one.
#[derive(Debug, Default)]
pub(crate) struct Latest(AtomicI64);

impl Latest {
    /// This second, or the latest one seen where the clock went back behind it.
    pub(crate) fn at_least(&self, seconds: i64) -> i64 {
        // A load where nothing changes: all workers pass here, and a write would take the line from the others.
        let latest = self.0.load(Relaxed);
        if seconds > latest { self.0.fetch_max(seconds, Relaxed).max(seconds) } else { latest }
    }

    /// How far the clock is behind what it showed before.
    pub(crate) fn seconds_behind(&self, now: Moment) -> i64 {
        self.0.load(Relaxed).saturating_sub(now.seconds).max(0)
    }
}

/// What is wrong with the clock of this node, in words.
pub(crate) fn fault(ahead_milliseconds: i64, seconds_behind: i64) -> Option<String> {
    if ahead_milliseconds.saturating_abs() > TOLERATED_MILLISECONDS {
        let (seconds, tenths) =
            (ahead_milliseconds.unsigned_abs() / 1_000, ahead_milliseconds.unsigned_abs() % 1_000 / 100);
        let side = if ahead_milliseconds > 0 { "ahead of" } else { "behind" };
        return Some(format!("the clock of this node is {seconds}.{tenths} s {side} that of the database"));
    }
    (seconds_behind.saturating_mul(1_000) > TOLERATED_MILLISECONDS).then(|| {
        format!(
            "the clock of this node went back by {seconds_behind} s; until it has caught up, keys are judged by the \
             latest time that it has shown"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(seconds: i64) -> Moment {
        Moment { seconds, nanoseconds: 0 }
    }

    fn there(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn only_what_is_certain_counts_as_a_difference() {
        assert_eq!(ahead_milliseconds(moment(100), there(90), moment(101)), 10_000);
        assert_eq!(ahead_milliseconds(moment(100), there(140), moment(101)), -39_000);
        for anywhere in 100..=120 {
            assert_eq!(ahead_milliseconds(moment(100), there(anywhere), moment(120)), 0, "{anywhere}");
        }
    }

    #[test]
    fn a_clock_is_told_of_above_two_seconds_and_of_no_use_above_thirty() {
        for (ahead, told, beyond) in [(2_000, false, false), (2_100, true, false), (-30_000, true, false)] {
            assert_eq!((fault(ahead, 0).is_some(), is_beyond_use(ahead)), (told, beyond), "{ahead}");
        }
        assert!(is_beyond_use(30_001) && is_beyond_use(-30_001) && is_beyond_use(i64::MIN));
        assert_eq!(fault(-5_250, 0).unwrap(), "the clock of this node is 5.2 s behind that of the database");
        assert!(fault(0, 3).unwrap().contains("went back by 3 s"));
    }

    #[test]
    fn a_clock_that_goes_back_takes_nothing_back() {
        let latest = Latest::default();
        assert_eq!([5, 9, 3, 10].map(|seconds| latest.at_least(seconds)), [5, 9, 9, 10]);
        assert_eq!((latest.seconds_behind(moment(4)), latest.seconds_behind(moment(11))), (6, 0));
    }
}
