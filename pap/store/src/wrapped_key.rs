//! `wrapped_keys`: keys of the installation itself, such as its tag keys, sealed under a master key that isn't here.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::act::Act;
use crate::change::{self, ChangeKind};
use crate::conn::{Conn, on};
use crate::error::{OrTaken, Record, StoreError};
use crate::id::WrappedKeyId;
use crate::schema::wrapped_keys;
use crate::value::{At, MaybeAt, column};

/// A key in its envelope.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = wrapped_keys)]
pub struct WrappedKey {
    /// Its id, which the envelope is bound to.
    pub id: WrappedKeyId,
    /// What it is for, such as `tag`.
    pub purpose: String,
    /// Which one of its purpose.
    pub version: i32,
    /// The sealed key.
    pub envelope: String,
    /// When it was made.
    #[diesel(deserialize_as = At)]
    pub created_at: DateTime<Utc>,
    /// Since when nothing new is made with it.
    #[diesel(deserialize_as = MaybeAt)]
    pub retired_at: Option<DateTime<Utc>>,
}

/// A wrapped key to be kept.
#[derive(Debug, Clone)]
pub struct NewWrappedKey {
    /// Its id, from [`WrappedKeyId::new`].
    pub id: WrappedKeyId,
    /// What it is for.
    pub purpose: String,
    /// Which one of its purpose.
    pub version: i32,
    /// The sealed key.
    pub envelope: String,
}

/// Keeps a wrapped key, with its line in the change feed. A version that its purpose already has is
/// [`StoreError::AlreadyExists`].
pub fn create(conn: &mut Conn, act: &Act, new: &NewWrappedKey) -> Result<WrappedKey, StoreError> {
    conn.write(|conn| {
        let row = (
            wrapped_keys::id.eq(new.id),
            wrapped_keys::purpose.eq(&new.purpose),
            wrapped_keys::version.eq(new.version),
            wrapped_keys::envelope.eq(&new.envelope),
            wrapped_keys::created_at.eq(column(act.at)),
        );
        on!(conn, c => diesel::insert_into(wrapped_keys::table).values(row).execute(c))
            .or_taken(Record::WrappedKey, format_args!("{} {}", new.purpose, new.version))?;
        change::append(conn, act, ChangeKind::WrappedKey, &new.id)?;
        find(conn, new.id)?.ok_or_else(|| StoreError::not_found(Record::WrappedKey, new.id))
    })
}

/// Retires a wrapped key, with its line in the change feed. What was made with it can still be checked. One already
/// retired keeps its first time.
pub fn retire(conn: &mut Conn, act: &Act, id: WrappedKeyId) -> Result<Option<WrappedKey>, StoreError> {
    conn.write(|conn| {
        let in_use = wrapped_keys::table.find(id).filter(wrapped_keys::retired_at.is_null());
        let retired = wrapped_keys::retired_at.eq(column(act.at));
        if on!(conn, c => diesel::update(in_use).set(retired).execute(c))? == 1 {
            change::append(conn, act, ChangeKind::WrappedKey, &id)?;
        }
        find(conn, id)
    })
}

/// The wrapped key with this id.
pub fn find(conn: &mut Conn, id: WrappedKeyId) -> Result<Option<WrappedKey>, StoreError> {
    let found = wrapped_keys::table.find(id);
    Ok(on!(conn, c => found.select(WrappedKey::as_select()).first(c).optional())?)
}

/// All wrapped keys of a purpose by version, those retired included.
pub fn list(conn: &mut Conn, purpose: &str) -> Result<Vec<WrappedKey>, StoreError> {
    let all = wrapped_keys::table.filter(wrapped_keys::purpose.eq(purpose));
    let all = all.order(wrapped_keys::version);
    Ok(on!(conn, c => all.select(WrappedKey::as_select()).load(c))?)
}
