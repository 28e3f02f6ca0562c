//! How long decisions took, as counts in buckets each 2 % wider than the one before (`DDSketch`, VLDB 2019): any
//! quantile is known within 1 %, and two sketches are merged by adding their counts.
//!
//! Kept as pairs of a bucket and its count, which a column holds in the same way on every node and in every version.
//! `sketches-ddsketch` keeps a row of counts from the shortest duration to the longest: several kilobytes for each key
//! and minute, however few decisions there were.

use std::collections::BTreeMap;
use std::fmt::Write;

/// Each bucket ends at so many times where the one before ends. A bucket's middle is within 1 % of all in it.
const GROWTH: f64 = 1.02;

/// Counts of durations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Latency(BTreeMap<u16, u64>);

/// Durations that so many of a hundred don't exceed, in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantiles {
    /// Half of them.
    pub p50: f64,
    /// 95 of a hundred.
    pub p95: f64,
    /// 99 of a hundred.
    pub p99: f64,
}

impl Latency {
    /// Adds a duration.
    pub fn add(&mut self, nanoseconds: u64) {
        #[expect(clippy::cast_precision_loss, reason = "to 1 %")]
        let place = (nanoseconds.max(1) as f64).ln() / GROWTH.ln();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 2,241 for 2^64")]
        let bucket = place.ceil() as u16;
        *self.0.entry(bucket).or_default() += 1;
    }

    /// Adds all of another.
    pub fn merge(&mut self, other: &Self) {
        for (bucket, count) in &other.0 {
            let own = self.0.entry(*bucket).or_default();
            *own = own.saturating_add(*count);
        }
    }

    /// The duration that a share of all doesn't exceed, in nanoseconds.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let all: u64 = self.0.values().sum();
        #[expect(clippy::cast_precision_loss, reason = "a rank among as many")]
        let rank = share * all.saturating_sub(1) as f64;
        let mut below = 0;
        let bucket = self.0.iter().find(|(_, count)| {
            below += **count;
            #[expect(clippy::cast_precision_loss, reason = "a rank among as many")]
            let is_reached = below as f64 > rank;
            is_reached
        });
        bucket.map(|(bucket, _)| 2.0 * GROWTH.powi(i32::from(*bucket)) / (GROWTH + 1.0))
    }

    /// The usual ones.
    pub fn quantiles(&self) -> Option<Quantiles> {
        Some(Quantiles { p50: self.quantile(0.5)?, p95: self.quantile(0.95)?, p99: self.quantile(0.99)? })
    }

    /// As it stands in a column.
    pub fn encode(&self) -> String {
        self.0.iter().fold(String::new(), |mut text, (bucket, count)| {
            let _ = write!(text, "{}{bucket}:{count}", if text.is_empty() { "" } else { "," });
            text
        })
    }

    /// From a column. What is no pair of numbers is passed over.
    pub fn decode(text: &str) -> Self {
        let pairs = text.split(',').filter_map(|pair| pair.split_once(':'));
        Self(pairs.filter_map(|(bucket, count)| Some((bucket.parse().ok()?, count.parse().ok()?))).collect())
    }
}

#[cfg(test)]
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "few and short durations"
)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn quantiles_are_within_one_per_cent_of_those_of_all_durations(
            mut durations in prop::collection::vec(1_000_u64..5_000_000_000, 1..300), split in 0_usize..300,
        ) {
            let (mut first, mut second) = (Latency::default(), Latency::default());
            for (place, duration) in durations.iter().enumerate() {
                if place < split { first.add(*duration) } else { second.add(*duration) }
            }
            first.merge(&Latency::decode(&second.encode()));
            durations.sort_unstable();
            for share in [0.5, 0.95, 0.99] {
                let rank = share * (durations.len() - 1) as f64;
                let exact = durations[rank.floor() as usize] as f64;
                let found = first.quantile(share).unwrap();
                prop_assert!((found - exact).abs() <= exact * 0.010_01, "{share}: {found} for {exact}");
            }
        }
    }

    #[test]
    fn nothing_has_no_quantile_and_nonsense_is_nothing() {
        assert_eq!(Latency::default().quantiles(), None);
        assert_eq!(Latency::decode("x:1,2,3:,:"), Latency::default());
        assert_eq!(Latency::decode(&Latency::default().encode()), Latency::default());
    }
}
