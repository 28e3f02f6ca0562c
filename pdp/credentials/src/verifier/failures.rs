//! Failed derivations, counted by source and by credential: what bounds the work that wrong secrets can cause.
//!
//! Only a derivation that failed is charged, and only one that is about to start is asked for. A key that is known to
//! be right never comes here, so nobody can lock its holder out by guessing. Each place holds one number, the time at
//! which all of its failures are forgiven (the generic cell rate algorithm). A place that owes is never evicted: at
//! the cap newcomers share one place, so that a flood of sources limits itself.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, PoisonError},
};

use super::settings::{FailureLimit, Settings};
use crate::{key::CredentialId, peer::PeerPrefix};

/// Places in each table. Derivations fail some 16 times a second and core and are forgiven within two minutes, so it is
/// never full by default; the cap is for other settings.
const PLACES: usize = 65_536;

#[derive(Debug)]
pub(super) struct Failures {
    sources: Table<PeerPrefix>,
    credentials: Table<CredentialId>,
}

#[derive(Debug)]
struct Table<K> {
    limit: FailureLimit,
    capacity: usize,
    places: Mutex<Places<K>>,
}

#[derive(Debug)]
struct Places<K> {
    forgiven_at: HashMap<K, i64>,
    shared: i64,
}

impl Failures {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            sources: Table::new(settings.failures_per_source, PLACES),
            credentials: Table::new(settings.failures_per_credential, PLACES),
        }
    }

    /// Whether a derivation may start: if not, the seconds until it may.
    pub(super) fn seconds_to_wait(&self, source: Option<PeerPrefix>, id: CredentialId, now: i64) -> Option<u32> {
        let source = source.and_then(|source| self.sources.seconds_to_wait(&source, now));
        source.max(self.credentials.seconds_to_wait(&id, now))
    }

    /// Charges a failed derivation.
    pub(super) fn charge(&self, source: Option<PeerPrefix>, id: CredentialId, now: i64) {
        if let Some(source) = source {
            self.sources.charge(source, now);
        }
        self.credentials.charge(id, now);
    }
}

impl<K: Eq + Hash> Table<K> {
    fn new(limit: FailureLimit, capacity: usize) -> Self {
        Self { limit, capacity, places: Mutex::new(Places { forgiven_at: HashMap::new(), shared: i64::MIN }) }
    }

    fn seconds_to_wait(&self, key: &K, now: i64) -> Option<u32> {
        let places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let unseen = if places.forgiven_at.len() < self.capacity { i64::MIN } else { places.shared };
        let forgiven_at = places.forgiven_at.get(key).copied().unwrap_or(unseen);
        let owed = self.owed(forgiven_at, now);
        u32::try_from(owed + self.each() - self.most()).ok().filter(|seconds| *seconds > 0)
    }

    fn charge(&self, key: K, now: i64) {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if places.forgiven_at.len() >= self.capacity {
            places.forgiven_at.retain(|_, forgiven_at| *forgiven_at > now);
        }
        let full = places.forgiven_at.len() >= self.capacity && !places.forgiven_at.contains_key(&key);
        let places = &mut *places;
        let place = if full { &mut places.shared } else { places.forgiven_at.entry(key).or_insert(i64::MIN) };
        *place = now.saturating_add((self.owed(*place, now) + self.each()).min(self.most()));
    }

    /// Seconds of debt. Never more than a full burst: a clock that is set back by an hour locks nobody out for one.
    fn owed(&self, forgiven_at: i64, now: i64) -> i64 {
        forgiven_at.saturating_sub(now).clamp(0, self.most())
    }

    fn each(&self) -> i64 {
        i64::from(self.limit.seconds_each.get())
    }

    fn most(&self) -> i64 {
        self.each() * i64::from(self.limit.burst.get())
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    /// Three at once, then one in ten seconds, for at most two keys.
    fn table() -> Table<&'static str> {
        let [burst, seconds_each] = [3, 10].map(|count| NonZeroU32::new(count).unwrap());
        Table::new(FailureLimit { burst, seconds_each }, 2)
    }

    fn allowed(table: &Table<&'static str>, key: &'static str, now: i64) -> bool {
        table.seconds_to_wait(&key, now).is_none()
    }

    #[test]
    fn a_burst_is_allowed_then_one_in_each_span() {
        let table = table();
        for _ in 0..3 {
            assert!(allowed(&table, "mallory", 100));
            table.charge("mallory", 100);
        }
        assert_eq!(table.seconds_to_wait(&"mallory", 100), Some(10));
        assert_eq!(table.seconds_to_wait(&"mallory", 109), Some(1));
        assert!(allowed(&table, "mallory", 110));
        table.charge("mallory", 110);
        assert!(!allowed(&table, "mallory", 110));
        assert!(allowed(&table, "alice", 110));
    }

    #[test]
    fn failures_that_were_under_way_together_owe_no_more_than_a_burst() {
        let table = table();
        (0..50).for_each(|_| table.charge("mallory", 100));
        assert_eq!(table.seconds_to_wait(&"mallory", 100), Some(10));
    }

    #[test]
    fn a_clock_set_back_by_an_hour_locks_nobody_out_for_an_hour() {
        let table = table();
        (0..3).for_each(|_| table.charge("mallory", 4_000));
        assert_eq!(table.seconds_to_wait(&"mallory", 400), Some(10));
    }

    #[test]
    fn at_the_cap_debtors_stay_and_newcomers_share_a_place() {
        let table = table();
        for key in ["mallory", "trudy"] {
            (0..3).for_each(|_| table.charge(key, 100));
        }
        (0..3).for_each(|_| table.charge("eve", 100));
        let (eve, chuck) = (allowed(&table, "eve", 105), allowed(&table, "chuck", 105));
        assert_eq!((allowed(&table, "mallory", 105), eve, chuck), (false, false, false));
        // All debts are over: the places are free again.
        table.charge("chuck", 200);
        assert!(allowed(&table, "eve", 200) && allowed(&table, "mallory", 200));
    }
}
