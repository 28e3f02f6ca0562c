//! Uses, noted in passing and written down later: when each credential of a key was last used, and while a key is
//! rotated, which of its secrets is presented, and by whom the older one still is.
//!
//! A decision pays for it with a store to memory that nobody waits for; only with an older secret it takes a lock. A
//! first use is written down at once, so that nothing that was used is said never to have been.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::{
    AtomicBool, AtomicI64, AtomicU64,
    Ordering::{Acquire, Relaxed, Release},
};
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

/// When something was used since that was last written down.
#[derive(Debug, Default)]
pub(super) struct LastUse {
    /// In seconds since 1970; 0 where it was not.
    seconds: AtomicI64,
    /// Whether no use of it was ever written down, as far as this node knows.
    is_first: AtomicBool,
}

/// Uses of secrets of keys that are rotated, on this node since its start.
#[derive(Debug, Default)]
pub(crate) struct RotationUses {
    older: AtomicU64,
    newer: AtomicU64,
    /// Whether something was used for the first time, and that has yet to be written down.
    has_first: AtomicBool,
}

/// Uses to be written down.
#[derive(Debug, Default)]
pub(crate) struct Uses {
    pub(crate) keys: Vec<(KeyId, DateTime<Utc>)>,
    pub(crate) credentials: Vec<(String, DateTime<Utc>)>,
    pub(crate) callers: Vec<NewCaller>,
}

impl LastUse {
    /// Of something that was last used then, as far as that was written down.
    pub(super) fn since(last: Option<DateTime<Utc>>) -> Self {
        Self { seconds: AtomicI64::new(0), is_first: AtomicBool::new(last.is_none()) }
    }

    /// Notes a use. Where it is the first, that is noted there as well.
    pub(super) fn note(&self, seconds: i64, counts: &RotationUses) {
        // Reading first keeps the line shared between processors while nothing changes.
        if self.seconds.load(Relaxed) != seconds {
            self.seconds.store(seconds, Relaxed);
            if self.is_first.load(Relaxed) {
                counts.has_first.store(true, Release);
            }
        }
    }

    pub(super) fn take(&self) -> Option<i64> {
        if self.seconds.load(Relaxed) == 0 {
            return None;
        }
        self.is_first.store(false, Relaxed);
        Some(self.seconds.swap(0, Relaxed)).filter(|seconds| *seconds != 0)
    }

    /// Whether it was used, and that is the first use that is written down.
    pub(super) fn is_first_use(&self) -> bool {
        self.is_first.load(Relaxed) && self.seconds.load(Relaxed) != 0
    }

    pub(super) fn take_over(&self, before: &Self, counts: &RotationUses) {
        if let Some(seconds) = before.take() {
            self.note(seconds, counts);
        }
    }
}

impl CredentialUses {
    /// Of a credential that was last used then, as far as that was written down.
    pub(super) fn new(id: CredentialId, turn: Turn, last: Option<DateTime<Utc>>) -> Self {
        Self { id, turn, last: LastUse::since(last), callers: Mutex::default() }
    }

    pub(super) fn id(&self) -> CredentialId {
        self.id
    }

    pub(super) fn note(&self, seconds: i64, origin: Origin<'_>, counts: &RotationUses) {
        self.last.note(seconds, counts);
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
    pub(super) fn take_over(&self, before: &Self, counts: &RotationUses) {
        self.last.take_over(&before.last, counts);
        let callers = std::mem::take(&mut *before.lock());
        self.lock().extend(callers);
    }

    /// Whether it was used, and that is the first use that is written down.
    pub(super) fn is_first_use(&self) -> bool {
        self.last.is_first_use()
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

    /// Whether something was used for the first time since this was last asked.
    pub(crate) fn take_first(&self) -> bool {
        self.has_first.load(Relaxed) && self.has_first.swap(false, Acquire)
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
        (CredentialUses::new(CredentialId::parse("000000000001").unwrap(), turn, None), RotationUses::default())
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
    fn a_first_use_is_told_of_until_it_is_taken_and_later_ones_are_not() {
        let (credential, counts) = uses_of(Turn::Settled);
        assert!(!counts.take_first() && !credential.is_first_use());
        credential.note(10, Origin::default(), &counts);
        assert!(credential.is_first_use() && counts.take_first() && !counts.take_first());
        let (after, _) = uses_of(Turn::Settled);
        after.take_over(&credential, &counts);
        assert!(after.is_first_use() && counts.take_first(), "a new record of the key loses nothing");
        assert_eq!(taken(&after).credentials.len(), 1);
        after.note(11, Origin::default(), &counts);
        assert!(!after.is_first_use() && !counts.take_first());

        let known = CredentialUses::new(after.id, Turn::Settled, time(9));
        known.note(12, Origin::default(), &counts);
        assert!(!known.is_first_use() && !counts.take_first(), "it was used before");
    }

    #[test]
    fn what_was_noted_goes_on_with_a_new_record_and_a_flood_of_addresses_has_a_bound() {
        let (before, counts) = uses_of(Turn::Older);
        for n in 0..=255 {
            before.note(10, Origin { address: Some(IpAddr::from([203, 0, 113, n])), user_agent: None }, &counts);
        }
        let (after, _) = uses_of(Turn::Older);
        after.take_over(&before, &counts);
        assert!(taken(&before).is_empty());
        let uses = taken(&after);
        assert_eq!((uses.credentials.len(), uses.callers.len()), (1, MOST_CALLERS));
    }
}
