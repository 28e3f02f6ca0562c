//! What a check costs, for each strategy, with 100,000 keys in the table; and what a flood of ten million callers does.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark, which prints what it measured"
)]

use std::time::Duration;

use argus_limits::{Charge, Limit, Limiter, Now, Refill, Settings, Strategy};
use criterion::{Criterion, criterion_group, criterion_main};
use rustix::time::{ClockId, clock_gettime};

const SECOND: i64 = 1_000_000_000;
const START: i64 = 1_800_000_000 * SECOND;

fn strategies() -> [(&'static str, Limit); 4] {
    let minute = Duration::from_mins(1);
    let quota =
        Strategy::Quota { period: argus_limits::Period::Day, zone: chrono_tz::Europe::Berlin, refill: Refill::Replace };
    [
        ("fixed window", Limit::new(Strategy::FixedWindow, 1_000, minute).unwrap()),
        ("sliding window", Limit::new(Strategy::SlidingWindow, 1_000, minute).unwrap()),
        ("token bucket", Limit::new(Strategy::TokenBucket { burst: 1_000 }, 1_000, minute).unwrap()),
        ("quota", Limit::new(quota, 1_000_000, minute).unwrap()),
    ]
}

/// Nanoseconds of this thread: a clock that other work on the machine doesn't move.
fn cpu() -> i64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec * SECOND + time.tv_nsec
}

fn check(criterion: &mut Criterion) {
    for (name, limit) in strategies() {
        let limiter = Limiter::new(Settings::default());
        let mut number = 0_u64;
        let mut one = |now: i64| {
            number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let bucket = ((number >> 33) % 100_000).to_le_bytes();
            limiter.charge(&[Charge { limit: &limit, bucket: &bucket, cost: 1 }], Now::at_nanos(now))
        };
        let (rounds, before) = (2_000_000, cpu());
        for round in 0..rounds {
            std::hint::black_box(one(START + round * 1_000));
        }
        let each = (cpu() - before) / rounds;
        println!(
            "{name}: {each} ns a check, {:.1} million a second and core",
            1_000.0 / f64::from(i32::try_from(each).unwrap())
        );
        let mut now = START + 2_000_000 * 1_000;
        criterion.bench_function(name, |bench| {
            bench.iter(|| {
                now += 1_000;
                one(now)
            });
        });
    }
}

fn flood(_: &mut Criterion) {
    for (name, limit) in strategies() {
        let limiter = Limiter::new(Settings::default());
        let charge = |bucket: &[u8], now| {
            limiter.charge(&[Charge { limit: &limit, bucket, cost: 1 }], Now::at_nanos(now)).is_admitted()
        };
        let before = cpu();
        let admitted = (0..10_000_000_u64).filter(|caller| charge(&caller.to_le_bytes(), START)).count();
        let seconds = Duration::from_nanos((cpu() - before).unsigned_abs()).as_secs_f64();
        let counts = limiter.counts();
        println!(
            "{name}: 10,000,000 callers in {seconds:.2} s, {admitted} admitted, {} buckets, {} turned away",
            counts.buckets, counts.turned_away
        );
    }
}

criterion_group!(benches, check, flood);
criterion_main!(benches);
