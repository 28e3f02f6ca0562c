//! Each strategy against a slow model of its definition: never more than it allows, never refused what it must admit.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is a failed test")]

use std::time::Duration;

use argus_limits::{Charge, Limit, Limiter, Now, Outcome, Period, Refill, Settings, Strategy};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::Strategy as Generate;

const SECOND: i64 = 1_000_000_000;
const START: i64 = 1_800_000_000 * SECOND;

/// A request: how long after the one before, how far the wall clock steps, and its cost.
#[derive(Debug, Clone, Copy)]
struct Step {
    pause: i64,
    clock_step: i64,
    cost: u64,
}

/// Pauses from nothing to more than a window of ten seconds, and such that meet boundaries exactly.
fn steps(with_clock_steps: bool) -> impl Generate<Value = Vec<Step>> {
    let pause = prop_oneof![
        3 => Just(0), 3 => 0..50_000_000_i64, 2 => 0..2 * SECOND, 1 => 0..15 * SECOND,
        1 => (0..12_i64).prop_map(|n| n * SECOND), 1 => (1..60_i64).prop_map(|n| n * 169_491_526),
    ];
    let clock_step = if with_clock_steps {
        prop_oneof![9 => Just(0), 1 => -3_600 * SECOND..3_600 * SECOND].boxed()
    } else {
        Just(0).boxed()
    };
    let cost = prop_oneof![4 => Just(1_u64), 2 => 0..4_u64, 1 => 0..12_u64];
    vec((pause, clock_step, cost).prop_map(|(pause, clock_step, cost)| Step { pause, clock_step, cost }), 1..120)
}

fn charge(limiter: &Limiter, limit: &Limit, cost: u64, now: Now) -> Outcome {
    limiter.charge(&[Charge { limit, bucket: b"one", cost }], now)
}

fn small() -> Limiter {
    Limiter::new(Settings { buckets: 8, shards: 1, ..Settings::default() })
}

