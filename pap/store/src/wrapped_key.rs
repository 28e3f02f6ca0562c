//! `wrapped_keys`: keys of the installation itself, such as its tag keys, sealed under a master key that isn't here.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::act::Act;
use crate::audit::{AuditEvent, Entry, Target, TargetKind, View};
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

impl WrappedKey {
    fn target(&self) -> Target {
        Target::new(TargetKind::WrappedKey, &self.id, format!("{}/{}", self.purpose, self.version))
    }

    fn view(&self) -> View {
        let view = View::default().with("purpose", &self.purpose).with("version", self.version);
        view.with("retired_at", self.retired_at)
    }
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

/// Keeps a wrapped key, with its audit entry and its line in the change feed. A version that its purpose already has is
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
        let made = find(conn, new.id)?.ok_or_else(|| StoreError::not_found(Record::WrappedKey, new.id))?;
        let entry = Entry::new(AuditEvent::WrappedKeyCreated, made.target()).made(made.view());
        change::append(conn, act, ChangeKind::WrappedKey, &new.id, &entry)?;
        Ok(made)
    })
}

/// Retires a wrapped key, with its audit entry and its line in the change feed. What was made with it can still be
/// checked. One already retired keeps its first time.
pub fn retire(conn: &mut Conn, act: &Act, id: WrappedKeyId) -> Result<Option<WrappedKey>, StoreError> {
    conn.write(|conn| {
        let in_use = wrapped_keys::table.find(id).filter(wrapped_keys::retired_at.is_null());
        let retired = wrapped_keys::retired_at.eq(column(act.at));
        let is_new = on!(conn, c => diesel::update(in_use).set(retired).execute(c))? == 1;
        let Some(found) = find(conn, id)? else { return Ok(None) };
        if is_new {
            let entry = Entry::new(AuditEvent::WrappedKeyRetired, found.target()).made(found.view());
            change::append(conn, act, ChangeKind::WrappedKey, &id, &entry)?;
        }
        Ok(Some(found))
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
