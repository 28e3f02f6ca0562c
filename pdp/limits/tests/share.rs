//! Nodes that count by themselves, each by its share: together never more than the limit, whoever is asked.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is a failed test")]

use std::time::Duration;

use argus_limits::{Charge, Kept, Limit, Limiter, Now, Period, Refill, Settings, Share, Strategy};
use proptest::collection::vec;
use proptest::prelude::*;

const SECOND: i64 = 1_000_000_000;
const START: i64 = 1_800_000_000 * SECOND;
const WINDOW: i64 = 10 * SECOND;

fn small() -> Limiter {
    Limiter::new(Settings { buckets: 8, shards: 1, ..Settings::default() })
}

fn strategy(kind: usize, burst: u64) -> Strategy {
    let quota = Strategy::Quota { period: Period::Day, zone: chrono_tz::Europe::Berlin, refill: Refill::Replace };
    [Strategy::FixedWindow, Strategy::SlidingWindow, Strategy::TokenBucket { burst }, quota][kind]
}

fn admits(limiter: &Limiter, limit: &Limit, cost: u64, now: i64) -> bool {
    limiter.charge(&[Charge { limit, bucket: b"one", cost }], Now::at_nanos(now)).is_admitted()
}

/// What was let through, and when, against what a limit lets through at most.
fn assert_within(limit: &Limit, log: &[(i64, u64)]) {
    for (first, (from, _)) in log.iter().enumerate() {
        let mut used = 0;
        for (at, cost) in &log[first..] {
            used += cost;
            let is_in_one = match limit.strategy() {
                Strategy::FixedWindow => at.div_euclid(WINDOW) == from.div_euclid(WINDOW),
                Strategy::SlidingWindow => at - from < WINDOW,
                Strategy::TokenBucket { burst } => {
                    let gained = i128::from(at - from) * i128::from(limit.limit()) / i128::from(WINDOW);
                    assert!(i128::from(used) <= i128::from(burst) + gained, "{used} of {burst} and {gained}");
                    false
                }
                // All of it is within one day.
                _ => true,
            };
            assert!(!is_in_one || used <= limit.limit(), "{used} of {}", limit.limit());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn all_nodes_together_admit_what_the_limit_says_and_no_more(
        (kind, many, burst) in (0..4_usize, 1..30_u64, 1..30_u64),
        nodes in 1..7_u32,
        steps in vec((0..3 * SECOND, 0..7_usize, 0..4_u64), 1..150),
    ) {
        let limit = Limit::new(strategy(kind, burst), many, Duration::from_secs(10)).unwrap();
        let each: Vec<_> = (0..nodes).map(|place| (small(), limit.share(Share::new(nodes, place)))).collect();
        let (mut now, mut log) = (START, Vec::new());
        for (pause, node, cost) in steps {
            now += pause;
            let (limiter, share) = &each[node % each.len()];
            if admits(limiter, share, cost, now) {
                log.push((now, cost));
            }
        }
        assert_within(&limit, &log);
    }

    /// At one moment, with everybody asking for more: the limit, and not one less.
    #[test]
    fn where_every_node_is_asked_for_more_nothing_is_left(
        (kind, many, nodes) in (0..4_usize, 1..50_u64, 1..9_u32),
    ) {
        let limit = Limit::new(strategy(kind, many), many, Duration::from_secs(10)).unwrap();
        let mut admitted = 0;
        for place in 0..nodes {
            let (limiter, share) = (small(), limit.share(Share::new(nodes, place)));
            let own = (0..60).filter(|_| admits(&limiter, &share, 1, START)).count();
            prop_assert_eq!(own as u64, Share::new(nodes, place).of(many));
            let looks = limiter.look(&[Charge { limit: &share, bucket: b"one", cost: 1 }], Now::at_nanos(START));
            let standing = looks.standings()[0];
            prop_assert_eq!((standing.limit, standing.remaining, standing.can_never), (many, 0, false));
            prop_assert_eq!(standing.lacks_share, own as u64 != many, "others may have room");
            admitted += own as u64;
        }
        prop_assert_eq!(admitted, many);
    }

    /// Each share of a bucket by its definition, exactly: its part of the burst, and its part of the gain.
    #[test]
    fn a_share_of_a_bucket_gains_its_part(
        (many, burst, nodes, place) in (1..20_u64, 1..20_u64, 1..6_u32, 0..6_u32),
        steps in vec((0..3 * SECOND, 0..4_u64), 1..120),
    ) {
        let share = Share::new(nodes, place % nodes);
        let limit = Limit::new(Strategy::TokenBucket { burst }, many, Duration::from_secs(10)).unwrap();
        let (limiter, shared, part) = (small(), limit.share(share), i128::from(share.of(burst)));
        // In tokens, times the window, times the burst.
        let scale = i128::from(WINDOW) * i128::from(burst);
        let (mut level, mut now) = (part * scale, START);
        for (pause, cost) in steps {
            now += pause;
            level = (part * scale).min(level + i128::from(pause) * i128::from(many) * part);
            let admitted = admits(&limiter, &shared, cost, now);
            let needed = i128::from(cost) * scale;
            prop_assert_eq!(admitted, needed <= level);
            level -= if admitted { needed } else { 0 };
            let looks = limiter.look(&[Charge { limit: &shared, bucket: b"one", cost: 0 }], Now::at_nanos(now));
            prop_assert_eq!(i128::from(looks.standings()[0].remaining), level / scale);
        }
    }

    /// Nodes end one after the other, and the rest divide what there is anew: between two such changes never more than the
    /// limit. Each new share counts on from what was used of the one before.
    #[test]
    fn as_nodes_end_the_rest_take_over_what_they_had(
        (kind, many) in (0..3_usize, 1..30_u64),
        nodes in 2..6_u32,
        steps in vec((0..2 * SECOND, 0..7_u32, 0..4_u64, 0..12_u8), 1..150),
    ) {
        let limit = Limit::new(strategy(kind, many), many, Duration::from_secs(10)).unwrap();
        let limiters: Vec<_> = (0..nodes).map(|_| small()).collect();
        let (mut left, mut now, mut between) = (nodes, START, Vec::new());
        for (pause, node, cost, ends) in steps {
            now += pause;
            if ends == 0 && left > 1 {
                left -= 1;
                assert_within(&limit, &between);
                between.clear();
            }
            let place = node % left;
            let share = limit.share(Share::new(left, place));
            if admits(&limiters[place as usize], &share, cost, now) {
                between.push((now, cost));
            }
        }
        assert_within(&limit, &between);
    }
}

/// Where nodes tell each other what they let through, both holds: the share of each, and the whole.
#[test]
fn what_others_used_of_a_quota_counts_against_the_whole_and_not_against_the_share() {
    let limit = Limit::new(strategy(3, 1), 10, Duration::from_secs(1)).unwrap();
    let (limiter, share, now) = (small(), limit.share(Share::new(2, 0)), Now::at_nanos(START));
    assert!(admits(&limiter, &share, 2, START));
    let end = limiter.keep(&share, b"one", now).unwrap().end;
    let left =
        |share: &Limit| limiter.look(&[Charge { limit: share, bucket: b"one", cost: 0 }], now).standings()[0].remaining;
    limiter.restore(&share, b"one", Kept { used: 4, end }, now);
    assert_eq!(left(&share), 3);
    limiter.restore(&share, b"one", Kept { used: 2, end }, now);
    assert_eq!(left(&share), 2, "eight are used, of which two here");
    assert_eq!(left(&limit.share(Share::new(2, 1))), 2);
    assert_eq!(left(&limit), 2, "the last node of all");
    assert!(admits(&limiter, &share, 2, START) && !admits(&limiter, &share, 1, START));
}

#[test]
fn what_was_let_through_elsewhere_counts_whether_or_not_there_was_room() {
    for kind in 0..4 {
        let limit = Limit::new(strategy(kind, 4), 4, Duration::from_secs(10)).unwrap();
        let (limiter, share) = (small(), limit.share(Share::new(2, 0)));
        let charge = |cost| [Charge { limit: &share, bucket: b"one".as_slice(), cost }];
        for _ in 0..3 {
            limiter.note(&charge(1), Now::at_nanos(START));
        }
        assert!(!admits(&limiter, &share, 1, START), "{kind}");
        // A bucket gains as if it had just been emptied: half a token a second times two fifths.
        let later = START + 5 * SECOND;
        assert_eq!(admits(&limiter, &share, 1, later), kind == 2, "{kind}");
    }
}
