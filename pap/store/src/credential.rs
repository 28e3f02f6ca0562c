//! `credentials`: the ways to present a key. Of a secret, only its slow hash is kept.

mod material;
mod strengthen;
mod uses;

use chrono::{DateTime, Utc};
use diesel::prelude::*;

pub use material::{CertificateMatch, CredentialKind, CredentialState, Material, PublicMaterial, StoredHash};
pub use strengthen::{StrongerHash, strengthen};
pub use uses::{MOST_CALLERS, NewCaller, SeenCaller, list_callers, note_callers, touch_last_used};

use crate::act::Act;
use crate::audit::{AuditEvent, Entry, View};
use crate::change::{self, ChangeKind};
use crate::conn::{Conn, on};
use crate::error::{OrTaken, Record, StoreError};
use crate::id::KeyId;
use crate::key::{self, KeyEvent, KeyState};
use crate::schema::credentials;
use crate::value::{At, MaybeAt, column};

/// How many credentials of a key may be in use at once.
pub const MOST_CREDENTIALS: u32 = 100;

/// A credential of a key.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = credentials)]
pub struct Credential {
    /// Its id, the 12 base62 characters that stand in what is presented.
    pub id: String,
    /// The key that it presents.
    pub key_id: KeyId,
    /// How it is presented.
    pub kind: CredentialKind,
    /// The hash of its secret; none for other kinds, and before it is collected.
    pub hash: Option<StoredHash>,
    /// What it is checked against; none for a secret.
    pub public: Option<PublicMaterial>,
    /// Where it is in its life.
    pub state: CredentialState,
    /// From when it may be used.
    #[diesel(deserialize_as = At)]
    pub not_before: DateTime<Utc>,
    /// Until when it may be used; none where its key's end is its end.
    #[diesel(deserialize_as = MaybeAt)]
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was made.
    #[diesel(deserialize_as = At)]
    pub created_at: DateTime<Utc>,
    /// When its owner collected its secret, where a rotation was opened for it.
    #[diesel(deserialize_as = MaybeAt)]
    pub collected_at: Option<DateTime<Utc>>,
    /// The newer secret that it is to make way for when it expires.
    pub superseded_by: Option<String>,
    /// When it was first revoked.
    #[diesel(deserialize_as = MaybeAt)]
    pub revoked_at: Option<DateTime<Utc>>,
    /// Higher after every change.
    pub generation: i64,
    /// When it was last presented, a batch ago.
    #[diesel(deserialize_as = MaybeAt)]
    pub last_used_at: Option<DateTime<Utc>>,
    /// When half of its grace is over, where it makes way for a newer secret and nobody was told yet who still uses it.
    #[diesel(deserialize_as = MaybeAt)]
    pub half_time_at: Option<DateTime<Utc>>,
}

/// A credential to be made.
#[derive(Debug, Clone)]
pub struct NewCredential {
    /// Its id, 12 base62 characters.
    pub id: String,
    /// What it is checked against.
    pub material: Material,
    /// From when it may be used.
    pub not_before: DateTime<Utc>,
    /// Until when it may be used.
    pub expires_at: Option<DateTime<Utc>>,
}

impl NewCredential {
    /// What the audit tells of it: what it is checked against only where anyone may see that.
    pub(crate) fn view(&self) -> View {
        let view = View::default().with("id", &self.id).with("kind", self.material.kind());
        let view = view.with("public", self.material.public()).with("not_before", self.not_before);
        view.with("expires_at", self.expires_at)
    }
}

impl Credential {
    /// Whether it is an older secret, good for a while beside a newer one.
    pub fn is_in_grace(&self, at: DateTime<Utc>) -> bool {
        let is_old = self.state == CredentialState::Active && self.superseded_by.is_some();
        is_old && self.expires_at.is_none_or(|end| end > at)
    }
}

/// Adds a credential to a key of the organisation of the act, with its audit entry and a line for the key in the change
/// feed. One that presents another key is [`StoreError::AlreadyExists`], and so is a taken id.
pub fn create(conn: &mut Conn, act: &Act, key: KeyId, new: &NewCredential) -> Result<Credential, StoreError> {
    conn.write(|conn| {
        let found = key::find_own(conn, act, key)?.ok_or_else(|| StoreError::not_found(Record::Key, key))?;
        key::ensure(&found, KeyEvent::Change)?;
        let live = credentials::table.filter(credentials::key_id.eq(key));
        let live = live.filter(credentials::state.ne(CredentialState::Revoked)).count();
        let live: i64 = on!(conn, c => live.get_result(c))?;
        if live >= i64::from(MOST_CREDENTIALS) {
            return Err(StoreError::TooMany { what: "credentials of a key", most: MOST_CREDENTIALS });
        }
        insert(conn, act, key, new)?;
        key::update_key!(conn, found, keys::state.eq(found.state))?;
        let entry = Entry::new(AuditEvent::CredentialCreated, found.target()).with("credential", new.view());
        change::append(conn, act, ChangeKind::Key, &key, &entry)?;
        find(conn, &new.id)?.ok_or_else(|| StoreError::not_found(Record::Credential, &new.id))
    })
}

