//! One way to present a key, in the snapshot: what is judged by, and the key behind it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use argus_credentials::{CredentialId, Record, Refusal, State, StoredHash};
use argus_engine::scope::{Scope, covers_text};
use chrono::{DateTime, Utc};

use super::chain::intersect;
use super::key::KeyView;
use super::stopped::{Stopped, time};
use super::uses::Origin;
use crate::authentication::Method;

/// Tells the records of a process apart.
static SERIAL: AtomicU64 = AtomicU64::new(1);

/// A way to present a key, with the key. What it says of state and validity holds for the chain above the key as well.
#[derive(Debug, Clone)]
pub struct KeyRecord {
    /// The credential; none where an access token is presented, which is the key's and not one credential's.
    pub credential_id: Option<CredentialId>,
    /// The key that it presents.
    pub key: Arc<KeyView>,
    /// How it is presented.
    pub method: Method,
    /// No two records of a process have the same: what was worked out for one is not taken for another's.
    pub(crate) serial: u64,
    /// What a token leaves of the key's scopes, where it says that it leaves less.
    narrowed: Option<Arc<[Scope]>>,
    pub(super) generation: u64,
    pub(super) state: State,
    pub(super) not_before: Option<i64>,
    pub(super) expires_at: Option<i64>,
    /// Why it can't be used, where somebody stopped it.
    pub(super) stopped: Option<Stopped>,
}

/// What a [`KeyRecord`] is made of.
pub(super) struct RecordParts {
    pub(super) credential_id: Option<CredentialId>,
    pub(super) key: Arc<KeyView>,
    pub(super) method: Method,
    pub(super) generation: u64,
    pub(super) state: State,
    pub(super) not_before: Option<i64>,
    pub(super) expires_at: Option<i64>,
    pub(super) stopped: Option<Stopped>,
}

/// A secret, with what it presents.
#[derive(Debug)]
pub struct SecretRecord {
    /// What it presents.
    pub(crate) record: Arc<KeyRecord>,
    pub(super) hash: StoredHash,
}

impl KeyRecord {
    pub(super) fn new(parts: RecordParts) -> Self {
        Self {
            credential_id: parts.credential_id,
            key: parts.key,
            method: parts.method,
            serial: SERIAL.fetch_add(1, Relaxed),
            narrowed: None,
            generation: parts.generation,
            state: parts.state,
            not_before: parts.not_before,
            expires_at: parts.expires_at,
            stopped: parts.stopped,
        }
    }

    /// The same for a token that grants these scopes: what they and the key have in common.
    pub(crate) fn narrowed_to(&self, scopes: &[Scope]) -> Self {
        let narrowed = Some(intersect(&self.key.scopes, scopes).into());
        Self { narrowed, serial: SERIAL.fetch_add(1, Relaxed), ..self.clone() }
    }

    /// What it grants.
    pub fn scopes(&self) -> &[Scope] {
        self.narrowed.as_deref().unwrap_or(&self.key.scopes)
    }

    /// Whether a token leaves less than the key grants.
    pub fn is_narrowed(&self) -> bool {
        self.narrowed.is_some()
    }

    /// What a token leaves of the key's scopes, where it leaves less.
    pub(crate) fn narrowed(&self) -> Option<&[Scope]> {
        self.narrowed.as_deref()
    }

    /// The first of its scopes that covers this path and action, given as text.
    pub(crate) fn scope_for(&self, path: &str, action: &str) -> Option<&Scope> {
        self.scopes().iter().find(|scope| covers_text(scope.as_str(), path, action))
    }

    /// Whether it may be used at a time, in Unix seconds, and else why not.
    pub(crate) fn judge(&self, now: i64) -> Result<(), Refusal> {
        self.state.judge(self.not_before, self.expires_at, now)
    }

    /// Until when it may be used: the earliest end of the credential, its key and the keys above.
    pub fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.expires_at.and_then(|end| DateTime::from_timestamp(end, 0))
    }

    /// Whether nobody has stopped it.
    pub(crate) fn is_in_use(&self) -> bool {
        self.state == State::Active
    }

    /// Rises whenever something that was verified earlier may no longer be believed.
    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }

    /// Notes a use. A decision never waits for it to be written down.
    pub(crate) fn note_use(&self, seconds: i64, origin: Origin<'_>) {
        self.key.note_use(self.credential_id, seconds, origin);
    }

    /// Since when it is revoked or suspended, and why, in words.
    pub(crate) fn stopped(&self) -> Option<String> {
        self.stopped.as_ref().map(ToString::to_string)
    }

    /// Whether it is a credential that was taken from its key.
    pub(crate) fn is_retired(&self) -> bool {
        self.stopped.as_ref().is_some_and(Stopped::is_of_credential)
    }

    /// The time from which it can be used, in words.
    pub(crate) fn begin(&self) -> Option<String> {
        self.not_before.and_then(|first| DateTime::from_timestamp(first, 0)).map(time)
    }

    /// The time up to which it can be used, in words.
    pub(crate) fn end(&self) -> Option<String> {
        self.expires_at().map(time)
    }
}

impl Record for SecretRecord {
    fn generation(&self) -> u64 {
        self.record.generation
    }

    fn state(&self) -> State {
        self.record.state
    }

    fn not_before(&self) -> Option<i64> {
        self.record.not_before
    }

    fn expires_at(&self) -> Option<i64> {
        self.record.expires_at
    }

    fn hash(&self) -> &StoredHash {
        &self.hash
    }
}
