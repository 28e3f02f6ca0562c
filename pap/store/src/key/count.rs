//! Counting keys.

use diesel::prelude::*;

use super::KeyStatus;
use crate::conn::{Conn, on};
use crate::error::StoreError;
use crate::id::KeyId;
use crate::schema::keys;

/// How many keys that aren't revoked were derived from this one directly.
pub fn count_derived(conn: &mut Conn, id: KeyId) -> Result<i64, StoreError> {
    let derived = keys::table.filter(keys::parent_key_id.eq(id)).filter(keys::status.ne(KeyStatus::Revoked)).count();
    Ok(on!(conn, c => derived.get_result(c))?)
}
