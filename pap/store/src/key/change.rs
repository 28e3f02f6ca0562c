//! Changing what a key grants, asks, or is called.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::make::next_rotation;
use super::{Key, KeyEvent, ensure, find, find_own};
use crate::act::Act;
use crate::audit::AuditEvent;
use crate::change::{self, ChangeKind};
use crate::conditions::Conditions;
use crate::conn::{Conn, on};
use crate::error::{OrTaken, Record, StoreError};
use crate::id::KeyId;
use crate::limit::{Limit, Limits};
use crate::schema::keys;
use crate::value::{Texts, column, set};

/// What becomes of a key. What is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyChange {
    /// Its name.
    pub name: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// What it grants.
    pub scopes: Option<Vec<String>>,
    /// What it must meet.
    pub conditions: Option<Conditions>,
    /// How much it may be used.
    pub limits: Option<Vec<Limit>>,
    /// Words to find it by.
    pub tags: Option<Vec<String>>,
    /// When it ends; `Some(None)` for never.
    pub expires_at: Option<Option<DateTime<Utc>>>,
    /// Why it may live longer than others.
    pub expiry_exception: Option<Option<String>>,
    /// How often it gets a new secret; `Some(None)` for never. The next rotation is then counted from the act.
    pub rotation_interval_seconds: Option<Option<i64>>,
    /// How long an older secret is good beside a new one.
    pub grace_seconds: Option<Option<i64>>,
    /// Whether no use of it is answered before it stands in a journal.
    pub durable: Option<bool>,
}

/// Changes a key, with its audit entry and its line in the change feed: all or none. A change to what it is
/// already makes neither.
///
/// `None` where the organisation of the act has no such key. A caller who says which generation he has seen gets
/// [`StoreError::Stale`] where there is a newer one.
pub fn change(
    conn: &mut Conn,
    act: &Act,
    id: KeyId,
    change: &KeyChange,
    seen: Option<i64>,
) -> Result<Option<Key>, StoreError> {
    conn.write(|conn| {
        let Some(before) = find_own(conn, act, id)? else { return Ok(None) };
        if seen.is_some_and(|seen| seen != before.generation) {
            return Err(StoreError::Stale { what: Record::Key, found: before.generation });
        }
        ensure(&before, KeyEvent::Change)?;
        let after = change.apply(act, before.clone());
        if after == before {
            return Ok(Some(before));
        }
        write(conn, &after)?;
        change::append(conn, act, ChangeKind::Key, &id, &after.entry(AuditEvent::KeyChanged, &before))?;
        find(conn, id)
    })
}

impl KeyChange {
    fn apply(&self, act: &Act, mut key: Key) -> Key {
        set(&mut key.name, self.name.as_ref());
        set(&mut key.owner, self.owner.as_ref());
        set(&mut key.scopes, self.scopes.as_ref());
        set(&mut key.conditions, self.conditions.as_ref());
        set(&mut key.limits, self.limits.as_ref());
        set(&mut key.tags, self.tags.as_ref());
        set(&mut key.expires_at, self.expires_at.as_ref());
        set(&mut key.expiry_exception, self.expiry_exception.as_ref());
        set(&mut key.grace_seconds, self.grace_seconds.as_ref());
        set(&mut key.durable, self.durable.as_ref());
        if let Some(interval) = self.rotation_interval_seconds.filter(|new| *new != key.rotation_interval_seconds) {
            key.rotation_interval_seconds = interval;
            key.rotate_at = next_rotation(act.at, interval);
        }
        key
    }
}

fn write(conn: &mut Conn, key: &Key) -> Result<(), StoreError> {
    let row = keys::table.find(key.id).filter(keys::generation.eq(key.generation));
    let columns = (
        keys::name.eq(&key.name),
        keys::owner.eq(&key.owner),
        keys::scopes.eq(Texts(key.scopes.clone())),
        keys::conditions.eq(&key.conditions),
        keys::limits.eq(Limits(key.limits.clone())),
        keys::tags.eq(Texts(key.tags.clone())),
        keys::expires_at.eq(key.expires_at.map(column)),
        keys::expiry_exception.eq(&key.expiry_exception),
        keys::rotation_interval_seconds.eq(key.rotation_interval_seconds),
        keys::grace_seconds.eq(key.grace_seconds),
        keys::durable.eq(key.durable),
        keys::rotate_at.eq(key.rotate_at.map(column)),
        keys::generation.eq(keys::generation + 1),
    );
    let written = on!(conn, c => diesel::update(row).set(columns).execute(c)).or_taken(Record::Key, &key.name)?;
    if written == 1 { Ok(()) } else { Err(StoreError::Busy) }
}
