//! `settings`: facts about the installation that are made once and then looked up, such as its id.

use diesel::prelude::*;

use crate::conn::{Conn, on};
use crate::error::StoreError;
use crate::schema::settings;

/// The value kept under a key.
pub fn find(conn: &mut Conn, key: &str) -> Result<Option<String>, StoreError> {
    let found = settings::table.find(key).select(settings::value);
    Ok(on!(conn, c => found.first(c).optional())?)
}

/// Keeps a value under a key, in place of what was there.
pub fn put(conn: &mut Conn, key: &str, value: &str) -> Result<(), StoreError> {
    let row = (settings::key.eq(key), settings::value.eq(value));
    on!(conn, c => diesel::insert_into(settings::table).values(row)
        .on_conflict(settings::key).do_update().set(settings::value.eq(value)).execute(c))?;
    Ok(())
}

/// Forgets what is kept under a key.
pub fn remove(conn: &mut Conn, key: &str) -> Result<(), StoreError> {
    on!(conn, c => diesel::delete(settings::table.find(key)).execute(c))?;
    Ok(())
}

/// Keeps a value under a key where there is none, and gives what is there then: of several callers, all get one value.
pub fn find_or_put(conn: &mut Conn, key: &str, value: &str) -> Result<String, StoreError> {
    conn.write(|conn| {
        let row = (settings::key.eq(key), settings::value.eq(value));
        on!(conn, c => diesel::insert_into(settings::table).values(row).on_conflict_do_nothing().execute(c))?;
        Ok(find(conn, key)?.unwrap_or_else(|| value.to_owned()))
    })
}
