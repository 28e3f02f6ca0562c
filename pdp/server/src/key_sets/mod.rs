//! Sets of public keys that are fetched (RFC 7517 §5), and remembered for as long as they are good.
//!
//! | a set | what happens |
//! |---|---|
//! | was never fetched | it is fetched, and whoever needs it waits |
//! | is good for a while yet | it is used; in its last fifth it is fetched beside that |
//! | is no longer good | it is fetched, and whoever needs it waits; where that fails, the old one is used, for a day |
//! | lacks the key of a token | it is fetched, but not within half a minute of the last time |
//!
//! However many wait for one set, it is fetched once, and goes on being fetched if they all hang up. Where a fetch failed,
//! none is tried again for half a minute. Times are those that callers pass.

mod entry;
mod flight;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use argus_credentials::jwt::KeySet;

use crate::outbound::Outbound;
use entry::{Entry, Look};
pub(crate) use flight::Flight;

/// Sets that are remembered at once. Each is at most a megabyte of text, and a hundred keys.
const MOST_SETS: usize = 1_000;

/// The sets, by the address that they are fetched from.
pub(crate) struct KeySets {
    outbound: Outbound,
    entries: Mutex<HashMap<Arc<str>, Arc<Entry>>>,
}

/// A set as it is known now.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) keys: Arc<KeySet>,
    /// Rises with every change: what was verified with an older version has to be verified again.
    pub(crate) version: u64,
}

/// What is known of a set.
#[derive(Debug)]
pub(crate) enum Found {
    /// This.
    Set(Known),
    /// Nothing yet: it is being fetched.
    Wait(Flight),
    /// Nothing, and it can't be fetched now.
    Away { retry_after_seconds: u32 },
}

impl KeySets {
    pub(crate) fn new(outbound: Outbound) -> Self {
        Self { outbound, entries: Mutex::default() }
    }

    /// The set at an address.
    pub(crate) fn find(&self, url: &str, now: i64) -> Found {
        let entry = self.entry(url, now);
        match entry.look(now) {
            Look::Good(known) => Found::Set(known),
            Look::Ageing(known) => {
                // Nobody waits for this one; what it finds is there for the next.
                drop(self.fetch(&entry, now));
                Found::Set(known)
            }
            Look::Absent => Found::Wait(self.fetch(&entry, now)),
            Look::Away { retry_after_seconds } => Found::Away { retry_after_seconds },
        }
    }

    /// The set again, where it lacks a key that a token means: `None` where it was fetched too short a time ago.
    pub(crate) fn find_newer(&self, url: &str, now: i64) -> Option<Flight> {
        let entry = self.entry(url, now);
        entry.may_fetch(now).then(|| self.fetch(&entry, now))
    }

    /// The version of a set that was found before, where that is still good.
    pub(crate) fn version(&self, url: &str, now: i64) -> Option<u64> {
        match self.find(url, now) {
            Found::Set(known) => Some(known.version),
            Found::Wait(_) | Found::Away { .. } => None,
        }
    }

    fn fetch(&self, entry: &Arc<Entry>, now: i64) -> Flight {
        entry.flight(now, |entry| Flight::begin(&self.outbound, entry, now))
    }

    fn entry(&self, url: &str, now: i64) -> Arc<Entry> {
        let mut entries = self.lock();
        if let Some(entry) = entries.get(url) {
            entry.note_use(now);
            return Arc::clone(entry);
        }
        if entries.len() >= MOST_SETS
            && let Some(oldest) =
                entries.iter().min_by_key(|(_, entry)| entry.used_at()).map(|(url, _)| Arc::clone(url))
        {
            entries.remove(&oldest);
        }
        let url: Arc<str> = url.into();
        let entry = Arc::new(Entry::new(Arc::clone(&url), now));
        entries.insert(url, Arc::clone(&entry));
        entry
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Arc<str>, Arc<Entry>>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for KeySets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeySets").field("sets", &self.lock().len()).finish_non_exhaustive()
    }
}
