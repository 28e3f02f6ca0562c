//! Revoking, suspending and resuming a key. The condition stands in the UPDATE, not before it: two acts at once are
//! then one, and the second changes nothing.

use diesel::prelude::*;

use super::{Key, KeyStatus, find};
use crate::act::Act;
use crate::change::{self, ChangeKind};
use crate::conn::{Conn, on};
use crate::error::StoreError;
use crate::id::KeyId;
use crate::schema::keys;
use crate::value::column;

/// Revokes a key, with its line in the change feed: both or none.
///
/// `None` where the organisation of the act has no such key. A key already revoked keeps its first time and reason.
pub fn revoke(conn: &mut Conn, act: &Act, id: KeyId, reason: &str) -> Result<Option<Key>, StoreError> {
    conn.write(|conn| {
        let live = keys::table.find(id).filter(keys::organisation_id.eq(act.organisation));
        let live = live.filter(keys::status.ne(KeyStatus::Revoked));
        let revoked = (
            keys::status.eq(KeyStatus::Revoked),
            keys::revoked_at.eq(column(act.at)),
            keys::revoked_reason.eq(reason),
            keys::generation.eq(keys::generation + 1),
        );
        let changed = on!(conn, c => diesel::update(live).set(revoked).execute(c))?;
        tell(conn, act, id, changed)
    })
}

/// Suspends an active key, with its line in the change feed. `None` as for [`revoke`]; a key that isn't active stays
/// what it is.
pub fn suspend(conn: &mut Conn, act: &Act, id: KeyId) -> Result<Option<Key>, StoreError> {
    conn.write(|conn| {
        let active = keys::table.find(id).filter(keys::organisation_id.eq(act.organisation));
        let active = active.filter(keys::status.eq(KeyStatus::Active));
        let suspended = (
            keys::status.eq(KeyStatus::Suspended),
            keys::suspended_at.eq(column(act.at)),
            keys::generation.eq(keys::generation + 1),
        );
        let changed = on!(conn, c => diesel::update(active).set(suspended).execute(c))?;
        tell(conn, act, id, changed)
    })
}

/// Makes a suspended key active again, with its line in the change feed. `None` as for [`revoke`]; a key that isn't
/// suspended stays what it is, a revoked one revoked.
pub fn resume(conn: &mut Conn, act: &Act, id: KeyId) -> Result<Option<Key>, StoreError> {
    conn.write(|conn| {
        let suspended = keys::table.find(id).filter(keys::organisation_id.eq(act.organisation));
        let suspended = suspended.filter(keys::status.eq(KeyStatus::Suspended));
        let resumed = (
            keys::status.eq(KeyStatus::Active),
            keys::suspended_at.eq(None::<chrono::NaiveDateTime>),
            keys::generation.eq(keys::generation + 1),
        );
        let changed = on!(conn, c => diesel::update(suspended).set(resumed).execute(c))?;
        tell(conn, act, id, changed)
    })
}

/// Only what happened is told; the key comes back either way.
fn tell(conn: &mut Conn, act: &Act, id: KeyId, changed: usize) -> Result<Option<Key>, StoreError> {
    if changed == 1 {
        change::append(conn, act, ChangeKind::Key, &id)?;
    }
    Ok(find(conn, id)?.filter(|key| key.organisation_id == act.organisation))
}
