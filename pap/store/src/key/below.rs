//! The keys above a key and below it. A key is of use only while every key above it is, so stopping one stops all below
//! it, without a line written for any of them.

use std::collections::HashSet;

use diesel::prelude::*;

use super::{Key, KeyState, find};
use crate::conn::{Conn, on};
use crate::error::StoreError;
use crate::id::KeyId;
use crate::schema::keys;

/// How many keys there may be above a key.
pub const LONGEST_CHAIN: usize = 8;

/// How many keys that haven't ended may be derived from one directly.
pub const FAN_OUT: u32 = 1_000;

/// Ids in one query.
const CHUNK: usize = 1_000;

/// How many keys that haven't ended were derived from this one directly.
pub fn count_derived(conn: &mut Conn, id: KeyId) -> Result<i64, StoreError> {
    let derived = keys::table.filter(keys::parent_key_id.eq(id)).filter(keys::state.ne_all(ENDED)).count();
    Ok(on!(conn, c => derived.get_result(c))?)
}

/// The key and the keys above it, the nearest first.
pub fn list_chain(conn: &mut Conn, id: KeyId) -> Result<Vec<Key>, StoreError> {
    let mut chain: Vec<Key> = Vec::new();
    let mut next = Some(id);
    while let Some(id) = next {
        let Some(key) = find(conn, id)? else { break };
        next = key.parent_key_id.filter(|above| chain.iter().all(|key| key.id != *above));
        chain.push(key);
    }
    Ok(chain)
}

/// The keys below these that haven't ended by themselves: those that are stopped with them.
pub fn list_below(conn: &mut Conn, ids: &[KeyId]) -> Result<Vec<KeyId>, StoreError> {
    let mut seen: HashSet<KeyId> = ids.iter().copied().collect();
    let (mut below, mut level) = (Vec::new(), ids.to_vec());
    while !level.is_empty() {
        let mut next = Vec::new();
        for chunk in level.chunks(CHUNK) {
            let derived = keys::table.filter(keys::parent_key_id.eq_any(chunk)).filter(keys::state.ne_all(ENDED));
            let derived = derived.order(keys::id).select(keys::id);
            let found: Vec<KeyId> = on!(conn, c => derived.load(c))?;
            next.extend(found.into_iter().filter(|id| seen.insert(*id)));
        }
        below.extend_from_slice(&next);
        level = next;
    }
    Ok(below)
}

/// The states of a key that has ended.
pub(crate) const ENDED: [KeyState; 2] = [KeyState::Expired, KeyState::Revoked];
