//! What has been kept for as long as it is to be kept, forgotten in portions.

use diesel::prelude::*;

use super::Granularity;
use crate::conn::{Conn, on};
use crate::error::StoreError;
use crate::schema::{usage, usage_distinct, usage_writers};
use crate::value::column;

/// Forgets usage of one granularity from before a second, the oldest first: some `most` rows, and all of the last
/// stretch that they end in. How many rows.
pub fn forget(conn: &mut Conn, granularity: Granularity, before: i64, most: u32) -> Result<usize, StoreError> {
    conn.write(|conn| {
        let old = usage::table.filter(usage::granularity.eq(granularity)).filter(usage::starts_at.lt(before));
        let old = old.order(usage::starts_at).limit(most.into()).select(usage::starts_at);
        let old: Vec<i64> = on!(conn, c => old.load(c))?;
        let Some(newest) = old.last() else { return Ok(0) };
        let sketches = usage_distinct::table.filter(usage_distinct::granularity.eq(granularity));
        let sketches = sketches.filter(usage_distinct::starts_at.le(newest));
        on!(conn, c => diesel::delete(sketches).execute(c))?;
        let rows = usage::table.filter(usage::granularity.eq(granularity)).filter(usage::starts_at.le(newest));
        let forgotten = on!(conn, c => diesel::delete(rows).execute(c))?;
        Ok(forgotten)
    })
}

/// The same, of some organisations only, by their names.
pub fn forget_of(
    conn: &mut Conn,
    organisations: &[String],
    granularity: Granularity,
    before: i64,
    most: u32,
) -> Result<usize, StoreError> {
    conn.write(|conn| {
        let of = || {
            usage::table.filter(usage::granularity.eq(granularity)).filter(usage::organisation.eq_any(organisations))
        };
        let old = of().filter(usage::starts_at.lt(before)).order(usage::starts_at).limit(most.into());
        let old: Vec<i64> = on!(conn, c => old.select(usage::starts_at).load(c))?;
        let Some(newest) = old.last() else { return Ok(0) };
        let sketches = usage_distinct::table.filter(usage_distinct::granularity.eq(granularity));
        let sketches = sketches.filter(usage_distinct::organisation.eq_any(organisations));
        let sketches = sketches.filter(usage_distinct::starts_at.le(newest));
        on!(conn, c => diesel::delete(sketches).execute(c))?;
        Ok(on!(conn, c => diesel::delete(of().filter(usage::starts_at.le(newest))).execute(c))?)
    })
}

/// Forgets the numbers of nodes that have added nothing since a time. None of them may be at it still.
pub fn forget_writers(conn: &mut Conn, before: chrono::DateTime<chrono::Utc>) -> Result<usize, StoreError> {
    let gone = usage_writers::table.filter(usage_writers::written_at.lt(column(before)));
    Ok(on!(conn, c => diesel::delete(gone).execute(c))?)
}
