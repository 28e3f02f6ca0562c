//! Quotas whose periods add to what is left: against a slow model, over restarts, on several nodes, and at the cap.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is a failed test")]

use std::time::Duration;

use argus_limits::{AtCap, Charge, Kept, Limit, Limiter, Now, Period, Refill, Restored, Settings, Share, Strategy};
use chrono::{DateTime, Datelike, NaiveDate};
use chrono_tz::Tz;
use proptest::collection::vec;
use proptest::prelude::*;

const SECOND: i64 = 1_000_000_000;
const HOUR: i64 = 3_600 * SECOND;
const DAY: i64 = 24 * HOUR;
const START: i64 = 1_800_000_000 * SECOND;
const ZONE: Tz = chrono_tz::Europe::Berlin;

fn limiter() -> Limiter {
    Limiter::new(Settings { buckets: 8, shards: 1, at_cap: AtCap::Share })
}

fn adding(period: Period, limit: u64, beside: i64) -> Limit {
    let refill = Refill::Add { since: START, beside };
    Limit::new(Strategy::Quota { period, zone: ZONE, refill }, limit, Duration::ZERO).unwrap()
}

fn charge(limit: &Limit, cost: u64) -> [Charge<'_>; 1] {
    [Charge { limit, bucket: b"one", cost }]
}

fn admits(limiter: &Limiter, limit: &Limit, cost: u64, now: i64) -> bool {
    limiter.charge(&charge(limit, cost), Now::at_nanos(now)).is_admitted()
}

fn left(limiter: &Limiter, limit: &Limit, now: i64) -> u64 {
    limiter.look(&charge(limit, 0), Now::at_nanos(now)).standings()[0].remaining
}

/// A limiter that knows what another one knows, and may look ahead.
fn copy(of: &Limiter, limit: &Limit, now: i64) -> Limiter {
    let copy = limiter();
    if let Some(kept) = of.keep(limit, b"one", Now::at_nanos(now)) {
        copy.restore(limit, b"one", kept, Now::at_nanos(now));
    }
    copy
}

/// The same as the engine's number, found by going through the calendar day by day.
fn begun(period: Period, now: i64) -> u64 {
    let date = |nanos| DateTime::from_timestamp_nanos(nanos).with_timezone(&ZONE).date_naive();
    let begins = |day: &NaiveDate| match period {
        Period::Week => day.weekday().num_days_from_monday() == 0,
        Period::Month => day.day() == 1,
        Period::Year => day.ordinal() == 1,
        _ => true,
    };
    let (first, last) = (date(START), date(now));
    let later = first.iter_days().skip(1).take_while(|day| *day <= last).filter(begins).count();
    u64::try_from(later).unwrap() + 1
}

