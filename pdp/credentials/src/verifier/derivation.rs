//! A key that is not warm: its one derivation, who waits for it, and what is remembered of it.

use std::{fmt, sync::Arc, time::Instant};

use tokio::sync::watch;

use super::{
    Inner,
    flights::{Arrival, Outcome},
    pool::{Full, Lane},
    verified::Found,
};
use crate::{
    key::CredentialId,
    mac::Digest,
    peer::PeerPrefix,
    record::{Record, RecordOf, Records, Snapshots, Stronger, judge},
    refusal::Refusal,
    secret::Secret,
};

/// A key whose form, tag, state and validity are right, and whose secret must be derived to be known right.
///
/// Holds a copy of the key, wiped when it is dropped or its derivation is done.
pub struct Pending<S: Snapshots> {
    inner: Arc<Inner<S>>,
    attempt: Attempt<RecordOf<S>>,
}

/// What a derivation needs.
pub(super) struct Attempt<R> {
    pub(super) token: Secret,
    pub(super) digest: Digest,
    pub(super) id: CredentialId,
    pub(super) record: Arc<R>,
    pub(super) generation: u64,
    pub(super) now: i64,
    pub(super) started: Instant,
}

/// A request's place in a derivation.
enum Place<R> {
    /// It was decided in the meantime, or is refused without a derivation.
    Decided(Outcome<R>),
    /// Its outcome will arrive.
    Waiting(Arrival<R>),
}

impl<S: Snapshots> Pending<S> {
    pub(super) fn new(inner: Arc<Inner<S>>, attempt: Attempt<RecordOf<S>>) -> Self {
        Self { inner, attempt }
    }

    /// Derives, or waits for a derivation of the same key that is under way. Gives the record that is in force
    /// afterwards. `source` is where the key was presented from, if that is known.
    ///
    /// Must run in a tokio runtime with time. Dropping the future stops the wait, not the derivation.
    pub async fn derive(self, source: Option<PeerPrefix>) -> Outcome<RecordOf<S>> {
        let inner = Arc::clone(&self.inner);
        let mut arrival = match self.take_place(source) {
            Place::Decided(outcome) => return outcome,
            Place::Waiting(arrival) => arrival,
        };
        let arrived = tokio::time::timeout(inner.settings.longest_wait, arrival.wait_for(Option::is_some)).await;
        if let Ok(Ok(outcome)) = arrived
            && let Some(outcome) = outcome.clone()
        {
            return outcome;
        }
        // The derivation goes on: a retry after it finds the key warm.
        inner.counters.busy.rise();
        Err(Refusal::Busy { retry_after_seconds: inner.pool.seconds_until_free() })
    }

    fn take_place(self, source: Option<PeerPrefix>) -> Place<RecordOf<S>> {
        let Self { inner, attempt } = self;
        let mut under_way = inner.flights.lock();
        if let Some(arrival) = under_way.get(&attempt.digest) {
            inner.counters.shared.rise();
            return Place::Waiting(arrival.clone());
        }
        // A flight may have landed since the check. What it found was remembered before it left the table.
        if inner.verified.find(&attempt.digest, attempt.generation, attempt.now) != Found::No {
            return Place::Decided(Ok(attempt.record));
        }
        if inner.is_known_wrong(&attempt.digest, attempt.generation) {
            return Place::Decided(Err(Refusal::WrongSecret));
        }
        if let Some(retry_after_seconds) = inner.failures.seconds_to_wait(source, attempt.id, attempt.now) {
            inner.counters.limited.rise();
            return Place::Decided(Err(Refusal::Busy { retry_after_seconds }));
        }
        let (sender, arrival) = watch::channel(None);
        let digest = attempt.digest.clone();
        let submitted = inner.pool.submit(Lane::Request, || {
            let landing =
                Landing { inner: Arc::clone(&inner), attempt: Arc::new(attempt), source, sender, outcome: None };
            Box::new(|| landing.land())
        });
        if submitted == Err(Full) {
            inner.counters.busy.rise();
            return Place::Decided(Err(Refusal::Busy { retry_after_seconds: inner.pool.promise() }));
        }
        under_way.insert(digest, arrival.clone());
        Place::Waiting(arrival)
    }
}

impl<S: Snapshots> fmt::Debug for Pending<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pending({})", self.attempt.id)
    }
}

