//! The caps and times of a verifier, each with the value that holds where nothing is set.

use std::{num::NonZeroU32, time::Duration};

use crate::hash::Hasher;

/// Caps and times. `Settings::default()` is what an installation should run with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Threads that derive: half the cores, at least one, so that right warm keys always find a core.
    pub threads: usize,
    /// Derivations that may wait for a thread: 64.
    pub queue: usize,
    /// How long a request waits for its derivation: 2 s.
    pub longest_wait: Duration,
    /// Verified credentials that are remembered: 100,000. At the cap the one unused longest is forgotten.
    pub verified_capacity: usize,
    /// How long an unused one is remembered, in seconds: 10 minutes.
    pub verified_idle_seconds: i64,
    /// How long any is believed without a derivation, in seconds: 1 hour. Those in use are derived again before.
    pub verified_lifetime_seconds: i64,
    /// Wrong secrets that are remembered: 100,000.
    pub wrong_capacity: u64,
    /// How long a wrong secret is remembered: 30 s.
    pub wrong_lifetime: Duration,
    /// Failed derivations allowed for each [`PeerPrefix`](crate::PeerPrefix): 20, then 10 a minute.
    pub failures_per_source: FailureLimit,
    /// Failed derivations allowed for each credential: 10, then 10 a minute.
    pub failures_per_credential: FailureLimit,
    /// What hashes a secret anew that is shown right and whose stored hash has fewer rounds. Without it none is.
    pub strengthen: Option<Hasher>,
}

/// How many derivations may fail: so many at once, then one in each span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailureLimit {
    /// Failures allowed at once.
    pub burst: NonZeroU32,
    /// Seconds after which one more is allowed.
    pub seconds_each: NonZeroU32,
}

impl Default for Settings {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            threads: (cores / 2).max(1),
            queue: 64,
            longest_wait: Duration::from_secs(2),
            verified_capacity: 100_000,
            verified_idle_seconds: 10 * 60,
            verified_lifetime_seconds: 60 * 60,
            wrong_capacity: 100_000,
            wrong_lifetime: Duration::from_secs(30),
            failures_per_source: FailureLimit { burst: at_least_one(20), seconds_each: at_least_one(6) },
            failures_per_credential: FailureLimit { burst: at_least_one(10), seconds_each: at_least_one(6) },
            strengthen: None,
        }
    }
}

fn at_least_one(count: u32) -> NonZeroU32 {
    NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN)
}
