//! `sightings`: uses on their way from the nodes that decide to the one that watches.
//!
//! What is in them is none of the store's business. They are deleted in the transaction that saves what was learned
//! from them: what was not saved is looked at again, and what was saved is not.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::conn::{Conn, on};
use crate::error::StoreError;
use crate::id::NodeId;
use crate::schema::sightings;
use crate::value::column;

/// Which sightings: the node that has seen them, and its number for them.
pub type SightingOf = (NodeId, i64);

/// Where nobody watches, a node's sightings wait: so many, and then the oldest make room.
const WAITING: i64 = 2_000;

/// Adds what a node has seen, under the next of its numbers. What was added already stays as it is.
pub fn add_sighting(
    conn: &mut Conn,
    (node, batch): SightingOf,
    at: DateTime<Utc>,
    seen: &str,
) -> Result<(), StoreError> {
    let row = (
        sightings::node_id.eq(node),
        sightings::batch.eq(batch),
        sightings::seen.eq(seen),
        sightings::written_at.eq(column(at)),
    );
    on!(conn, c => diesel::insert_into(sightings::table).values(row).on_conflict_do_nothing().execute(c))?;
    let old = sightings::table.filter(sightings::node_id.eq(node)).filter(sightings::batch.le(batch - WAITING));
    on!(conn, c => diesel::delete(old).execute(c))?;
    Ok(())
}

/// What waits, in the order in which it was written, at most `most`; but for what is in `but`.
pub fn list_sightings(
    conn: &mut Conn,
    but: &dyn Fn(&SightingOf) -> bool,
    most: u32,
) -> Result<Vec<(SightingOf, String)>, StoreError> {
    let rows = sightings::table.order((sightings::written_at, sightings::node_id, sightings::batch));
    let waiting: Vec<SightingOf> = on!(conn, c => rows.select((sightings::node_id, sightings::batch)).load(c))?;
    let mut found = Vec::new();
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    for of in waiting.into_iter().filter(|of| !but(of)).take(most) {
        let row = sightings::table.find(of).select(sightings::seen);
        let seen: Option<String> = on!(conn, c => row.first(c).optional())?;
        found.extend(seen.map(|seen| (of, seen)));
    }
    Ok(found)
}

/// Deletes what was looked at.
pub fn forget_sightings<'s>(conn: &mut Conn, of: impl Iterator<Item = &'s SightingOf>) -> Result<(), StoreError> {
    for of in of {
        on!(conn, c => diesel::delete(sightings::table.find(*of)).execute(c))?;
    }
    Ok(())
}