/// The end of a flight. However the derivation ends, by a panic too, its place in the table is given up and those who
/// wait hear of it: in that order, so that whoever finds no flight finds what was remembered.
struct Landing<S: Snapshots> {
    inner: Arc<Inner<S>>,
    attempt: Arc<Attempt<RecordOf<S>>>,
    source: Option<PeerPrefix>,
    sender: watch::Sender<Option<Outcome<RecordOf<S>>>>,
    outcome: Option<Outcome<RecordOf<S>>>,
}

impl<S: Snapshots> Landing<S> {
    fn land(mut self) {
        let outcome = self.inner.derive(&self.attempt, self.source);
        if outcome.is_ok() {
            self.inner.strengthen(&self.attempt);
        }
        self.outcome = Some(outcome);
    }
}

impl<S: Snapshots> Drop for Landing<S> {
    fn drop(&mut self) {
        self.inner.flights.lock().remove(&self.attempt.digest);
        if let Some(outcome) = self.outcome.take() {
            self.sender.send_replace(Some(outcome));
        }
    }
}

impl<S: Snapshots> Inner<S> {
    /// Derives a verified key again, when a thread has nothing else to do.
    pub(super) fn refresh(self: &Arc<Self>, attempt: Attempt<RecordOf<S>>) {
        let digest = attempt.digest.clone();
        let submitted = self.pool.submit(Lane::Background, || {
            let inner = Arc::clone(self);
            Box::new(move || {
                inner.counters.refreshes.rise();
                // What it says is remembered; nobody waits for it.
                if inner.derive(&attempt, None).is_ok() {
                    inner.strengthen(&Arc::new(attempt));
                }
            })
        });
        if submitted == Err(Full) {
            self.verified.release(&digest);
        }
    }

    /// Hashes a secret that was just shown right once more, where its stored hash has fewer rounds than new ones, when
    /// a thread has nothing else to do. Where the queue has no room, a later derivation asks again.
    fn strengthen(self: &Arc<Self>, attempt: &Arc<Attempt<RecordOf<S>>>) {
        let Some(hasher) = self.settings.strengthen else { return };
        if !hasher.would_strengthen(attempt.record.hash()) {
            return;
        }
        let _ = self.pool.submit(Lane::Background, || {
            let (inner, attempt) = (Arc::clone(self), Arc::clone(attempt));
            Box::new(move || {
                // Without randomness there is no new salt, and the old hash stays.
                let Ok(after) = hasher.hash(attempt.token.expose()) else { return };
                inner.counters.strengthened.rise();
                let before = attempt.record.hash().clone();
                inner.snapshots.take_stronger(Stronger { id: attempt.id, before, after });
            })
        });
    }

    fn derive(&self, attempt: &Attempt<RecordOf<S>>, source: Option<PeerPrefix>) -> Outcome<RecordOf<S>> {
        let matches = attempt.record.hash().matches(attempt.token.expose());
        self.counters.derivations.rise();
        let waited = i64::try_from(attempt.started.elapsed().as_secs()).unwrap_or_default();
        let now = attempt.now.saturating_add(waited);
        if matches { self.accept(attempt, now) } else { Err(self.refuse(attempt, source, now)) }
    }

    fn refuse(&self, attempt: &Attempt<RecordOf<S>>, source: Option<PeerPrefix>, now: i64) -> Refusal {
        self.counters.wrong_secrets.rise();
        self.verified.remove(&attempt.digest);
        self.wrong.insert(attempt.digest.clone(), attempt.generation);
        self.failures.charge(source, attempt.id, now);
        Refusal::WrongSecret
    }

    /// The secret matched the record that was in force when the derivation began. What is in force now decides.
    fn accept(&self, attempt: &Attempt<RecordOf<S>>, now: i64) -> Outcome<RecordOf<S>> {
        let records = self.snapshots.current();
        let record = records.find(&attempt.id).ok_or(Refusal::Unknown)?;
        judge(&**record, now)?;
        if record.generation() == attempt.generation {
            // A change from here on raises the generation, and with it every later look-up misses this entry.
            self.verified.insert(&attempt.digest, attempt.generation, now);
        } else if record.hash() != attempt.record.hash() {
            // Another secret is in force: what was derived says nothing about it.
            return Err(Refusal::Busy { retry_after_seconds: 1 });
        }
        Ok(Arc::clone(record))
    }
}