/// The same, for one whose names can be spelled in several ways: what it is found by is taken of `found_by`, which has
/// them in one. [`StoreError::AlreadyExists`] also where another key is found by that.
pub fn create_found_by(
    conn: &mut Conn,
    act: &Act,
    key: KeyId,
    new: &NewCredential,
    found_by: &PublicMaterial,
) -> Result<Credential, StoreError> {
    conn.write(|conn| {
        let made = create(conn, act, key, new)?;
        let lookup = credentials::lookup.eq(found_by.lookup());
        on!(conn, c => diesel::update(credentials::table.find(&made.id)).set(lookup).execute(c))
            .or_taken(Record::Credential, &made.id)?;
        Ok(made)
    })
}

/// Revokes one credential of a key, with its audit entry and a line for the key in the change feed; its other
/// credentials go on.
///
/// `None` where the key has no such credential, or the organisation of the act no such key. A credential already
/// revoked keeps its first time.
pub fn revoke(conn: &mut Conn, act: &Act, key: KeyId, id: &str) -> Result<Option<Credential>, StoreError> {
    conn.write(|conn| {
        let Some(found) = key::find_own(conn, act, key)? else { return Ok(None) };
        let Some(credential) = find(conn, id)?.filter(|credential| credential.key_id == key) else { return Ok(None) };
        if credential.state == CredentialState::Revoked {
            return Ok(Some(credential));
        }
        retire(conn, act, id)?;
        let in_grace = list(conn, key)?.iter().any(|other| other.is_in_grace(act.at));
        let is_over = found.state == KeyState::Rotating && !in_grace;
        let state = if is_over { key::ensure(&found, KeyEvent::EndGrace)? } else { found.state };
        key::update_key!(conn, found, keys::state.eq(state))?;
        let after = key::find(conn, key)?.ok_or_else(|| StoreError::not_found(Record::Key, key))?;
        let entry = after.entry(AuditEvent::CredentialRevoked, &found).with("credential_id", id);
        change::append(conn, act, ChangeKind::Key, &key, &entry.with("kind", credential.kind))?;
        find(conn, id)
    })
}

/// Revokes the row alone, in the transaction of an act that tells of it.
pub(crate) fn retire(conn: &mut Conn, act: &Act, id: &str) -> Result<(), StoreError> {
    let revoked = (
        credentials::state.eq(CredentialState::Revoked),
        credentials::revoked_at.eq(column(act.at)),
        credentials::generation.eq(credentials::generation + 1),
    );
    on!(conn, c => diesel::update(credentials::table.find(id)).set(revoked).execute(c))?;
    Ok(())
}

/// The credential with this id, of whatever organisation.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Credential>, StoreError> {
    let found = credentials::table.find(id);
    Ok(on!(conn, c => found.select(Credential::as_select()).first(c).optional())?)
}

/// All credentials of a key, oldest first, those revoked included.
pub fn list(conn: &mut Conn, key: KeyId) -> Result<Vec<Credential>, StoreError> {
    let all = credentials::table.filter(credentials::key_id.eq(key));
    let all = all.order((credentials::created_at, credentials::id));
    Ok(on!(conn, c => all.select(Credential::as_select()).load(c))?)
}

/// Adds the row alone, in the transaction of an act that tells of it.
pub(crate) fn insert(conn: &mut Conn, act: &Act, key: KeyId, new: &NewCredential) -> Result<(), StoreError> {
    let row = (
        credentials::id.eq(&new.id),
        credentials::key_id.eq(key),
        credentials::kind.eq(new.material.kind()),
        credentials::hash.eq(new.material.hash()),
        credentials::public.eq(new.material.public()),
        credentials::lookup.eq(new.material.public().and_then(PublicMaterial::lookup)),
        credentials::state.eq(CredentialState::Active),
        credentials::not_before.eq(column(new.not_before)),
        credentials::expires_at.eq(new.expires_at.map(column)),
        credentials::created_at.eq(column(act.at)),
        credentials::generation.eq(1),
    );
    on!(conn, c => diesel::insert_into(credentials::table).values(row).execute(c))
        .or_taken(Record::Credential, &new.id)?;
    Ok(())
}
