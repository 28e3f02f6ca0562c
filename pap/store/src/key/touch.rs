//! When a key was last used: written in batches by the usage path, which has no act and makes no change.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::conn::{Conn, on};
use crate::error::StoreError;
use crate::id::KeyId;
use crate::schema::keys;
use crate::value::column;

/// Notes when keys were last used, in one transaction. A time before the one already noted changes nothing, so that
/// batches may come in any order; an unknown key is passed over.
pub fn touch_last_used(conn: &mut Conn, uses: &[(KeyId, DateTime<Utc>)]) -> Result<(), StoreError> {
    conn.write(|conn| {
        for &(id, at) in uses {
            let at = column(at);
            let earlier = keys::last_used_at.is_null().or(keys::last_used_at.lt(at));
            let earlier = diesel::update(keys::table.find(id).filter(earlier));
            on!(conn, c => earlier.set(keys::last_used_at.eq(at)).execute(c))?;
        }
        Ok(())
    })
}
