//! Rotation: a new secret under the same key, and a grace in which the older one is good beside it.
//!
//! There are never more than two: a rotation during the grace of an earlier one ends that grace, and retires the oldest
//! secret at once. A rotation that is opened makes a credential without a secret, which its owner collects once; the
//! grace of the older secret begins when he does. Credentials of other kinds have nothing to do with it.

use chrono::{DateTime, SecondsFormat, Utc};
use diesel::prelude::*;
use serde_json::{Map, json};

use super::make::next_rotation;
use super::{Key, KeyEvent, KeyState, ensure, find, find_own, update_key};
use crate::act::Act;
use crate::audit::{AuditEvent, Entry, View};
use crate::change::{self, ChangeKind};
use crate::conn::{Conn, on};
use crate::credential::{self, Credential, CredentialKind, CredentialState, Material, NewCredential, StoredHash};
use crate::error::{OrTaken, Record, StoreError};
use crate::id::KeyId;
use crate::outbox::{self, NoticeKind};
use crate::schema::credentials;
use crate::value::column;

/// A new secret for a key.
#[derive(Debug, Clone)]
pub struct Rotation {
    /// The credential that presents it.
    pub id: String,
    /// Its hash.
    pub hash: StoredHash,
    /// Until when the older secret is good, if the key doesn't end before. A time that has come ends it at once.
    pub grace_ends_at: DateTime<Utc>,
}

/// Gives a key a new secret, with its audit entry and its line in the change feed: all or none.
///
/// `None` where the organisation of the act has no such key. A rotation that was opened and not collected is closed. A
/// pending key has no grace, for nobody uses it yet. `seen` as for [`super::change`].
pub fn rotate(
    conn: &mut Conn,
    act: &Act,
    id: KeyId,
    rotation: &Rotation,
    seen: Option<i64>,
) -> Result<Option<Key>, StoreError> {
    conn.write(|conn| {
        let Some(key) = find_own(conn, act, id)? else { return Ok(None) };
        if seen.is_some_and(|seen| seen != key.generation) {
            return Err(StoreError::Stale { what: Record::Key, found: key.generation });
        }
        ensure(&key, event(act, &key, rotation.grace_ends_at))?;
        let material = Material::Secret(rotation.hash.clone());
        let new = NewCredential { id: rotation.id.clone(), material, not_before: act.at, expires_at: None };
        credential::insert(conn, act, id, &new)?;
        supersede(conn, act, &key, rotation, AuditEvent::KeyRotated)
    })
}

/// Opens a rotation: a credential without a secret, that waits to be collected. A key has one at a time; where there is
/// one already it is given back, and `id` isn't used.
///
/// `None` where the organisation of the act has no such key.
pub fn open_rotation(conn: &mut Conn, act: &Act, key: KeyId, id: &str) -> Result<Option<Credential>, StoreError> {
    conn.write(|conn| {
        let Some(found) = find_own(conn, act, key)? else { return Ok(None) };
        ensure(&found, KeyEvent::OpenRotation)?;
        if let Some(open) = list_of_state(conn, key, CredentialState::Pending)?.into_iter().next() {
            return Ok(Some(open));
        }
        let row = (
            credentials::id.eq(id),
            credentials::key_id.eq(key),
            credentials::kind.eq(CredentialKind::Secret),
            credentials::state.eq(CredentialState::Pending),
            credentials::not_before.eq(column(act.at)),
            credentials::created_at.eq(column(act.at)),
            credentials::generation.eq(1),
        );
        on!(conn, c => diesel::insert_into(credentials::table).values(row).execute(c))
            .or_taken(Record::Credential, id)?;
        update_key!(conn, found, keys::state.eq(found.state))?;
        let entry = Entry::new(AuditEvent::RotationOpened, found.target()).with("credential_id", id);
        change::append(conn, act, ChangeKind::Key, &key, &entry)?;
        let details = Map::from_iter([("credential_id".to_owned(), json!(id))]);
        outbox::tell(conn, act, &found, NoticeKind::RotationOpened, &details)?;
        credential::find(conn, id)
    })
}

/// Gives the credential of an opened rotation its secret, once, with its audit entry and a line for the key in the
/// change feed: all or none. The grace of the older secret begins.
///
/// `None` where the key has no such credential, or the organisation of the act no such key. A credential that was
/// collected or revoked is [`StoreError::NotPossible`].
pub fn collect(conn: &mut Conn, act: &Act, key: KeyId, rotation: &Rotation) -> Result<Option<Key>, StoreError> {
    conn.write(|conn| {
        let Some(found) = find_own(conn, act, key)? else { return Ok(None) };
        let waiting = credential::find(conn, &rotation.id)?.filter(|credential| credential.key_id == key);
        let Some(waiting) = waiting else { return Ok(None) };
        if waiting.state != CredentialState::Pending {
            let (what, state) = (Record::Credential, waiting.state.as_str());
            return Err(StoreError::NotPossible { what, state, event: "collected" });
        }
        ensure(&found, event(act, &found, rotation.grace_ends_at))?;
        let collected = (
            credentials::state.eq(CredentialState::Active),
            credentials::hash.eq(&rotation.hash),
            credentials::not_before.eq(column(act.at)),
            credentials::collected_at.eq(column(act.at)),
            credentials::generation.eq(credentials::generation + 1),
        );
        let row = credentials::table.find(&rotation.id);
        on!(conn, c => diesel::update(row).set(collected).execute(c))?;
        supersede(conn, act, &found, rotation, AuditEvent::RotationCollected)
    })
}

