//! A credential in the snapshot: what the verifier judges by, and the key behind it.

use std::sync::Arc;

use argus_credentials::{CredentialId, Record, State, StoredHash};

use super::key::KeyView;

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
    pub(super) hash: StoredHash,
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
