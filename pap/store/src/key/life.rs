//! A key begins, is suspended, resumed, and expires. What may follow on what is said in [`KeyState::after`] alone.

use chrono::NaiveDateTime;
use serde_json::{Map, Value, json};

use super::{Key, KeyEvent, KeyState, Revocation, find};
use crate::act::Act;
use crate::audit::{AuditEvent, Entry};
use crate::change::{self, ChangeKind};
use crate::conn::Conn;
use crate::credential;
use crate::error::{Record, StoreError};
use crate::id::KeyId;
use crate::outbox::{self, NoticeKind};
use crate::value::{column, words};

words!(
    /// Why a key expired.
    ExpiryCause, "cause of expiry", {
        /// Its end had come.
        End = "end",
        /// It was older than its organisation lets keys become.
        Age = "age",
        /// Nobody had used it for longer than its organisation allows.
        Idle = "idle",
    }
);

/// Sets columns of a key that was read in this transaction, and counts its generation on.
///
/// Acts happen one after the other, so that the key can't have changed since; if it had, the act would be lost, not
/// the other's change.
macro_rules! update_key {
    ($conn:expr, $key:expr, $columns:expr) => {{
        use diesel::prelude::*;
        use $crate::schema::keys;
        let row = keys::table.find($key.id).filter(keys::generation.eq($key.generation));
        let columns = ($columns, keys::generation.eq(keys::generation + 1));
        match $crate::conn::on!($conn, c => diesel::update(row).set(columns).execute(c))? {
            1 => Ok(()),
            _ => Err($crate::StoreError::Busy),
        }
    }};
}
pub(crate) use update_key;

/// Makes a pending key active when its first moment has come, with its audit entry and its line in the change feed.
/// `None` where the organisation of the act has no such key; before that moment nothing happens.
pub fn begin(conn: &mut Conn, act: &Act, id: KeyId) -> Result<Option<Key>, StoreError> {
    step(conn, act, id, |key, _| {
        let has_come = key.not_before.is_none_or(|first| first <= act.at);
        Ok(has_come.then_some((KeyEvent::Begin, AuditEvent::KeyBegun)))
    })
}

/// Suspends a key, with its audit entry and its line in the change feed. `None` as for [`begin`]; a key already
/// suspended keeps its first time, one that has ended is [`StoreError::NotPossible`].
pub fn suspend(conn: &mut Conn, act: &Act, id: KeyId) -> Result<Option<Key>, StoreError> {
    step(conn, act, id, |_, _| Ok(Some((KeyEvent::Suspend, AuditEvent::KeySuspended))))
}

/// The same, for a cause that the audit and whoever answers for the key are told.
pub fn suspend_for(conn: &mut Conn, act: &Act, id: KeyId, why: &Revocation) -> Result<Option<Key>, StoreError> {
    let (cause, reason) = (why.cause, why.reason.as_str());
    let tell = |entry: Entry| entry.with("cause", cause).with("reason", reason);
    told_step(conn, act, id, |_, _| Ok(Some((KeyEvent::Suspend, AuditEvent::KeySuspended))), tell, &why.details())
}

/// Puts a suspended key back where it was in its life, with its audit entry and its line in the change feed. `None` as
/// for [`begin`]; a key that isn't suspended stays what it is, one that has ended is [`StoreError::NotPossible`].
pub fn resume(conn: &mut Conn, act: &Act, id: KeyId) -> Result<Option<Key>, StoreError> {
    step(conn, act, id, |key, conn| {
        if key.not_before.is_some_and(|first| first > act.at) {
            return Ok(Some((KeyEvent::ResumePending, AuditEvent::KeyResumed)));
        }
        let in_grace = credential::list(conn, key.id)?.iter().any(|old| old.is_in_grace(act.at));
        Ok(Some((if in_grace { KeyEvent::ResumeRotating } else { KeyEvent::Resume }, AuditEvent::KeyResumed)))
    })
}