/// Retires the secrets of a key whose grace is over, with its audit entry and its line in the change feed. Before that,
/// nothing happens.
///
/// `None` where the organisation of the act has no such key.
pub fn end_grace(conn: &mut Conn, act: &Act, id: KeyId) -> Result<Option<Key>, StoreError> {
    conn.write(|conn| {
        let Some(key) = find_own(conn, act, id)? else { return Ok(None) };
        let active = list_of_state(conn, id, CredentialState::Active)?;
        let (in_grace, over): (Vec<_>, Vec<_>) = active
            .into_iter()
            .filter(|credential| credential.superseded_by.is_some())
            .partition(|old| old.is_in_grace(act.at));
        for old in &over {
            credential::retire(conn, act, &old.id)?;
        }
        let is_over = in_grace.is_empty() && (key.state == KeyState::Rotating || !over.is_empty());
        if over.is_empty() && !is_over || key.state.has_ended() {
            return Ok(Some(key));
        }
        let state = if is_over { ensure(&key, KeyEvent::EndGrace)? } else { key.state };
        update_key!(conn, key, keys::state.eq(state))?;
        let after = found(conn, id)?;
        let retired: Vec<_> = over.iter().map(|old| old.id.as_str()).collect();
        let entry = after.entry(AuditEvent::GraceEnded, &key).with("retired_credentials", retired);
        change::append(conn, act, ChangeKind::Key, &id, &entry)?;
        Ok(Some(after))
    })
}

/// Puts a new secret in the place of all others of the key, and the key where that leads it; tells of it.
fn supersede(
    conn: &mut Conn,
    act: &Act,
    key: &Key,
    rotation: &Rotation,
    told: AuditEvent,
) -> Result<Option<Key>, StoreError> {
    let newest = rotation.id.as_str();
    let end = key.expires_at.map_or(rotation.grace_ends_at, |end| end.min(rotation.grace_ends_at));
    let (mut event, mut grace_ends_at) = (KeyEvent::RotateAtOnce, None);
    let (mut in_grace, mut retired) = (None, Vec::new());
    for old in credential::list(conn, key.id)? {
        if old.kind != CredentialKind::Secret || old.state == CredentialState::Revoked || old.id == newest {
            continue;
        }
        let end = old.expires_at.map_or(end, |own| own.min(end));
        let may_stay = old.state == CredentialState::Active && old.superseded_by.is_none();
        if key.state != KeyState::Pending && may_stay && end > act.at {
            event = KeyEvent::Rotate;
            grace_ends_at = Some(end);
            give_grace(conn, act, &old.id, newest, end)?;
            in_grace = Some(View::default().with("credential_id", &old.id).with("until", end));
        } else {
            credential::retire(conn, act, &old.id)?;
            retired.push(old.id);
        }
    }
    let state = ensure(key, event)?;
    let rotate_at = next_rotation(act.at, key.rotation_interval_seconds).map(column);
    update_key!(conn, key, (keys::state.eq(state), keys::rotate_at.eq(rotate_at)))?;
    let after = found(conn, key.id)?;
    let entry = after.entry(told, key).with("credential_id", newest).with("in_grace", in_grace);
    change::append(conn, act, ChangeKind::Key, &key.id, &entry.with("retired_credentials", retired))?;
    let grace_ends_at = grace_ends_at.map(|end| end.to_rfc3339_opts(SecondsFormat::AutoSi, true));
    let details = [("credential_id", json!(newest)), ("grace_ends_at", json!(grace_ends_at))];
    let details = details.map(|(member, value)| (member.to_owned(), value));
    outbox::tell(conn, act, key, NoticeKind::Rotated, &Map::from_iter(details))?;
    Ok(Some(after))
}

fn found(conn: &mut Conn, id: KeyId) -> Result<Key, StoreError> {
    find(conn, id)?.ok_or_else(|| StoreError::not_found(Record::Key, id))
}

fn give_grace(conn: &mut Conn, act: &Act, old: &str, newest: &str, end: DateTime<Utc>) -> Result<(), StoreError> {
    let half_time_at = act.at + (end - act.at) / 2;
    let columns = (
        credentials::half_time_at.eq(column(half_time_at)),
        credentials::superseded_by.eq(newest),
        credentials::expires_at.eq(column(end)),
        credentials::generation.eq(credentials::generation + 1),
    );
    on!(conn, c => diesel::update(credentials::table.find(old)).set(columns).execute(c))?;
    Ok(())
}

fn event(act: &Act, key: &Key, grace_ends_at: DateTime<Utc>) -> KeyEvent {
    let at_once = key.state == KeyState::Pending || grace_ends_at <= act.at;
    if at_once { KeyEvent::RotateAtOnce } else { KeyEvent::Rotate }
}

fn list_of_state(conn: &mut Conn, key: KeyId, state: CredentialState) -> Result<Vec<Credential>, StoreError> {
    let mut all = credential::list(conn, key)?;
    all.retain(|credential| credential.state == state);
    Ok(all)
}
