//! From a presented key to a verified record: the order of checks, and what each step may cost.
//!
//! | step | refuses | costs |
//! |---|---|---|
//! | form, checksum | malformed | 30 ns |
//! | the whole key, if verified before and still in force | – | 170 ns |
//! | issuer tag | forged | 140 ns |
//! | record, state, validity | unknown, revoked, suspended, expired, not yet valid | a map's look-up |
//! | secret, if found wrong before | wrong secret | 0.5 µs |
//! | secret | wrong secret, busy | 60 ms on a thread of the pool |
//!
//! A key that was verified before ends at the second step: what is remembered is a keyed digest of all of it, its tag
//! included, so the tag need not be worked out again. It counts only while its tag key is in use, and its record is.
//!
//! [`Verifier::check`] is all but the last step: it neither waits nor allocates for a key that is verified or refused.
//! [`Pending::derive`] is the last.

mod counters;
mod derivation;
mod failures;
mod flights;
mod pool;
mod settings;
mod verified;

#[cfg(test)]
mod tests;

use std::{fmt, io, sync::Arc, time::Instant};

use thiserror::Error;
use zeroize::Zeroizing;

pub use counters::Counts;
pub use derivation::Pending;
pub use settings::{FailureLimit, Settings};

use crate::{
    key::PresentedKey,
    mac::{Digest, MacKey},
    random::{self, NoRandomness},
    record::{Record, RecordOf, Records, Snapshots, judge},
    refusal::Refusal,
    secret::Secret,
};
use counters::Counters;
use derivation::Attempt;
use failures::Failures;
use flights::Flights;
use pool::Pool;
use verified::{Found, Verified};

/// Verifies keys against the caller's snapshots. Cloned like a handle: all clones share memory and threads, which end
/// with the last of them.
pub struct Verifier<S: Snapshots> {
    inner: Arc<Inner<S>>,
}

struct Inner<S: Snapshots> {
    snapshots: S,
    settings: Settings,
    digest_key: MacKey,
    verified: Verified,
    wrong: moka::sync::Cache<Digest, u64>,
    flights: Flights<RecordOf<S>>,
    failures: Failures,
    pool: Pool,
    counters: Counters,
}

/// What is known of a key without a derivation. A closed list: callers act on each.
pub enum Checked<'r, S: Snapshots> {
    /// The key is right and may be used. Its record in the snapshot that was given.
    Verified(&'r Arc<RecordOf<S>>),
    /// It is not.
    Refused(Refusal),
    /// Its secret must be derived.
    NeedsDerivation(Box<Pending<S>>),
}

/// Why a verifier can't be set up.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum VerifierError {
    /// No randomness for the key of the digests.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// The system gives no threads to derive on.
    #[error("no thread could be started to derive secrets on: {0}")]
    Threads(#[from] io::Error),
}

impl<S: Snapshots> Verifier<S> {
    /// Starts the threads that derive, and draws the key of the digests, which never leaves the process.
    pub fn new(settings: Settings, snapshots: S) -> Result<Self, VerifierError> {
        let mut digest_key = Zeroizing::new([0; 32]);
        random::fill(digest_key.as_mut_slice())?;
        let wrong = moka::sync::Cache::builder()
            .max_capacity(settings.wrong_capacity)
            .time_to_live(settings.wrong_lifetime)
            .build();
        let inner = Inner {
            digest_key: MacKey::new(&digest_key),
            verified: Verified::new(&settings),
            wrong,
            flights: Flights::new(),
            failures: Failures::new(&settings),
            pool: Pool::start(settings.threads, settings.queue)?,
            counters: Counters::default(),
            snapshots,
            settings,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Checks a key against a snapshot, as far as that goes without a derivation. `now` is in Unix seconds.
    pub fn check<'r>(&self, token: &str, records: &'r S::Records, now: i64) -> Checked<'r, S> {
        let inner = &self.inner;
        let Ok(key) = PresentedKey::parse(token) else {
            inner.counters.malformed.rise();
            return Checked::Refused(Refusal::Malformed);
        };
        let found = records.find(&key.id()).ok_or(Refusal::Unknown);
        let usable = found.and_then(|record| judge(&**record, now).map(|()| record));
        let looked = usable.ok().filter(|_| records.tag_keys().has(key.tag_version())).map(|record| {
            let digest = inner.digest_key.digest(token.as_bytes());
            let found = inner.verified.find(&digest, record.generation(), now);
            (record, digest, found)
        });
        if let Some((record, _, Found::Yes)) = looked {
            return Checked::Verified(record);
        }
        if !records.tag_keys().verify(&key) {
            inner.counters.forged.rise();
            return Checked::Refused(Refusal::Forged);
        }
        let Some((record, digest, found)) = looked else {
            // Argus minted it, so it is the record that says no.
            let refusal = usable.err().unwrap_or(Refusal::Forged);
            if refusal == Refusal::Unknown {
                inner.counters.unknown.rise();
            }
            return Checked::Refused(refusal);
        };
        let generation = record.generation();
        if found == Found::No && inner.is_known_wrong(&digest, generation) {
            return Checked::Refused(Refusal::WrongSecret);
        }
        let attempt = Attempt {
            token: Secret::new(token.to_owned()),
            digest,
            id: key.id(),
            record: Arc::clone(record),
            generation,
            now,
            started: Instant::now(),
        };
        if found == Found::YesButAgeing {
            inner.refresh(attempt);
            return Checked::Verified(record);
        }
        Checked::NeedsDerivation(Box::new(Pending::new(Arc::clone(inner), attempt)))
    }

    /// Remembers a key as verified that this process has just minted and hashed, for a record of this generation: its
    /// first use is then warm.
    pub fn prime(&self, token: &Secret, generation: u64, now: i64) {
        let digest = self.inner.digest_key.digest(token.expose().as_bytes());
        self.inner.verified.insert(&digest, generation, now);
    }

    /// What happened since the start.
    pub fn counts(&self) -> Counts {
        self.inner.counters.read(self.inner.verified.hits())
    }

    /// Keys that are remembered as verified.
    pub fn verified_len(&self) -> usize {
        self.inner.verified.len()
    }
}

impl<S: Snapshots> Inner<S> {
    fn is_known_wrong(&self, digest: &Digest, generation: u64) -> bool {
        let known = self.wrong.get(digest) == Some(generation);
        if known {
            self.counters.wrong_hits.rise();
        }
        known
    }
}

impl<S: Snapshots> fmt::Debug for Checked<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Verified(_) => f.write_str("Verified(…)"),
            Self::Refused(refusal) => write!(f, "Refused({refusal:?})"),
            Self::NeedsDerivation(pending) => write!(f, "NeedsDerivation({pending:?})"),
        }
    }
}

impl<S: Snapshots> Clone for Verifier<S> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

impl<S: Snapshots> fmt::Debug for Verifier<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier").field("settings", &self.inner.settings).field("counts", &self.counts()).finish()
    }
}
