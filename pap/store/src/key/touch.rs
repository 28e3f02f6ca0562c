//! When a key was last used: written in batches by the usage path, which has no act and makes no change.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::conn::{Conn, on};
use crate::error::StoreError;
use crate::id::KeyId;
use crate::schema::keys;
use crate::value::column;

/// Notes when keys were last used, in one transaction. A time before the one already noted changes nothing, so that
/// batches may come in any order; an unknown key is passed over, and one that an act is changing just now: its next use
/// will do, and two who wait for nobody never wait for each other.
pub fn touch_last_used(conn: &mut Conn, uses: &[(KeyId, DateTime<Utc>)]) -> Result<(), StoreError> {
    conn.write(|conn| {
        let free = lock_free(conn, uses)?;
        for &(id, at) in uses.iter().filter(|(id, _)| free.contains(id)) {
            let at = column(at);
            let earlier = keys::last_used_at.is_null().or(keys::last_used_at.lt(at));
            let earlier = diesel::update(keys::table.find(id).filter(earlier));
            on!(conn, c => earlier.set(keys::last_used_at.eq(at)).execute(c))?;
        }
        Ok(())
    })
}

/// The keys that nobody else is writing, locked until the transaction ends. On SQLite that is all of them, always.
fn lock_free(conn: &mut Conn, uses: &[(KeyId, DateTime<Utc>)]) -> Result<BTreeSet<KeyId>, StoreError> {
    let ids: Vec<KeyId> = uses.iter().map(|(id, _)| *id).collect();
    let free: Vec<KeyId> = on!(conn,
        sqlite _c => ids,
        postgres c => keys::table.filter(keys::id.eq_any(ids)).select(keys::id).for_no_key_update().skip_locked().load(c)?
    );
    Ok(free.into_iter().collect())
}
