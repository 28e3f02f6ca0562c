//! `credentials`: the ways to present a key. Of a secret, only its slow hash is kept.

use std::fmt;

use chrono::{DateTime, Utc};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;

use crate::act::Act;
use crate::change::{self, ChangeKind};
use crate::conn::{Conn, on};
use crate::error::{OrTaken, Record, StoreError};
use crate::id::KeyId;
use crate::key;
use crate::schema::credentials;
use crate::value::{At, MaybeAt, column};

/// A credential of a key.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = credentials)]
pub struct Credential {
    /// Its id, the 12 base62 characters that stand in what is presented.
    pub id: String,
    /// The key that it presents.
    pub key_id: KeyId,
    /// The hash of its secret.
    pub hash: StoredHash,
    /// From when it may be used.
    #[diesel(deserialize_as = At)]
    pub not_before: DateTime<Utc>,
    /// Until when it may be used; none where its key's end is its end.
    #[diesel(deserialize_as = MaybeAt)]
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was made.
    #[diesel(deserialize_as = At)]
    pub created_at: DateTime<Utc>,
    /// When it was first revoked.
    #[diesel(deserialize_as = MaybeAt)]
    pub revoked_at: Option<DateTime<Utc>>,
    /// Higher after every change.
    pub generation: i64,
}

/// A credential to be made.
#[derive(Debug, Clone)]
pub struct NewCredential {
    /// Its id, 12 base62 characters.
    pub id: String,
    /// The hash of its secret.
    pub hash: StoredHash,
    /// From when it may be used.
    pub not_before: DateTime<Utc>,
    /// Until when it may be used.
    pub expires_at: Option<DateTime<Utc>>,
}

/// A PHC string. It keeps out of logs: with it, a weak secret could be guessed at leisure.
#[derive(Clone, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct StoredHash(String);

impl StoredHash {
    /// Takes a PHC string as it is.
    pub fn new(phc: String) -> Self {
        Self(phc)
    }

    /// The PHC string.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for StoredHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoredHash(..)")
    }
}

impl<DB: Backend> ToSql<Text, DB> for StoredHash
where
    String: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

impl<DB: Backend> FromSql<Text, DB> for StoredHash
where
    String: FromSql<Text, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        String::from_sql(value).map(Self)
    }
}

/// Adds a credential to a key of the organisation of the act, with a line for the key in the change feed.
pub fn create(conn: &mut Conn, act: &Act, key: KeyId, new: &NewCredential) -> Result<Credential, StoreError> {
    conn.write(|conn| {
        key::find(conn, key)?
            .filter(|key| key.organisation_id == act.organisation)
            .ok_or_else(|| StoreError::not_found(Record::Key, key))?;
        insert(conn, act, key, new)?;
        change::append(conn, act, ChangeKind::Key, &key)?;
        find(conn, &new.id)?.ok_or_else(|| StoreError::not_found(Record::Credential, &new.id))
    })
}

/// Revokes one credential of a key, with a line for the key in the change feed; its other credentials go on.
///
/// `None` where the key has no such credential, or the organisation of the act no such key. A credential already
/// revoked keeps its first time.
pub fn revoke(conn: &mut Conn, act: &Act, key: KeyId, id: &str) -> Result<Option<Credential>, StoreError> {
    conn.write(|conn| {
        if key::find(conn, key)?.is_none_or(|key| key.organisation_id != act.organisation) {
            return Ok(None);
        }
        let live = credentials::table.find(id).filter(credentials::key_id.eq(key));
        let live = live.filter(credentials::revoked_at.is_null());
        let revoked =
            (credentials::revoked_at.eq(column(act.at)), credentials::generation.eq(credentials::generation + 1));
        if on!(conn, c => diesel::update(live).set(revoked).execute(c))? == 1 {
            change::append(conn, act, ChangeKind::Key, &key)?;
        }
        Ok(find(conn, id)?.filter(|credential| credential.key_id == key))
    })
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
        credentials::hash.eq(&new.hash),
        credentials::not_before.eq(column(new.not_before)),
        credentials::expires_at.eq(new.expires_at.map(column)),
        credentials::created_at.eq(column(act.at)),
        credentials::generation.eq(1),
    );
    on!(conn, c => diesel::insert_into(credentials::table).values(row).execute(c))
        .or_taken(Record::Credential, &new.id)?;
    Ok(())
}
