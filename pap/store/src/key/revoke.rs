//! Revoking keys, one or many. Those below them need no line of their own: a key is of use only while every key above
//! it is.

use diesel::prelude::*;
use serde_json::{Map, Value, json};

use super::below::ENDED;
use super::find::narrow;
use super::{Key, KeyEvent, KeyFilter, KeyState, ensure, find, find_own, list_below, update_key};
use crate::act::Act;
use crate::audit::{AuditEvent, BULK, Entry, Target, TargetKind, View};
use crate::change::{self, ChangeKind};
use crate::conn::{Conn, on};
use crate::error::{Record, StoreError};
use crate::id::KeyId;
use crate::organisation;
use crate::outbox::{self, NoticeKind};
use crate::schema::keys;
use crate::value::{column, words};

words!(
    /// What makes a key be revoked.
    RevocationCause, "cause of revocation", {
        /// Somebody asked for it.
        Manual = "manual",
        /// A threat was detected.
        Threat = "threat",
        /// A policy said so, by an obligation.
        Policy = "policy",
        /// The key was found where it doesn't belong.
        Leak = "leak",
    }
);

/// Why a key is revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// What makes it be revoked.
    pub cause: RevocationCause,
    /// Why, in words.
    pub reason: String,
}

impl Revocation {
    /// A revocation that somebody asked for.
    pub fn manual(reason: impl Into<String>) -> Self {
        Self { cause: RevocationCause::Manual, reason: reason.into() }
    }

    /// What the owner is told of it.
    pub(super) fn details(&self) -> Map<String, Value> {
        let details = [("cause", json!(self.cause)), ("reason", json!(self.reason))];
        details.map(|(member, value)| (member.to_owned(), value)).into_iter().collect()
    }
}

/// What a bulk revocation stopped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RevokedMany {
    /// The keys that are revoked by it.
    pub revoked: Vec<KeyId>,
    /// The keys below them, which are stopped with them.
    pub below: Vec<KeyId>,
}

/// Rows in one statement.
const CHUNK: usize = 1_000;

/// Revokes a key, with its audit entry and its line in the change feed: all three or none.
///
/// `None` where the organisation of the act has no such key. A key already revoked keeps its first time and reason.
pub fn revoke(conn: &mut Conn, act: &Act, id: KeyId, revocation: &Revocation) -> Result<Option<Key>, StoreError> {
    conn.write(|conn| {
        let Some(key) = find_own(conn, act, id)? else { return Ok(None) };
        if ensure(&key, KeyEvent::Revoke)? == key.state {
            return Ok(Some(key));
        }
        let columns = (
            keys::state.eq(KeyState::Revoked),
            keys::revoked_at.eq(column(act.at)),
            keys::revoked_cause.eq(revocation.cause),
            keys::revoked_reason.eq(&revocation.reason),
        );
        update_key!(conn, key, columns)?;
        let after = find(conn, id)?.ok_or_else(|| StoreError::not_found(Record::Key, id))?;
        change::append(conn, act, ChangeKind::Key, &id, &after.entry(AuditEvent::KeyRevoked, &key))?;
        let details = revocation.details();
        outbox::tell(conn, act, &key, NoticeKind::Revoked, &details)?;
        outbox::tell_below(conn, act, &key, NoticeKind::Revoked, &details)?;
        Ok(Some(after))
    })
}

/// Revokes every key of the organisation of the act that the filter lets through and that hasn't ended, with a line
/// each in the change feed, for each [`BULK`] of them an audit entry that names them, and a notice to each owner: all or
/// none. Of the filter's organisation nothing is asked.
pub fn revoke_many(
    conn: &mut Conn,
    act: &Act,
    filter: &KeyFilter,
    revocation: &Revocation,
) -> Result<RevokedMany, StoreError> {
    conn.write(|conn| {
        let done = list_revocable(conn, act, filter)?;
        for ids in done.revoked.chunks(CHUNK) {
            stop(conn, act, ids, revocation)?;
        }
        outbox::tell_many(conn, act, &done.revoked, &done.below, &revocation.details())?;
        let entries = entries(conn, act, filter, revocation, &done)?;
        change::append_many(conn, act, ChangeKind::Key, &done.revoked, &entries)?;
        Ok(done)
    })
}

/// What [`revoke_many`] would stop.
pub fn list_revocable(conn: &mut Conn, act: &Act, filter: &KeyFilter) -> Result<RevokedMany, StoreError> {
    let filter = KeyFilter { organisation: Some(act.organisation), ..filter.clone() };
    let revoked: Vec<KeyId> = on!(conn, c => {
        let mut rows = keys::table.select(keys::id).into_boxed();
        narrow!(rows, &filter);
        rows.filter(keys::state.ne_all(ENDED)).order(keys::id).load(c)
    })?;
    let below = list_below(conn, &revoked)?;
    Ok(RevokedMany { revoked, below })
}

fn stop(conn: &mut Conn, act: &Act, ids: &[KeyId], revocation: &Revocation) -> Result<(), StoreError> {
    let rows = keys::table.filter(keys::id.eq_any(ids));
    let columns = (
        keys::state.eq(KeyState::Revoked),
        keys::revoked_at.eq(column(act.at)),
        keys::revoked_cause.eq(revocation.cause),
        keys::revoked_reason.eq(&revocation.reason),
        keys::generation.eq(keys::generation + 1),
    );
    let stopped = on!(conn, c => diesel::update(rows).set(columns).execute(c))?;
    if stopped == ids.len() { Ok(()) } else { Err(StoreError::Busy) }
}

/// The entries of a bulk revocation. Each names its share of the keys, so that every key can be found in one.
fn entries(
    conn: &mut Conn,
    act: &Act,
    filter: &KeyFilter,
    revocation: &Revocation,
    done: &RevokedMany,
) -> Result<Vec<Entry>, StoreError> {
    let named = organisation::find(conn, act.organisation)?.map(|found| found.name);
    let target = Target { kind: TargetKind::Organisation, id: act.organisation.to_string(), path: named };
    let parts = done.revoked.len().div_ceil(BULK);
    let mut whole = Entry::new(AuditEvent::KeysRevoked, target);
    if let Some(owner) = &filter.owner {
        whole = whole.with_person("owner", owner);
    }
    let whole = whole
        .with("filter", filter.view())
        .with("cause", revocation.cause)
        .with("reason", &revocation.reason)
        .with("keys_in_all", done.revoked.len())
        .with("keys_below", done.below.len())
        .with("parts", parts);
    let part = |(place, keys): (usize, &[KeyId])| whole.clone().with("part", place + 1).with("keys", keys);
    Ok(done.revoked.chunks(BULK).enumerate().map(part).collect())
}

impl KeyFilter {
    /// All of it but the owner, who is a person.
    fn view(&self) -> View {
        let view = View::default().with("project", self.project).with("state", self.state).with("tag", &self.tag);
        let view = view.with("environment", self.environment).with("parent", self.parent);
        view.with("created_from", self.created_from).with("created_before", self.created_before)
    }
}
