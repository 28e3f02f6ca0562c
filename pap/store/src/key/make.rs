//! Making a key. It never stands without its first credential, nor a credential without its key.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use super::{Environment, FAN_OUT, Key, KeyEvent, KeyState, LONGEST_CHAIN, count_derived, ensure, find, list_chain};
use crate::act::Act;
use crate::audit::{AuditEvent, Entry};
use crate::change::{self, ChangeKind};
use crate::conditions::Conditions;
use crate::conn::{Conn, on};
use crate::credential::{self, NewCredential};
use crate::error::{OrTaken, Record, StoreError};
use crate::id::{KeyId, ProjectId};
use crate::limit::{Limit, Limits};
use crate::schema::keys;
use crate::value::{Texts, column};
use crate::{organisation, project};

/// A key to be made in the organisation of the act.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// Its id, from [`KeyId::new`].
    pub id: KeyId,
    /// The project it belongs to; none for a key of the organisation itself.
    pub project_id: Option<ProjectId>,
    /// Its name.
    pub name: String,
    /// Who answers for it.
    pub owner: String,
    /// What it may be used on.
    pub environment: Environment,
    /// What it grants, as scope-tokens.
    pub scopes: Vec<String>,
    /// What it must meet.
    pub conditions: Conditions,
    /// How much it may be used.
    pub limits: Vec<Limit>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// The key that it is derived from, of the same organisation.
    pub parent_key_id: Option<KeyId>,
    /// From when it may be used; until then it is pending.
    pub not_before: Option<DateTime<Utc>>,
    /// When it ends.
    pub expires_at: Option<DateTime<Utc>>,
    /// Why it may live longer than others.
    pub expiry_exception: Option<String>,
    /// How often it gets a new secret.
    pub rotation_interval_seconds: Option<i64>,
    /// How long an older secret is good beside a new one.
    pub grace_seconds: Option<i64>,
    /// Whether no use of it is answered before it stands in a journal.
    pub durable: bool,
}

/// Makes a key with its first credential, its audit entry and its line in the change feed: all of it or nothing.
///
/// [`StoreError::AlreadyExists`] says whether the name is taken by a key that hasn't ended, or the credential's id by
/// any credential; the latter is chance, and another id will do. A chain above it with a key that is stopped is
/// [`StoreError::NotPossible`], one that is too long or too wide [`StoreError::TooMany`].
pub fn create(conn: &mut Conn, act: &Act, new: &NewKey, first: &NewCredential) -> Result<Key, StoreError> {
    conn.write(|conn| {
        check_belonging(conn, act, new)?;
        insert(conn, act, new)?;
        credential::insert(conn, act, new.id, first)?;
        let made = find(conn, new.id)?.ok_or_else(|| StoreError::not_found(Record::Key, new.id))?;
        let entry = Entry::new(AuditEvent::KeyCreated, made.target()).made(made.view());
        change::append(conn, act, ChangeKind::Key, &new.id, &entry.with("credential", first.view()))?;
        Ok(made)
    })
}

/// The database would refuse these rows too, but couldn't say which reference is wrong.
fn check_belonging(conn: &mut Conn, act: &Act, new: &NewKey) -> Result<(), StoreError> {
    organisation::find(conn, act.organisation)?
        .ok_or_else(|| StoreError::not_found(Record::Organisation, act.organisation))?;
    if let Some(id) = new.project_id {
        project::find(conn, act.organisation, id)?.ok_or_else(|| StoreError::not_found(Record::Project, id))?;
    }
    if let Some(id) = new.parent_key_id {
        find(conn, id)?
            .filter(|parent| parent.organisation_id == act.organisation)
            .ok_or_else(|| StoreError::not_found(Record::Key, id))?;
        check_chain(conn, id)?;
    }
    Ok(())
}

/// Whether another key may be derived from this one.
fn check_chain(conn: &mut Conn, parent: KeyId) -> Result<(), StoreError> {
    let chain = list_chain(conn, parent)?;
    if chain.len() > LONGEST_CHAIN {
        return Err(StoreError::TooMany { what: "keys above a key", most: count(LONGEST_CHAIN) });
    }
    for above in &chain {
        ensure(above, KeyEvent::Delegate)?;
    }
    if count_derived(conn, parent)? >= i64::from(FAN_OUT) {
        return Err(StoreError::TooMany { what: "keys derived from one", most: FAN_OUT });
    }
    Ok(())
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn insert(conn: &mut Conn, act: &Act, new: &NewKey) -> Result<(), StoreError> {
    let begins = new.not_before.filter(|first| *first > act.at);
    let row = (
        keys::id.eq(new.id),
        keys::organisation_id.eq(act.organisation),
        keys::project_id.eq(new.project_id),
        keys::name.eq(&new.name),
        keys::owner.eq(&new.owner),
        keys::environment.eq(new.environment),
        keys::scopes.eq(Texts(new.scopes.clone())),
        keys::conditions.eq(&new.conditions),
        keys::limits.eq(Limits(new.limits.clone())),
        keys::tags.eq(Texts(new.tags.clone())),
        keys::parent_key_id.eq(new.parent_key_id),
        keys::state.eq(if begins.is_some() { KeyState::Pending } else { KeyState::Active }),
        keys::not_before.eq(new.not_before.map(column)),
        keys::expires_at.eq(new.expires_at.map(column)),
        keys::expiry_exception.eq(&new.expiry_exception),
        keys::rotation_interval_seconds.eq(new.rotation_interval_seconds),
        keys::grace_seconds.eq(new.grace_seconds),
        keys::durable.eq(new.durable),
        keys::rotate_at.eq(next_rotation(begins.unwrap_or(act.at), new.rotation_interval_seconds).map(column)),
        keys::created_at.eq(column(act.at)),
        keys::created_by.eq(act.actor),
        keys::generation.eq(1),
    );
    on!(conn, c => diesel::insert_into(keys::table).values(row).execute(c)).or_taken(Record::Key, &new.name)?;
    Ok(())
}

/// When a key with this interval is to be rotated next. One beyond all times is never.
pub(super) fn next_rotation(since: DateTime<Utc>, interval_seconds: Option<i64>) -> Option<DateTime<Utc>> {
    since.checked_add_signed(TimeDelta::try_seconds(interval_seconds?)?)
}
