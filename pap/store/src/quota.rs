//! `quota_uses`: what was used of quotas in the periods that are not over.
//!
//! A node adds what it has let through since it last did, in numbered batches like those of [`usage`](crate::usage): a
//! batch whose fate is unknown is added again under the same number, and counts once. What is read back tells a node what
//! the others have let through.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::conn::{Conn, on};
use crate::error::StoreError;
use crate::id::NodeId;
use crate::schema::quota_uses;
use crate::usage::begin_batch;

/// One period of one quota.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Queryable, Selectable)]
#[diesel(table_name = quota_uses)]
pub struct QuotaPeriod {
    /// Whose quota it is, and which.
    pub bucket: String,
    /// How long its longest period is: what was used of a day is none of a month's.
    pub window_seconds: i64,
    /// The first second behind the period, since 1970.
    pub ends_at: i64,
}

/// Adds to periods, unless the batch was added already; then, or else, what was used of each by all nodes. The periods
/// are in order, so that no two transactions wait for each other. A writer's batches come in the order of their numbers.
pub fn add(
    conn: &mut Conn,
    batch: (NodeId, i64),
    at: DateTime<Utc>,
    uses: &[(QuotaPeriod, i64)],
) -> Result<Vec<i64>, StoreError> {
    let is_new = begin_batch(conn, batch, at)?;
    if is_new {
        add_all(conn, uses)?;
    }
    let total = |(period, _): &(QuotaPeriod, i64)| {
        let QuotaPeriod { bucket, window_seconds, ends_at } = period;
        let found = quota_uses::table.find((bucket, window_seconds, ends_at)).select(quota_uses::used);
        let found: Option<i64> = on!(conn, c => found.first(c).optional())?;
        Ok(found.unwrap_or(0))
    };
    uses.iter().map(total).collect()
}

/// Adds to periods, which are in order.
pub(crate) fn add_all(conn: &mut Conn, uses: &[(QuotaPeriod, i64)]) -> Result<(), StoreError> {
    uses.iter().try_for_each(|(period, used)| add_one(conn, period, *used))
}

fn add_one(conn: &mut Conn, period: &QuotaPeriod, used: i64) -> Result<(), StoreError> {
    let row = (
        quota_uses::bucket.eq(&period.bucket),
        quota_uses::window_seconds.eq(period.window_seconds),
        quota_uses::ends_at.eq(period.ends_at),
        quota_uses::used.eq(used),
    );
    let more = quota_uses::used.eq(quota_uses::used + used);
    let upsert = diesel::insert_into(quota_uses::table).values(row);
    let upsert = upsert.on_conflict(quota_uses::table.primary_key()).do_update().set(more);
    on!(conn, c => upsert.execute(c))?;
    Ok(())
}

/// What was used of all periods that end behind a second, in order, after one of them, at most `most`.
pub fn list(
    conn: &mut Conn,
    end_after: i64,
    after: Option<&QuotaPeriod>,
    most: u32,
) -> Result<Vec<(QuotaPeriod, i64)>, StoreError> {
    let none = QuotaPeriod { bucket: String::new(), window_seconds: 0, ends_at: 0 };
    let last = after.unwrap_or(&none);
    let later_end = quota_uses::window_seconds
        .gt(last.window_seconds)
        .or(quota_uses::window_seconds.eq(last.window_seconds).and(quota_uses::ends_at.gt(last.ends_at)));
    let behind = quota_uses::bucket.gt(&last.bucket).or(quota_uses::bucket.eq(&last.bucket).and(later_end));
    let rows = quota_uses::table.filter(quota_uses::ends_at.gt(end_after)).filter(behind);
    let rows = rows.order((quota_uses::bucket, quota_uses::window_seconds, quota_uses::ends_at)).limit(most.into());
    Ok(on!(conn, c => rows.select((QuotaPeriod::as_select(), quota_uses::used)).load(c))?)
}

/// Forgets some `most` periods that ended before a second. How many.
pub fn forget(conn: &mut Conn, before: i64, most: u32) -> Result<usize, StoreError> {
    let old = quota_uses::table.filter(quota_uses::ends_at.lt(before)).order(quota_uses::ends_at);
    let old = old.select(quota_uses::ends_at).limit(most.into());
    let old: Vec<i64> = on!(conn, c => old.load(c))?;
    let Some(newest) = old.last() else { return Ok(0) };
    Ok(on!(conn, c => diesel::delete(quota_uses::table.filter(quota_uses::ends_at.le(newest))).execute(c))?)
}
