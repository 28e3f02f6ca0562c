//! What the verifier needs to know of a credential, and where it asks: the caller's snapshot.

use std::sync::Arc;

use crate::{hash::StoredHash, key::CredentialId, refusal::Refusal, tag::TagKeys};

/// A credential in the snapshot. The caller's own type, with whatever else he wants back (key, owner, scopes).
pub trait Record: Send + Sync + 'static {
    /// A number that rises whenever a secret verified earlier may no longer be believed: when the hash, the state or
    /// the chain above the key changed. It never falls while the process lives. A rise costs one derivation.
    fn generation(&self) -> u64;

    /// Whether it may be used, the key and every key above it included.
    fn state(&self) -> State;

    /// The first second, in Unix time, in which it is valid.
    fn not_before(&self) -> Option<i64>;

    /// The first second, in Unix time, in which it is no longer valid: the earliest of the credential, its key and the
    /// keys above.
    fn expires_at(&self) -> Option<i64>;

    /// The stored secret.
    fn hash(&self) -> &StoredHash;
}

/// Whether a credential may be used. A closed list: a match may rely on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// In use.
    Active,
    /// Stopped for a time, by a person or a detector.
    Suspended,
    /// Ended for good.
    Revoked,
}

/// One snapshot of all credentials. Nothing in it changes.
pub trait Records: Send + Sync + 'static {
    /// The caller's record.
    type Record: Record;

    /// The tag keys in use when the snapshot was made.
    fn tag_keys(&self) -> &TagKeys;

    /// The record of a credential. On the way of every request: a look-up in a map, without lock or allocation.
    fn find(&self, id: &CredentialId) -> Option<&Arc<Self::Record>>;
}

/// Where the snapshot in force is had. Asked after a derivation, to learn what changed during it.
pub trait Snapshots: Send + Sync + 'static {
    /// The caller's snapshot.
    type Records: Records;

    /// The snapshot in force now.
    fn current(&self) -> Arc<Self::Records>;

    /// Takes a stronger hash of a secret that was just shown right, to be kept in the place of the one that it was
    /// verified by. Called on a thread that derives: it must not block. Whatever becomes of it, the secret was right.
    fn take_stronger(&self, _stronger: Stronger) {}
}

/// A hash of a secret with more rounds than the stored one has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stronger {
    /// Whose secret it is.
    pub id: CredentialId,
    /// The stored hash that the secret matched: only in its place may the new one be kept.
    pub before: StoredHash,
    /// The new one, of the same secret with another salt.
    pub after: StoredHash,
}

/// The record type of a source of snapshots.
pub type RecordOf<S> = <<S as Snapshots>::Records as Records>::Record;

impl State {
    /// State, then validity: all that is said of a credential before what it is proven by is looked at. Times are Unix
    /// seconds.
    pub fn judge(self, not_before: Option<i64>, expires_at: Option<i64>, now: i64) -> Result<(), Refusal> {
        match self {
            Self::Revoked => return Err(Refusal::Revoked),
            Self::Suspended => return Err(Refusal::Suspended),
            Self::Active => {}
        }
        if not_before.is_some_and(|first| now < first) {
            return Err(Refusal::NotYetValid);
        }
        if expires_at.is_some_and(|end| now >= end) {
            return Err(Refusal::Expired);
        }
        Ok(())
    }
}

pub(crate) fn judge<R: Record>(record: &R, now: i64) -> Result<(), Refusal> {
    record.state().judge(record.not_before(), record.expires_at(), now)
}
