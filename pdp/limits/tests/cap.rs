//! At the cap: who owes keeps his bucket, newcomers share one, and memory stays what it was.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is a failed test")]

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use argus_limits::{AtCap, Charge, Limit, Limiter, Now, Settings, Strategy};

const SECOND: i64 = 1_000_000_000;
const START: i64 = 1_800_000_000 * SECOND;

fn strategies(limit: u64) -> [Limit; 3] {
    let minute = Duration::from_mins(1);
    [Strategy::FixedWindow, Strategy::SlidingWindow, Strategy::TokenBucket { burst: limit }]
        .map(|strategy| Limit::new(strategy, limit, minute).unwrap())
}

#[test]
fn a_flood_of_callers_does_not_forgive_a_debtor() {
    for limit in strategies(3) {
        let limiter = Limiter::new(Settings { buckets: 100, shards: 1, at_cap: AtCap::Share });
        let charge =
            |bucket: &[u8], now: i64| limiter.charge(&[Charge { limit: &limit, bucket, cost: 1 }], Now::at_nanos(now));
        for _ in 0..3 {
            assert!(charge(b"victim", START).is_admitted());
        }
        let admitted = (0..10_000_u32).filter(|caller| charge(&caller.to_le_bytes(), START).is_admitted()).count();
        // 99 found room, and the others shared what one may have.
        assert_eq!(admitted, 99 + 3, "{limit:?}");
        assert!(!charge(b"victim", START + SECOND).is_admitted(), "{limit:?}");
        let shared = charge(b"newcomer", START + SECOND).standings()[0];
        assert!(shared.is_shared && !shared.has_room(), "{limit:?}");
        let counts = limiter.counts();
        assert_eq!((counts.buckets, counts.reclaimed), (100, 0));
        // A window later nobody owes anything, and newcomers find room again.
        let later = START + 130 * SECOND;
        assert!((0..100_u32).all(|caller| charge(&(caller + 1_000_000).to_le_bytes(), later).is_admitted()));
        assert!(limiter.counts().reclaimed >= 99, "{:?}", limiter.counts());
    }
}

#[test]
fn at_the_cap_newcomers_may_be_refused_or_admitted_uncounted() {
    let [limit, ..] = strategies(1);
    for (at_cap, admitted) in [(AtCap::Closed, false), (AtCap::Open, true)] {
        let limiter = Limiter::new(Settings { buckets: 1, shards: 1, at_cap });
        let charge = |bucket: &[u8]| {
            limiter.charge(&[Charge { limit: &limit, bucket, cost: 1 }], Now::at_nanos(START)).is_admitted()
        };
        assert!(charge(b"first"));
        assert_eq!([charge(b"second"), charge(b"second"), charge(b"first")], [admitted, admitted, false]);
    }
}

#[test]
fn two_limits_of_one_request_never_share_a_slot() {
    let limits = strategies(1);
    let limiter = Limiter::new(Settings { buckets: 2, shards: 1, at_cap: AtCap::Closed });
    for round in 0..100_u32 {
        let (one, other) = ((round * 2).to_le_bytes(), (round * 2 + 1).to_le_bytes());
        let now = Now::at_nanos(START + i64::from(round) * 120 * SECOND);
        let charges = [&one, &other].map(|bucket| Charge { limit: &limits[0], bucket, cost: 1 });
        assert!(limiter.charge(&charges, now).is_admitted(), "{round}");
        assert!(charges.iter().all(|charge| !limiter.charge(&[*charge], now).is_admitted()), "{round}");
    }
}

#[test]
fn requests_at_once_are_counted_one_after_the_other() {
    for limit in strategies(1_000) {
        let limiter = Limiter::new(Settings { buckets: 64, shards: 8, ..Settings::default() });
        let admitted = AtomicU64::new(0);
        std::thread::scope(|scope| {
            for thread in 0..8_u8 {
                let (limiter, admitted, limit) = (&limiter, &admitted, &limit);
                scope.spawn(move || {
                    for round in 0..500_u32 {
                        // In another order each time, so that two requests would wait for each other if they could.
                        let mut buckets = [&b"shared"[..], b"a", b"b", b"c"];
                        buckets.rotate_left(usize::from(thread % 4));
                        let charges = buckets.map(|bucket| Charge { limit, bucket, cost: 1 });
                        let now = Now::at_nanos(START + i64::from(round));
                        admitted.fetch_add(u64::from(limiter.charge(&charges, now).is_admitted()), Relaxed);
                    }
                });
            }
        });
        assert_eq!(admitted.into_inner(), 1_000, "{limit:?}");
    }
}
