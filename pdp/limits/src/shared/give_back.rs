//! What is sent to give back a part of what was taken: the name of each bucket, and five arguments.

use super::MOST;
use super::question::{OwnedCharge, cell, key, microseconds, nanos, reduced};
use crate::calendar::window_of;
use crate::{Refill, Strategy};

/// What the script is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GiveBack {
    /// The names of the buckets: `KEYS`.
    pub keys: Vec<Vec<u8>>,
    /// How each counts, and what comes back: `ARGV`.
    pub arguments: Vec<String>,
}

impl GiveBack {
    /// Gives back each charge by its cost. `taken` is the time that Redis had when it was taken, in microseconds since
    /// 1970 ([`Answer::at`](super::Answer::at)).
    pub fn new(charges: &[OwnedCharge], taken: i64) -> Self {
        let keys = charges.iter().map(key).collect();
        Self { keys, arguments: charges.iter().flat_map(|charge| arguments(charge, taken)).collect() }
    }
}

fn arguments(charge: &OwnedCharge, taken: i64) -> [String; 5] {
    let (limit, window) = (&charge.limit, microseconds(charge.limit.window));
    let (kind, window, taken, gains) = match limit.strategy {
        Strategy::FixedWindow => ("window", window, (taken.div_euclid(window) + 1) * window, 0),
        Strategy::Quota { refill: Refill::Replace, .. } => ("window", window, end_of_period(charge, taken), 0),
        Strategy::Quota { .. } => ("adding", window, taken, 0),
        Strategy::SlidingWindow => ("sliding", cell(window), taken, 0),
        Strategy::TokenBucket { .. } => {
            let (gains, window) = reduced(limit.limit, window);
            ("bucket", window, taken, gains)
        }
    };
    let numbers = [window.to_string(), taken.to_string(), gains.to_string()];
    let [window, taken, gains] = numbers;
    [kind.to_owned(), charge.cost.min(MOST).to_string(), window, taken, gains]
}

fn end_of_period(charge: &OwnedCharge, taken: i64) -> i64 {
    window_of(&charge.limit, nanos(taken)).end.div_euclid(1_000)
}
