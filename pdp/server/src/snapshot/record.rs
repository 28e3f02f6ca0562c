//! A credential in the snapshot: what the verifier judges by, and the key behind it.

use std::sync::Arc;

use argus_credentials::{CredentialId, Record, State, StoredHash};
use chrono::DateTime;

use super::key::KeyView;
use super::stopped::{Stopped, time};

/// A credential with its key. What it says of state and validity holds for the chain above the key as well.
#[derive(Debug)]
pub struct KeyRecord {
    /// The credential.
    pub credential_id: CredentialId,
    /// The key that it presents.
    pub key: Arc<KeyView>,
    pub(super) generation: u64,
    pub(super) state: State,
    pub(super) not_before: i64,
    pub(super) expires_at: Option<i64>,
    /// Why it can't be used, where somebody stopped it.
    pub(super) stopped: Option<Stopped>,
    pub(super) hash: StoredHash,
}

impl KeyRecord {
    /// Since when it is revoked or suspended, and why, in words.
    pub(crate) fn stopped(&self) -> Option<String> {
        self.stopped.as_ref().map(ToString::to_string)
    }

    /// The time from which it can be used, in words.
    pub(crate) fn begin(&self) -> Option<String> {
        DateTime::from_timestamp(self.not_before, 0).map(time)
    }

    /// The time up to which it can be used, in words.
    pub(crate) fn end(&self) -> Option<String> {
        self.expires_at.and_then(|end| DateTime::from_timestamp(end, 0)).map(time)
    }
}

impl Record for KeyRecord {
    fn generation(&self) -> u64 {
        self.generation
    }

    fn state(&self) -> State {
        self.state
    }

    fn not_before(&self) -> Option<i64> {
        Some(self.not_before)
    }

    fn expires_at(&self) -> Option<i64> {
        self.expires_at
    }

    fn hash(&self) -> &StoredHash {
        &self.hash
    }
}
