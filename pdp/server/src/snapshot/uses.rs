//! Uses, noted in passing and written down later: when each credential of a key was last used, and while a key is
//! rotated, which of its secrets is presented, and by whom the older one still is.
//!
//! A decision pays for it with a store to memory that nobody waits for; only with an older secret it takes a lock.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

use argus_credentials::CredentialId;
use argus_store::KeyId;
use argus_store::credential::{MOST_CALLERS, NewCaller};
use chrono::{DateTime, Utc};

/// Characters of a program's name that are kept.
const LONGEST_USER_AGENT: usize = 200;

/// Where a use came from, as far as that is known.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Origin<'o> {
    pub(crate) address: Option<IpAddr>,
    pub(crate) user_agent: Option<&'o str>,
}

/// Which secret of a key it is while the key is rotated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// The key isn't rotated just now.
    Settled,
    /// It makes way for another.
    Older,
    /// It takes another's place.
    Newer,
}

/// Uses of one credential since they were last written down.
#[derive(Debug)]
pub(super) struct CredentialUses {
    id: CredentialId,
    turn: Turn,
    last: LastUse,
    callers: Mutex<Callers>,
}

/// Who presented an older secret, and when last.
type Callers = BTreeMap<(Option<IpAddr>, Option<Box<str>>), i64>;

/// When something was used since that was last written down, in seconds since 1970; 0 where it was not.
#[derive(Debug, Default)]
pub(super) struct LastUse(AtomicI64);

/// Uses of secrets of keys that are rotated, on this node since its start.
#[derive(Debug, Default)]
pub(crate) struct RotationUses {
    older: AtomicU64,
    newer: AtomicU64,
}

/// Uses to be written down.
#[derive(Debug, Default)]
pub(crate) struct Uses {
    pub(crate) keys: Vec<(KeyId, DateTime<Utc>)>,
    pub(crate) credentials: Vec<(String, DateTime<Utc>)>,
    pub(crate) callers: Vec<NewCaller>,
}

impl LastUse {
    pub(super) fn note(&self, seconds: i64) {
        // Reading first keeps the line shared between processors while nothing changes.
        if self.0.load(Relaxed) != seconds {
            self.0.store(seconds, Relaxed);
        }
    }

    pub(super) fn take(&self) -> Option<i64> {
        match self.0.load(Relaxed) {
            0 => None,
            _ => Some(self.0.swap(0, Relaxed)).filter(|seconds| *seconds != 0),
        }
    }

    pub(super) fn take_over(&self, before: &Self) {
        if let Some(seconds) = before.take() {
            self.note(seconds);
        }
    }
}

impl CredentialUses {
    pub(super) fn new(id: CredentialId, turn: Turn) -> Self {
        Self { id, turn, last: LastUse::default(), callers: Mutex::default() }
    }

    pub(super) fn id(&self) -> CredentialId {
        self.id
    }

    pub(super) fn note(&self, seconds: i64, origin: Origin<'_>, counts: &RotationUses) {
        self.last.note(seconds);
        match self.turn {
            Turn::Settled => {}
            Turn::Newer => drop(counts.newer.fetch_add(1, Relaxed)),
            Turn::Older => {
                counts.older.fetch_add(1, Relaxed);
                self.note_caller(seconds, origin);
            }
        }
    }

    fn note_caller(&self, seconds: i64, origin: Origin<'_>) {
        let agent = origin.user_agent.map(|agent| agent.chars().take(LONGEST_USER_AGENT).collect::<String>().into());
        let mut callers = self.lock();
        let room = callers.len() < MOST_CALLERS;
        let caller = (origin.address, agent);
        if room || callers.contains_key(&caller) {
            callers.insert(caller, seconds);
        }
    }

    /// What was noted goes on with the new record of the same credential.
    pub(super) fn take_over(&self, before: &Self) {
        self.last.take_over(&before.last);
        let callers = std::mem::take(&mut *before.lock());
        self.lock().extend(callers);
    }

    pub(super) fn take(&self, uses: &mut Uses) {
        let Some(at) = self.last.take().and_then(time) else { return };
        uses.credentials.push((self.id.to_string(), at));
        let callers = std::mem::take(&mut *self.lock());
        uses.callers.extend(callers.into_iter().filter_map(|((address, agent), seconds)| {
            let user_agent = agent.map(String::from);
            Some(NewCaller { credential_id: self.id.to_string(), address, user_agent, at: time(seconds)? })
        }));
    }

    fn lock(&self) -> MutexGuard<'_, Callers> {
        self.callers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RotationUses {
    /// Uses of older secrets, and of newer ones.
    pub(crate) fn counts(&self) -> (u64, u64) {
        (self.older.load(Relaxed), self.newer.load(Relaxed))
    }
}

impl Uses {
    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.credentials.is_empty() && self.callers.is_empty()
    }

    pub(super) fn add_key(&mut self, key: KeyId, seconds: i64) {
        self.keys.extend(time(seconds).map(|at| (key, at)));
    }
}

fn time(seconds: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(seconds, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uses_of(turn: Turn) -> (CredentialUses, RotationUses) {
        (CredentialUses::new(CredentialId::parse("000000000001").unwrap(), turn), RotationUses::default())
    }

    fn taken(credential: &CredentialUses) -> Uses {
        let mut uses = Uses::default();
        credential.take(&mut uses);
        uses
    }

    #[test]
    fn callers_are_kept_of_an_older_secret_alone_and_once_each() {
        let origin = |n: u8| Origin { address: Some(IpAddr::from([203, 0, 113, n])), user_agent: Some("curl/8") };
        for (turn, callers, counts) in [(Turn::Settled, 0, (0, 0)), (Turn::Newer, 0, (0, 4)), (Turn::Older, 3, (4, 0))]
        {
            let (credential, seen) = uses_of(turn);
            for (seconds, origin) in [(10, origin(1)), (11, origin(2)), (12, origin(1)), (13, Origin::default())] {
                credential.note(seconds, origin, &seen);
            }
            let uses = taken(&credential);
            assert_eq!((uses.credentials.len(), uses.callers.len(), seen.counts()), (1, callers, counts), "{turn:?}");
            assert_eq!(uses.credentials[0].1.timestamp(), 13);
            assert!(taken(&credential).is_empty(), "what was taken isn't taken again");
        }
    }

    #[test]
    fn what_was_noted_goes_on_with_a_new_record_and_a_flood_of_addresses_has_a_bound() {
        let (before, counts) = uses_of(Turn::Older);
        for n in 0..=255 {
            before.note(10, Origin { address: Some(IpAddr::from([203, 0, 113, n])), user_agent: None }, &counts);
        }
        let (after, _) = uses_of(Turn::Older);
        after.take_over(&before);
        assert!(taken(&before).is_empty());
        let uses = taken(&after);
        assert_eq!((uses.credentials.len(), uses.callers.len()), (1, MOST_CALLERS));
    }
}