/// Notes that a key has expired, with its audit entry and its line in the change feed. `None` as for [`begin`]; a key
/// already expired keeps its first time, a revoked one is [`StoreError::NotPossible`].
pub fn expire(conn: &mut Conn, act: &Act, id: KeyId, cause: ExpiryCause) -> Result<Option<Key>, StoreError> {
    conn.write(|conn| {
        let before = find_own(conn, act, id)?;
        let tell = |entry: Entry| entry.with("cause", cause);
        let step = |_: &Key, _: &mut Conn| Ok(Some((KeyEvent::Expire, AuditEvent::KeyExpired)));
        let after = told_step(conn, act, id, step, tell, &Map::new())?;
        if let Some(before) = before.filter(|before| !before.state.has_ended()) {
            let details = Map::from_iter([("cause".to_owned(), json!(cause))]);
            outbox::tell(conn, act, &before, NoticeKind::Expired, &details)?;
            // At its end all below it have ended as well, and are told of by themselves.
            if cause != ExpiryCause::End {
                outbox::tell_below(conn, act, &before, NoticeKind::Expired, &details)?;
            }
        }
        Ok(after)
    })
}

/// One step in the life of a key that changes nothing but its state and the time that goes with it.
fn step(
    conn: &mut Conn,
    act: &Act,
    id: KeyId,
    choose: impl FnOnce(&Key, &mut Conn) -> Result<Option<(KeyEvent, AuditEvent)>, StoreError>,
) -> Result<Option<Key>, StoreError> {
    told_step(conn, act, id, choose, |entry| entry, &Map::new())
}

/// The same, with more to tell of it.
fn told_step(
    conn: &mut Conn,
    act: &Act,
    id: KeyId,
    choose: impl FnOnce(&Key, &mut Conn) -> Result<Option<(KeyEvent, AuditEvent)>, StoreError>,
    tell: impl FnOnce(Entry) -> Entry,
    details: &Map<String, Value>,
) -> Result<Option<Key>, StoreError> {
    conn.write(|conn| {
        let Some(key) = find_own(conn, act, id)? else { return Ok(None) };
        let Some((event, told)) = choose(&key, conn)? else { return Ok(Some(key)) };
        let state = ensure(&key, event)?;
        if state == key.state {
            return Ok(Some(key));
        }
        let at = Some(column(act.at));
        match state {
            KeyState::Suspended => update_key!(conn, key, (keys::state.eq(state), keys::suspended_at.eq(at)))?,
            KeyState::Expired => update_key!(conn, key, (keys::state.eq(state), keys::expired_at.eq(at)))?,
            _ => update_key!(conn, key, (keys::state.eq(state), keys::suspended_at.eq(None::<NaiveDateTime>)))?,
        }
        let after = find(conn, id)?.ok_or_else(|| StoreError::not_found(Record::Key, id))?;
        change::append(conn, act, ChangeKind::Key, &id, &tell(after.entry(told, &key)))?;
        match event {
            KeyEvent::Suspend => tell_all(conn, act, &key, NoticeKind::Suspended, details)?,
            KeyEvent::Resume | KeyEvent::ResumePending | KeyEvent::ResumeRotating => {
                tell_all(conn, act, &key, NoticeKind::Resumed, details)?;
            }
            _ => {}
        }
        Ok(Some(after))
    })
}

/// Tells whoever answers for the key, and for those below it.
fn tell_all(
    conn: &mut Conn,
    act: &Act,
    key: &Key,
    kind: NoticeKind,
    details: &Map<String, Value>,
) -> Result<(), StoreError> {
    outbox::tell(conn, act, key, kind, details)?;
    outbox::tell_below(conn, act, key, kind, details)
}

/// The key, if it belongs to the organisation of the act.
pub(crate) fn find_own(conn: &mut Conn, act: &Act, id: KeyId) -> Result<Option<Key>, StoreError> {
    Ok(find(conn, id)?.filter(|key| key.organisation_id == act.organisation))
}

/// The state that follows, where this can happen to the key.
pub(crate) fn ensure(key: &Key, event: KeyEvent) -> Result<KeyState, StoreError> {
    let (state, event_word) = (key.state.as_str(), event.as_str());
    key.state.after(event).ok_or(StoreError::NotPossible { what: Record::Key, state, event: event_word })
}
