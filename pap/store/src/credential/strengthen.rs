//! A stronger hash of a secret in the place of a weaker one: what a use of a key leads to, and never in its way.

use diesel::prelude::*;

use super::{CredentialState, StoredHash};
use crate::act::Act;
use crate::audit::{AuditEvent, Entry};
use crate::change::{self, ChangeKind};
use crate::conn::{Conn, on};
use crate::error::StoreError;
use crate::id::KeyId;
use crate::key;
use crate::schema::credentials;

/// A hash of a secret with more iterations than the stored one has.
#[derive(Debug, Clone)]
pub struct StrongerHash {
    /// The credential whose secret it is.
    pub id: String,
    /// The hash that is stored.
    pub before: StoredHash,
    /// The one to be stored.
    pub after: StoredHash,
    /// The iterations of the new one, for the audit.
    pub iterations: u32,
}

/// Keeps a stronger hash, with its audit entry and a line for the key in the change feed: all or none.
///
/// `false` where the organisation of the act has no such key that is still to be used, or where the stored hash isn't
/// the one before: what was revoked, collected or hashed anew meanwhile stays as it is.
pub fn strengthen(conn: &mut Conn, act: &Act, key: KeyId, hash: &StrongerHash) -> Result<bool, StoreError> {
    conn.write(|conn| {
        let Some(found) = key::find_own(conn, act, key)?.filter(|key| !key.state.has_ended()) else {
            return Ok(false);
        };
        // The condition stands in the UPDATE: a revocation at the same moment is then before it or after it.
        let row = credentials::table.find(&hash.id).filter(credentials::key_id.eq(key));
        let row = row.filter(credentials::state.eq(CredentialState::Active));
        let row = row.filter(credentials::hash.eq(&hash.before));
        // Generations stay: it is the same secret, and what nodes remember of it is as true as before.
        if on!(conn, c => diesel::update(row).set(credentials::hash.eq(&hash.after)).execute(c))? == 0 {
            return Ok(false);
        }
        let entry = Entry::new(AuditEvent::CredentialStrengthened, found.target()).with("credential_id", &hash.id);
        change::append(conn, act, ChangeKind::Key, &key, &entry.with("iterations", hash.iterations))?;
        Ok(true)
    })
}
