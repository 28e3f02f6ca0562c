//! `watches`: what is remembered of the use of each key.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::conn::{Conn, on};
use crate::error::StoreError;
use crate::id::KeyId;
use crate::key::KeyState;
use crate::schema::{keys, watches};
use crate::value::column;

/// The longest text of a watch that is kept: 18,000 octets in base64.
pub const MEMORY_CHARACTERS: usize = 24_000;

/// What is remembered of a key.
pub fn find_watch(conn: &mut Conn, key: KeyId) -> Result<Option<String>, StoreError> {
    let memory = watches::table.find(key).select(watches::memory);
    Ok(on!(conn, c => memory.first(c).optional())?)
}

/// Remembers it, and up to when the watch has been told that time passes. More than [`MEMORY_CHARACTERS`] is refused.
pub fn save_watch(conn: &mut Conn, key: KeyId, memory: &str, looked_at: DateTime<Utc>) -> Result<(), StoreError> {
    let columns = (watches::memory.eq(memory), watches::looked_at.eq(column(looked_at)));
    let row = (watches::key_id.eq(key), columns);
    on!(conn, c => {
        diesel::insert_into(watches::table).values(row).on_conflict(watches::key_id).do_update().set(columns).execute(c)
    })?;
    Ok(())
}

/// Keys whose watches have not been told of the time since, the longest first.
pub fn list_overdue_watches(conn: &mut Conn, before: DateTime<Utc>, most: u32) -> Result<Vec<KeyId>, StoreError> {
    let rows = watches::table.filter(watches::looked_at.lt(column(before))).order(watches::looked_at);
    Ok(on!(conn, c => rows.limit(most.into()).select(watches::key_id).load(c))?)
}

/// Forgets the watches of keys that nobody can use any more, at most `most`. How many.
pub fn forget_ended_watches(conn: &mut Conn, most: u32) -> Result<usize, StoreError> {
    let ended = watches::table.inner_join(keys::table);
    let ended = ended.filter(keys::state.eq_any([KeyState::Revoked, KeyState::Expired]));
    let ended: Vec<KeyId> = on!(conn, c => ended.limit(most.into()).select(watches::key_id).load(c))?;
    Ok(on!(conn, c => diesel::delete(watches::table.filter(watches::key_id.eq_any(ended))).execute(c))?)
}