fn period() -> impl proptest::strategy::Strategy<Value = Period> {
    prop_oneof![4 => Just(Period::Day), 2 => Just(Period::Week), 1 => Just(Period::Month), 1 => Just(Period::Year)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    /// What is admitted is what fits into all that was added, less all that was used; and who is told to wait waits for as
    /// long as he has to, to the nanosecond. A restart after any request changes nothing.
    #[test]
    fn a_period_adds_to_what_is_left(
        period in period(),
        (limit, beside) in (1..12_u64, -12..12_i64),
        steps in vec((prop_oneof![2 => 0..HOUR, 3 => 0..3 * DAY, 1 => 0..400 * DAY], 0..40_u64, any::<bool>()), 1..50),
    ) {
        let quota = adding(period, limit, beside);
        let mut counted = limiter();
        let (mut now, mut used) = (START, 0);
        for (pause, cost, restarts) in steps {
            now += pause;
            let granted = u64::try_from((limit * begun(period, now)).cast_signed() + beside).unwrap_or(0);
            let there = granted.saturating_sub(used);
            let outcome = counted.charge(&charge(&quota, cost), Now::at_nanos(now));
            prop_assert_eq!(outcome.is_admitted(), cost <= there, "{} of {}", cost, there);
            let standing = outcome.standings()[0];
            if outcome.is_admitted() {
                used += cost;
                prop_assert_eq!(standing.remaining, there - cost);
            } else {
                let wait = i64::try_from(outcome.retry_after().unwrap().as_nanos()).unwrap();
                let passes = |at| copy(&counted, &quota, now).look(&charge(&quota, cost), Now::at_nanos(at)).is_admitted();
                prop_assert!(!passes(now + wait - 1) && passes(now + wait), "{standing:?}");
                prop_assert!(!standing.can_never && !standing.lacks_share);
            }
            if restarts {
                counted = copy(&counted, &quota, now);
            }
        }
    }

    /// By turns or all at once: nodes that divide such a quota have together what it adds up to, and no more.
    #[test]
    fn shares_add_up_to_the_whole(
        (limit, nodes) in (1..20_u64, 1..6_u32),
        steps in vec((0..2 * DAY, 0..6_usize, 0..9_u64), 1..60),
    ) {
        let quota = adding(Period::Day, limit, 0);
        let each: Vec<_> = (0..nodes).map(|place| (limiter(), quota.share(Share::new(nodes, place)))).collect();
        let (mut now, mut used) = (START, 0);
        for (pause, node, cost) in steps {
            now += pause;
            let (limiter, share) = &each[node % each.len()];
            used += if admits(limiter, share, cost, now) { cost } else { 0 };
            prop_assert!(used <= limit * begun(Period::Day, now));
        }
        for (limiter, share) in &each {
            while admits(limiter, share, 1, now) {
                used += 1;
            }
        }
        prop_assert_eq!(used, limit * begun(Period::Day, now));
    }
}

#[test]
fn a_limit_that_is_raised_holds_from_the_period_in_which_it_is() {
    let (limiter, later) = (limiter(), START + 3 * DAY);
    let before = adding(Period::Day, 10, 0);
    assert!(admits(&limiter, &before, 4, START));
    assert_eq!(left(&limiter, &before, later), 36, "four days have begun");
    // Three of them brought ten, and not a hundred.
    let raised = adding(Period::Day, 100, 3 * (10 - 100));
    assert_eq!(left(&limiter, &raised, later), 126);
    assert_eq!(left(&limiter, &raised, later + DAY), 226);
    let lowered = adding(Period::Day, 1, 3 * (10 - 1));
    assert_eq!(left(&limiter, &lowered, later + DAY), 28);
}

#[test]
fn a_clock_that_is_set_back_and_a_quota_before_it_give_nothing() {
    let limiter = limiter();
    let quota = adding(Period::Day, 10, 0);
    assert!(admits(&limiter, &quota, 15, START + DAY));
    assert!(!admits(&limiter, &quota, 6, START + 2 * HOUR));
    assert!(admits(&limiter, &quota, 5, START + 2 * HOUR), "the day that was reached stays");
    assert!(!admits(&limiter, &quota, 1, START - 40 * DAY), "before it began there is what one period adds");
    // What counted from another time on, or replaced, is another quota.
    let replacing = Strategy::Quota { period: Period::Day, zone: ZONE, refill: Refill::Replace };
    let replacing = Limit::new(replacing, 10, Duration::ZERO).unwrap();
    assert_eq!(left(&limiter, &replacing, START + DAY), 10);
}

#[test]
fn what_is_given_back_is_there_again_in_whichever_period() {
    let (limiter, quota) = (limiter(), adding(Period::Day, 10, 0));
    assert!(admits(&limiter, &quota, 10, START));
    let (taken, now) = (Now::at_nanos(START), Now::at_nanos(START + 5 * DAY));
    limiter.give_back(&charge(&quota, 3), taken, now);
    assert_eq!(left(&limiter, &quota, START + 5 * DAY), 53);
}

#[test]
fn what_is_more_than_can_ever_be_there_is_told_apart() {
    let (limiter, quota) = (limiter(), adding(Period::Day, 10, 0));
    let refused = limiter.charge(&charge(&quota, Limit::MOST + 1), Now::at_nanos(START));
    assert!(refused.standings()[0].can_never && refused.retry_after().is_none());
    let refused = limiter.charge(&charge(&quota, 21), Now::at_nanos(START));
    assert!(!refused.standings()[0].can_never);
    assert_eq!(quota.gone(0, START).0, 0);
    assert_eq!((quota.gone(7, START).0, quota.gone(12, START + DAY).0, quota.gone(40, START + DAY).0), (7, 2, 10));
}

/// A bucket that gave way would begin anew with all that was ever added.
#[test]
fn what_was_used_never_gives_way_to_a_newcomer() {
    let (limiter, quota) =
        (Limiter::new(Settings { buckets: 4, shards: 1, at_cap: AtCap::Share }), adding(Period::Day, 10, 0));
    assert!(admits(&limiter, &quota, 10, START));
    for newcomer in 0..100_u32 {
        let name = newcomer.to_be_bytes();
        let other = [Charge { limit: &quota, bucket: &name, cost: 1 }];
        limiter.charge(&other, Now::at_nanos(START + 30 * DAY));
    }
    assert_eq!(left(&limiter, &quota, START + 30 * DAY), 300);
    let kept = Kept { used: 1, end: 0 };
    assert_eq!(limiter.restore(&quota, b"another", kept, Now::at_nanos(START)), Restored::Shared);
}
