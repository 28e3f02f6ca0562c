//! Ten million callers against a cap of 100,000 buckets: memory stays flat, and whoever was counted before stays
//! counted.
//!
//! One test in a process of its own, since what is measured is the resident set of the process.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a panic is a failed test, which prints what it measured"
)]
#![cfg(target_os = "linux")]

use std::time::{Duration, Instant};

use argus_limits::{Charge, Limit, Limiter, Now, Settings, Strategy};

const START: i64 = 1_800_000_000_000_000_000;
const CAP: usize = 100_000;
const CALLERS: u64 = 10_000_000;
/// After so many callers every shard is full.
const FULL: u64 = 400_000;
/// What the resident set may grow by after that.
const SLACK_KIB: u64 = 1_024;
/// What a bucket takes at most: its state, its digest and its place in the index: 256 octets and a tenth.
const BUCKET_BYTES: u64 = 281;

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
fn ten_million_callers_take_no_more_memory_than_the_cap() {
    let minute = Duration::from_mins(1);
    for strategy in [Strategy::FixedWindow, Strategy::SlidingWindow, Strategy::TokenBucket { burst: 3 }] {
        let limit = Limit::new(strategy, 3, minute).unwrap();
        let before = resident_kib();
        let limiter = Limiter::new(Settings { buckets: CAP, ..Settings::default() });
        let charge = |bucket: &[u8]| limiter.charge(&[Charge { limit: &limit, bucket, cost: 1 }], Now::at_nanos(START));
        assert!(charge(b"under its limit").is_admitted());
        assert!((0..3).all(|_| charge(b"at its limit").is_admitted()));
        let flood = |callers: std::ops::Range<u64>| {
            callers.filter(|caller| charge(&caller.to_le_bytes()).is_admitted()).count()
        };
        let began = Instant::now();
        let mut admitted = flood(0..FULL);
        let full = resident_kib();
        admitted += flood(FULL..CALLERS);
        let (took, after, counts) = (began.elapsed(), resident_kib(), limiter.counts());
        println!("{strategy:?}: {CALLERS} callers in {took:.1?}; {before} KiB before, {full} full, {after} after");
        assert!(after <= full + SLACK_KIB, "grew from {full} to {after} KiB");
        assert!(full <= before + CAP as u64 * BUCKET_BYTES / 1_024 + SLACK_KIB, "took {} KiB", full - before);
        // Of each of the three tables a shard may have one bucket more than its part of the cap, for rounding.
        assert!(counts.buckets >= CAP && counts.buckets <= CAP + 64, "{counts:?}");
        assert_eq!(counts.reclaimed, 0, "everybody owed something");
        // Two were there before. In each of 64 shards the others share what one may have.
        assert_eq!(admitted, counts.buckets - 2 + 3 * 64);
        let [under, at] = [&b"under its limit"[..], b"at its limit"].map(|bucket| {
            limiter.look(&[Charge { limit: &limit, bucket, cost: 1 }], Now::at_nanos(START)).standings()[0]
        });
        assert!(under.has_room() && under.remaining == 2 && !under.is_shared, "{under:?}");
        assert!(!at.has_room() && !at.is_shared, "{at:?}");
    }
}
