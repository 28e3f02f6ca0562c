//! Adding an entry, in the transaction of the act that it tells of.

use diesel::prelude::*;

use super::chain::{digest, head, link};
use super::person::Named;
use super::{Entry, canonical};
use crate::act::Act;
use crate::conn::{Conn, on};
use crate::error::StoreError;
use crate::organisation;
use crate::postgres::take_turn;
use crate::schema::audit_entries;
use crate::value::column;

/// Adds an entry to the chain and gives its number: with the act that it tells of, or neither.
///
/// An act that changes what decisions depend on has its line in the change feed as well, and
/// [`change::append`](crate::change) adds both. A chain that can't be written fails the act, after the same wait as
/// any other write.
pub fn append(conn: &mut Conn, act: &Act, entry: &Entry) -> Result<i64, StoreError> {
    debug_assert!(entry.is_as_listed(), "`told` doesn't list what this entry tells: {entry:?}");
    conn.write(|conn| {
        // One after the other, on all nodes: an entry holds on to the one before it.
        if let Conn::Postgres(server) = conn {
            take_turn(server)?;
        }
        let head = head(conn)?;
        let sequence = head.sequence + 1;
        let organisation = organisation::find(conn, act.organisation)?.map(|found| found.name);
        let named = Named::seal(conn, act, entry)?;
        let entry_json = entry.to_json(act, (sequence, organisation.as_deref()), &named);
        let text = canonical(&entry_json).map_err(|error| StoreError::Corrupt { detail: error.to_string() })?;
        let row = (
            audit_entries::sequence.eq(sequence),
            audit_entries::at.eq(column(act.at)),
            audit_entries::event.eq(entry.event),
            audit_entries::organisation_id.eq(act.organisation),
            audit_entries::actor.eq(act.actor),
            audit_entries::target_kind.eq(entry.target.kind),
            audit_entries::target_id.eq(&entry.target.id),
            audit_entries::entry.eq(&text),
            audit_entries::previous.eq(head.hash),
            audit_entries::hash.eq(link(sequence, &head.hash, &digest(&text))),
        );
        on!(conn, c => diesel::insert_into(audit_entries::table).values(row).execute(c))?;
        Ok(sequence)
    })
}
