//! What was used of a quota counts after a restart: all that was kept, and nothing of a period that is over.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is a failed test")]

use std::time::Duration;

use argus_limits::{AtCap, Charge, Kept, Limit, Limiter, Now, Period, Refill, Restored, Settings, Strategy};
use chrono::DateTime;
use proptest::collection::vec;
use proptest::prelude::*;

const SECOND: i64 = 1_000_000_000;
const HOUR: i64 = 3_600 * SECOND;
const START: i64 = 1_800_000_000 * SECOND;

fn limiter() -> Limiter {
    Limiter::new(Settings { buckets: 8, shards: 1, at_cap: AtCap::Share })
}

fn quota(period: Period, limit: u64) -> Limit {
    let zone = chrono_tz::Europe::Berlin;
    Limit::new(Strategy::Quota { period, zone, refill: Refill::Replace }, limit, Duration::ZERO).unwrap()
}

fn admits(limiter: &Limiter, limit: &Limit, cost: u64, now: i64) -> bool {
    limiter.charge(&[Charge { limit, bucket: b"one", cost }], Now::at_nanos(now)).is_admitted()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    /// With a restart after each of the requests that say so, every request gets the answer that it gets without.
    #[test]
    fn a_restart_with_everything_kept_is_invisible(
        limit in 1..12_u64,
        steps in vec((0..30 * HOUR, 0..4_u64, any::<bool>()), 1..60),
    ) {
        let limit = quota(Period::Day, limit);
        let (never, mut often) = (limiter(), limiter());
        let mut now = START;
        for (pause, cost, restarts) in steps {
            now += pause;
            prop_assert_eq!(admits(&never, &limit, cost, now), admits(&often, &limit, cost, now));
            if restarts {
                let kept = often.keep(&limit, b"one", Now::at_nanos(now));
                often = limiter();
                if let Some(kept) = kept {
                    prop_assert_eq!(often.restore(&limit, b"one", kept, Now::at_nanos(now)), Restored::Counted);
                }
            }
        }
    }

    /// A crash forgives what was used since it was last kept, and not one more.
    #[test]
    fn a_crash_forgives_what_was_not_kept(before in 0..8_u64, lost in 0..8_u64) {
        let limit = quota(Period::Month, 20);
        let crashed = limiter();
        let now = Now::at_nanos(START);
        let take = |limiter: &Limiter, uses| (0..uses).filter(|_| admits(limiter, &limit, 1, START)).count();
        take(&crashed, before);
        let kept = crashed.keep(&limit, b"one", now);
        prop_assert_eq!(kept.map_or(0, |kept| kept.used), before);
        take(&crashed, lost);
        let next = limiter();
        // Requests may come in before the store is read: they count beside what is restored.
        take(&next, 2);
        if let Some(kept) = kept {
            next.restore(&limit, b"one", kept, now);
        }
        prop_assert_eq!(take(&next, 100), usize::try_from(20 - before - 2).unwrap());
    }
}

#[test]
fn a_day_that_is_over_counts_no_more_even_where_it_has_25_hours() {
    let nanos = |text| DateTime::parse_from_rfc3339(text).unwrap().timestamp_nanos_opt().unwrap();
    let (evening, last, next) = (
        nanos("2026-10-25T00:30:00+02:00"),
        nanos("2026-10-25T23:59:59.999999999+01:00"),
        nanos("2026-10-26T00:00:00+01:00"),
    );
    let limit = quota(Period::Day, 3);
    let before = limiter();
    assert!(admits(&before, &limit, 3, evening));
    let kept = before.keep(&limit, b"one", Now::at_nanos(evening)).unwrap();
    assert_eq!(kept, Kept { used: 3, end: next });
    for (at, becomes, admitted) in [(last, Restored::Counted, false), (next, Restored::Over, true)] {
        let after = limiter();
        assert_eq!(after.restore(&limit, b"one", kept, Now::at_nanos(at)), becomes);
        assert_eq!(admits(&after, &limit, 1, at), admitted);
    }
    assert_eq!(before.keep(&limit, b"one", Now::at_nanos(next)), None);
}

#[test]
fn a_clock_that_is_set_back_over_a_restart_gives_nothing_back() {
    let limit = quota(Period::Day, 3);
    let kept = Kept { used: 3, end: START + 2 * HOUR };
    let after = limiter();
    let yesterday = START - 23 * HOUR;
    assert_eq!(after.restore(&limit, b"one", kept, Now::at_nanos(yesterday)), Restored::Counted);
    assert!(!admits(&after, &limit, 1, yesterday));
    // A clock that had been wrong by a year is followed. What was used stays used in the day that it is now.
    let after = limiter();
    let wrong = Kept { used: 3, end: START + 365 * 24 * HOUR };
    assert_eq!(after.restore(&limit, b"one", wrong, Now::at_nanos(START)), Restored::Counted);
    assert!(!admits(&after, &limit, 1, START));
    assert!(admits(&after, &limit, 1, START + 26 * HOUR));
}

#[test]
fn only_windows_that_are_aligned_to_a_clock_are_kept() {
    let now = Now::at_nanos(START);
    for strategy in [Strategy::SlidingWindow, Strategy::TokenBucket { burst: 5 }] {
        let limit = Limit::new(strategy, 5, Duration::from_mins(1)).unwrap();
        let limiter = limiter();
        assert!(admits(&limiter, &limit, 5, START));
        assert_eq!(limiter.keep(&limit, b"one", now), None);
        let kept = Kept { used: 1, end: START + SECOND };
        assert_eq!(limiter.restore(&limit, b"two", kept, now), Restored::Over);
        assert_eq!(limiter.counts().buckets, 1);
    }
}

#[test]
fn where_there_is_no_room_what_is_restored_is_shared_or_said_to_be_lost() {
    let limit = quota(Period::Day, 3);
    let now = Now::at_nanos(START);
    let kept = Kept { used: 3, end: START + HOUR };
    for (at_cap, becomes) in [(AtCap::Share, Restored::Shared), (AtCap::Closed, Restored::NoRoom)] {
        let limiter = Limiter::new(Settings { buckets: 1, shards: 1, at_cap });
        assert_eq!(limiter.restore(&limit, b"first", kept, now), Restored::Counted);
        assert_eq!(limiter.restore(&limit, b"second", kept, now), becomes);
        assert!(!admits(&limiter, &limit, 1, START));
        assert_eq!(limiter.keep(&limit, b"second", now), None);
    }
}