/// Runs the steps, and gives for each its time, cost and whether it was admitted. What is promised of `retry_after` is
/// tried on a copy of the run: at that instant it passes, a nanosecond earlier it doesn't.
fn run(limit: &Limit, steps: &[Step]) -> Vec<(Now, u64, bool)> {
    let (limiter, mut log) = (small(), Vec::new());
    let mut now = Now { wall: START, monotonic: 17 };
    for step in steps {
        now = Now { wall: now.wall + step.pause + step.clock_step, monotonic: now.monotonic + step.pause };
        let outcome = charge(&limiter, limit, step.cost, now);
        let standing = outcome.standings()[0];
        assert_eq!(standing.can_never, step.cost > limit.most_at_once());
        assert_eq!(outcome.is_admitted(), standing.has_room());
        if let (Some(wait), false) = (outcome.retry_after(), standing.can_never) {
            let wait = i64::try_from(wait.as_nanos()).unwrap();
            let later = |nanos: i64| Now { wall: now.wall + nanos, monotonic: now.monotonic + nanos };
            let passes =
                |nanos| limiter.look(&[Charge { limit, bucket: b"one", cost: step.cost }], later(nanos)).is_admitted();
            // Looking takes windows that are aligned to where it looks, which they don't take back.
            if matches!(limit.strategy(), Strategy::TokenBucket { .. } | Strategy::SlidingWindow) {
                assert!(!passes(wait - 1) && passes(wait), "{wait} {standing:?}");
            }
        }
        log.push((now, step.cost, outcome.is_admitted()));
    }
    log
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn a_fixed_window_admits_what_fits_into_it(limit in 1..10_u64, steps in steps(false)) {
        let counted = Limit::new(Strategy::FixedWindow, limit, Duration::from_secs(10)).unwrap();
        let (mut window, mut used) = (i64::MIN, 0);
        for (now, cost, admitted) in run(&counted, &steps) {
            if now.wall.div_euclid(10 * SECOND) != window {
                (window, used) = (now.wall.div_euclid(10 * SECOND), 0);
            }
            prop_assert_eq!(admitted, used + cost <= limit);
            used += if admitted { cost } else { 0 };
        }
    }

    #[test]
    fn a_day_of_a_zone_admits_what_fits_into_it(limit in 1..10_u64, steps in steps(false)) {
        let zone = chrono_tz::Europe::Berlin;
        let quota = Strategy::Quota { period: Period::Day, zone, refill: Refill::Replace };
        let counted = Limit::new(quota, limit, Duration::from_secs(1)).unwrap();
        // A pause of a second stands for an hour, so that the steps go over days and a change of the clocks.
        let steps: Vec<_> = steps.iter().map(|step| Step { pause: step.pause * 3_600, ..*step }).collect();
        let (mut day, mut used) = (None, 0);
        for (now, cost, admitted) in run(&counted, &steps) {
            let date = chrono::DateTime::from_timestamp_nanos(now.wall).with_timezone(&zone).date_naive();
            if day != Some(date) {
                (day, used) = (Some(date), 0);
            }
            prop_assert_eq!(admitted, used + cost <= limit);
            used += if admitted { cost } else { 0 };
        }
    }

    #[test]
    fn a_clock_that_steps_back_gives_nothing_back(limit in 1..10_u64, steps in steps(true)) {
        let counted = Limit::new(Strategy::FixedWindow, limit, Duration::from_secs(10)).unwrap();
        let mut highest = i64::MIN;
        let mut used = 0;
        for (now, cost, admitted) in run(&counted, &steps) {
            let window = now.wall.div_euclid(10 * SECOND);
            if window > highest {
                // Only a window that was never reached before is sure to be new.
                (highest, used) = (window, 0);
                prop_assert!(admitted || cost > limit);
            }
            if window == highest {
                used += if admitted { cost } else { 0 };
                prop_assert!(used <= limit);
            }
        }
    }

    #[test]
    fn no_span_of_a_sliding_windows_length_admits_more(limit in 1..10_u64, steps in steps(true)) {
        let window = 10 * SECOND;
        let counted = Limit::new(Strategy::SlidingWindow, limit, Duration::from_secs(10)).unwrap();
        let cell = window / 59 + 1;
        let log = run(&counted, &steps);
        let admitted = |from: i64, to: i64| -> u64 {
            let inside = log.iter().filter(|(now, _, admitted)| *admitted && now.monotonic > from && now.monotonic <= to);
            inside.map(|(_, cost, _)| cost).sum()
        };
        for (index, (now, cost, passed)) in log.iter().enumerate() {
            prop_assert!(admitted(now.monotonic - window, now.monotonic) <= limit);
            // What an exact log, a cell longer, would admit is admitted.
            let before: u64 = log[..index].iter().filter(|(then, _, passed)| *passed && then.monotonic > now.monotonic - window - cell)
                .map(|(_, cost, _)| cost).sum();
            prop_assert!(*passed || before + cost > limit, "{now:?} {cost}");
        }
    }

    #[test]
    fn a_token_bucket_is_exact(limit in 1..10_u64, burst in 1..10_u64, steps in steps(true)) {
        let counted = Limit::new(Strategy::TokenBucket { burst }, limit, Duration::from_secs(10)).unwrap();
        // In tokens times ten seconds: what is there, exactly.
        let (full, token) = (i128::from(burst) * i128::from(10 * SECOND), i128::from(10 * SECOND));
        let (mut level, mut last) = (full, 0);
        for (now, cost, admitted) in run(&counted, &steps) {
            level = full.min(level + i128::from(now.monotonic - last) * i128::from(limit));
            last = now.monotonic;
            prop_assert_eq!(admitted, i128::from(cost) * token <= level);
            level -= if admitted { i128::from(cost) * token } else { 0 };
        }
    }

    /// Several limits at once: all are charged or none, so that each counts what was admitted by all.
    #[test]
    fn a_request_that_one_limit_refuses_takes_nothing_from_the_others(
        limits in vec((0..3_usize, 1..12_u64, 1..20_u64), 2..5), steps in steps(false),
    ) {
        let limits: Vec<_> = limits.into_iter().map(|(kind, limit, seconds)| {
            let strategy = [Strategy::FixedWindow, Strategy::SlidingWindow, Strategy::TokenBucket { burst: limit }][kind];
            Limit::new(strategy, limit, Duration::from_secs(seconds)).unwrap()
        }).collect();
        let together = Limiter::new(Settings { buckets: 64, shards: 4, ..Settings::default() });
        let alone = Limiter::new(Settings { buckets: 64, shards: 4, ..Settings::default() });
        let mut now = START;
        for step in &steps {
            now += step.pause;
            let charges: Vec<_> = limits.iter().zip([b"a", b"b", b"c", b"d"])
                .map(|(limit, bucket)| Charge { limit, bucket, cost: step.cost }).collect();
            let outcome = together.charge(&charges, Now::at_nanos(now));
            // The same limits, each asked by itself, and charged only where all have room.
            let looks: Vec<_> = charges.iter().map(|one| alone.look(&[*one], Now::at_nanos(now)).is_admitted()).collect();
            prop_assert_eq!(outcome.is_admitted(), looks.iter().all(|room| *room));
            if outcome.is_admitted() {
                for (one, standing) in charges.iter().zip(outcome.standings()) {
                    let charged = alone.charge(&[*one], Now::at_nanos(now));
                    prop_assert_eq!(charged.standings()[0], *standing);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    /// Some steps take more than they come to, and give the rest back some steps later.
    #[test]
    fn what_is_given_back_makes_room_and_lets_nothing_more_in(
        kind in 0..3_usize, limit in 1..12_u64, steps in steps(false), later in vec((0..12_u64, 0..6_usize), 120),
    ) {
        let strategy = [Strategy::FixedWindow, Strategy::SlidingWindow, Strategy::TokenBucket { burst: limit }][kind];
        let counted = Limit::new(strategy, limit, Duration::from_secs(10)).unwrap();
        let of = |cost| [Charge { limit: &counted, bucket: b"one", cost }];
        let (limiter, mut now) = (small(), Now { wall: START, monotonic: 17 });
        let (mut came_to, mut open) = (Vec::<(i64, u64)>::new(), Vec::new());
        for (number, (step, (rest, after))) in steps.iter().zip(later).enumerate() {
            now = Now { wall: now.wall + step.pause, monotonic: now.monotonic + step.pause };
            open.retain(|(until, rest, taken)| {
                let is_due = *until <= number;
                if is_due {
                    limiter.give_back(&of(*rest), *taken, now);
                }
                !is_due
            });
            if limiter.charge(&of(step.cost + rest), now).is_admitted() {
                came_to.push((now.monotonic, step.cost));
                open.push((number + 1 + after, rest, now));
            } else if open.is_empty() {
                // Whoever refuses has cause to: all that is counted by now was used, but for what a bucket kept back.
                let window = |at: &i64| match strategy {
                    Strategy::FixedWindow => (at - 17 + START) / (10 * SECOND) == now.wall / (10 * SECOND),
                    _ => *at > now.monotonic - 10 * SECOND - 10 * SECOND / 59 - 1,
                };
                let used: u64 = came_to.iter().filter(|(at, _)| window(at)).map(|(_, cost)| cost).sum();
                prop_assert!(kind == 2 || used + step.cost + rest > limit);
            }
        }
        for (first, (from, _)) in came_to.iter().enumerate() {
            let mut used = 0;
            for (at, cost) in &came_to[first..] {
                used += cost;
                let span = i128::from(at - from);
                let in_one = match strategy {
                    Strategy::FixedWindow => (at - 17 + START) / (10 * SECOND) == (from - 17 + START) / (10 * SECOND),
                    _ => span < i128::from(10 * SECOND),
                };
                if let Strategy::TokenBucket { burst } = strategy {
                    let gained = span * i128::from(limit) / i128::from(10 * SECOND) + 1;
                    prop_assert!(i128::from(used) <= i128::from(burst) + gained);
                } else {
                    prop_assert!(!in_one || used <= limit, "{used} of {limit}");
                }
            }
        }
    }
}

/// Taken and given back at once, nothing has happened.
#[test]
fn what_is_given_back_at_once_was_never_taken() {
    let quota = Strategy::Quota { period: Period::Day, zone: chrono_tz::Europe::Berlin, refill: Refill::Replace };
    for strategy in [Strategy::FixedWindow, Strategy::SlidingWindow, Strategy::TokenBucket { burst: 5 }, quota] {
        let (limiter, limit) = (small(), Limit::new(strategy, 5, Duration::from_secs(1)).unwrap());
        let of = |cost| [Charge { limit: &limit, bucket: b"one", cost }];
        let now = Now::at_nanos(START);
        assert!(limiter.charge(&of(5), now).is_admitted());
        assert!(!limiter.charge(&of(1), now).is_admitted());
        limiter.give_back(&of(3), now, now);
        assert_eq!(limiter.look(&of(0), now).standings()[0].remaining, 3, "{strategy:?}");
        limiter.give_back(&of(2), now, now);
        assert_eq!(limiter.look(&of(0), now).standings()[0].reset_after, Duration::ZERO, "{strategy:?}");
    }
}

#[test]
fn what_no_longer_counts_is_not_given_back() {
    for strategy in [Strategy::FixedWindow, Strategy::SlidingWindow, Strategy::TokenBucket { burst: 5 }] {
        let (limiter, limit) = (small(), Limit::new(strategy, 5, Duration::from_secs(1)).unwrap());
        let of = |cost| [Charge { limit: &limit, bucket: b"one", cost }];
        let (taken, later) = (Now::at_nanos(START), Now::at_nanos(START + 3 * SECOND));
        assert!(limiter.charge(&of(5), taken).is_admitted());
        assert!(limiter.charge(&of(5), later).is_admitted());
        limiter.give_back(&of(5), taken, later);
        assert!(!limiter.look(&of(1), later).is_admitted(), "{strategy:?}");
    }
}

#[test]
fn a_thousand_million_steps_do_not_drift() {
    // A third of a nanosecond each: whoever rounds has lost a third of a second at the end.
    let limit = Limit::new(Strategy::TokenBucket { burst: 1_000_000_000 }, 3, Duration::from_millis(1)).unwrap();
    let limiter = small();
    assert!(charge(&limiter, &limit, 1_000_000_000, Now::at_nanos(START)).is_admitted());
    let full = charge(&limiter, &limit, 0, Now::at_nanos(START)).standings()[0].reset_after;
    assert_eq!(full, Duration::from_nanos(1_000_000_000_u64 * 1_000_000 / 3 + 1));
}

#[test]
fn a_limit_that_is_raised_goes_on_counting() {
    let limiter = small();
    let of = |limit| Limit::new(Strategy::SlidingWindow, limit, Duration::from_secs(10)).unwrap();
    for _ in 0..5 {
        assert!(charge(&limiter, &of(5), 1, Now::at_nanos(START)).is_admitted());
    }
    assert!(!charge(&limiter, &of(5), 1, Now::at_nanos(START)).is_admitted());
    let raised = charge(&limiter, &of(7), 1, Now::at_nanos(START));
    assert_eq!((raised.is_admitted(), raised.standings()[0].remaining), (true, 1));
}
