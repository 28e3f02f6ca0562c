//! What is sent: the name of each bucket, and eight arguments that say how it counts.

use super::MOST;
use crate::calendar::window_of;
use crate::strategy::COUNT;
use crate::{Charge, Limit, Period, Refill, Strategy};

/// One limit of a request, for as long as an answer is waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedCharge {
    /// What is allowed.
    pub limit: Limit,
    /// Whose use it is, and of which limit.
    pub bucket: Box<[u8]>,
    /// How much it takes.
    pub cost: u64,
}

impl OwnedCharge {
    /// The same for a moment.
    pub fn borrow(&self) -> Charge<'_> {
        Charge { limit: &self.limit, bucket: &self.bucket, cost: self.cost }
    }
}

impl From<&Charge<'_>> for OwnedCharge {
    fn from(charge: &Charge<'_>) -> Self {
        Self { limit: charge.limit.clone(), bucket: charge.bucket.into(), cost: charge.cost }
    }
}

/// What the script is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The names of the buckets: `KEYS`.
    pub keys: Vec<Vec<u8>>,
    /// How each counts: `ARGV`.
    pub arguments: Vec<String>,
}

impl Question {
    /// Asks for all of them at once. `believed` is the time that Redis has, in microseconds since 1970, as far as that
    /// is known.
    pub fn new(charges: &[OwnedCharge], believed: i64) -> Self {
        let keys = charges.iter().map(key).collect();
        Self { keys, arguments: charges.iter().flat_map(|charge| arguments(charge, believed)).collect() }
    }
}

/// States that mean the same have the same name, whatever the version of this program: nodes are not replaced at once.
pub(super) fn key(charge: &OwnedCharge) -> Vec<u8> {
    let limit = &charge.limit;
    let shape = match limit.strategy {
        Strategy::FixedWindow => format!("window:{}", microseconds(limit.window)),
        Strategy::SlidingWindow => format!("sliding:{}", microseconds(limit.window)),
        Strategy::TokenBucket { .. } => format!("bucket:{}:{}", limit.limit, microseconds(limit.window)),
        // Not the zone: what was used of a period counts on in another one.
        Strategy::Quota { period, refill: Refill::Replace, .. } => format!("quota:{}", word(period)),
        Strategy::Quota { period, refill: Refill::Add { since, .. }, .. } => {
            format!("adding:{}:{since}", word(period))
        }
    };
    [format!("{{argus}}:{shape}:").as_bytes(), &charge.bucket].concat()
}

fn arguments(charge: &OwnedCharge, believed: i64) -> impl Iterator<Item = String> {
    let (limit, window) = (&charge.limit, microseconds(charge.limit.window));
    // A cost beyond what is counted stays one.
    let cost = charge.cost.min(MOST + 2);
    let common = |kind: &str, window: i64| {
        [kind.to_owned(), cost.to_string(), limit.most_at_once().to_string(), window.to_string()]
    };
    let (common, rest) = match limit.strategy {
        Strategy::FixedWindow => (common("window", window), [0; 4]),
        Strategy::SlidingWindow => (common("sliding", cell(window)), [0; 4]),
        Strategy::TokenBucket { .. } => {
            let (gains, window) = reduced(limit.limit, window);
            (common("bucket", window), [i64::try_from(gains).unwrap_or(i64::MAX), 0, 0, 0])
        }
        Strategy::Quota { refill: Refill::Replace, .. } => (common("period", window), boundaries(limit, believed)),
        Strategy::Quota { .. } => {
            let now = window_of(limit, nanos(believed));
            let granted = limit.granted(now.number).to_string();
            // What there is in another period is another amount, which has to be asked about anew.
            let (start, end) = (now.start.div_euclid(1_000), now.end.div_euclid(1_000));
            ([("adding".to_owned()), cost.to_string(), granted, window.to_string()], [start, start, end, end])
        }
    };
    common.into_iter().chain(rest.map(|number| number.to_string()))
}

/// The periods before, around and after a time: where each begins, and where the last ends.
fn boundaries(limit: &Limit, believed: i64) -> [i64; 4] {
    let now = window_of(limit, nanos(believed));
    let (before, after) = (window_of(limit, now.start.saturating_sub(1)), window_of(limit, now.end));
    [before.start, now.start, now.end, after.end].map(|nanos| nanos.div_euclid(1_000))
}

pub(super) const fn nanos(microseconds: i64) -> i64 {
    microseconds.saturating_mul(1_000)
}

/// A span in microseconds, rounded up.
pub(super) const fn microseconds(nanos: i64) -> i64 {
    (nanos + 999) / 1_000
}

/// As [`Limit::cell`], in microseconds.
pub(super) const fn cell(window: i64) -> i64 {
    let cells = COUNT - 1;
    (window + cells - 1) / cells
}

/// So many tokens in so many microseconds, in the lowest terms: the parts of a token are then as few as can be.
pub(super) fn reduced(limit: u64, window: i64) -> (u64, i64) {
    let (mut a, mut b) = (limit, window.unsigned_abs());
    while b > 0 {
        (a, b) = (b, a % b);
    }
    let divisor = a.max(1);
    (limit / divisor, i64::try_from(window.unsigned_abs() / divisor).unwrap_or(window))
}

const fn word(period: Period) -> &'static str {
    match period {
        Period::Day => "day",
        Period::Week => "week",
        Period::Month => "month",
        Period::Year => "year",
    }
}
