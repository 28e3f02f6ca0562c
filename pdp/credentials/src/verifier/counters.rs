//! What a verifier counts: numbers since its start, for the caller's metrics.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// The counts at one moment. Each only grows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Verified from memory, without a derivation.
    pub cache_hits: u64,
    /// Refused from memory: a wrong secret that was seen in the last 30 s.
    pub wrong_hits: u64,
    /// Refused for their form or checksum.
    pub malformed: u64,
    /// Refused for their issuer tag. A rise is an attack, or a lost tag key.
    pub forged: u64,
    /// Refused because no such credential exists.
    pub unknown: u64,
    /// Derivations, those in the background included.
    pub derivations: u64,
    /// Derivations that showed a wrong secret.
    pub wrong_secrets: u64,
    /// Derivations in the background, of verified credentials that are in use.
    pub refreshes: u64,
    /// Secrets that were hashed anew with more rounds than their stored hash has.
    pub strengthened: u64,
    /// Requests that shared the derivation of another.
    pub shared: u64,
    /// Requests refused because the derivations were full or took too long.
    pub busy: u64,
    /// Requests refused without a derivation, because too many had failed from there.
    pub limited: u64,
}

#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) wrong_hits: Counter,
    pub(super) malformed: Counter,
    pub(super) forged: Counter,
    pub(super) unknown: Counter,
    pub(super) derivations: Counter,
    pub(super) wrong_secrets: Counter,
    pub(super) refreshes: Counter,
    pub(super) strengthened: Counter,
    pub(super) shared: Counter,
    pub(super) busy: Counter,
    pub(super) limited: Counter,
}

#[derive(Debug, Default)]
pub(super) struct Counter(AtomicU64);

impl Counter {
    pub(super) fn rise(&self) {
        self.0.fetch_add(1, Relaxed);
    }

    pub(super) fn value(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

impl Counters {
    /// The hits are counted in the cache, shard by shard: one counter for all would be a cache line that every core
    /// writes on every request.
    pub(super) fn read(&self, cache_hits: u64) -> Counts {
        Counts {
            cache_hits,
            wrong_hits: self.wrong_hits.value(),
            malformed: self.malformed.value(),
            forged: self.forged.value(),
            unknown: self.unknown.value(),
            derivations: self.derivations.value(),
            wrong_secrets: self.wrong_secrets.value(),
            refreshes: self.refreshes.value(),
            strengthened: self.strengthened.value(),
            shared: self.shared.value(),
            busy: self.busy.value(),
            limited: self.limited.value(),
        }
    }
}
