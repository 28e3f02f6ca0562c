//! Reading the chain back, as it is kept.

use diesel::prelude::*;

use super::Digest;
use crate::conn::{Conn, on};
use crate::error::StoreError;
use crate::id::OrganisationId;
use crate::schema::audit_entries;

/// An entry as it is kept: its text, and how it holds on to the one before it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = audit_entries)]
pub struct Record {
    /// Its number: from 1, without a gap.
    pub sequence: i64,
    /// The organisation whose entry it is.
    pub organisation_id: OrganisationId,
    /// Its canonical text.
    pub entry: String,
    /// The hash of the entry before it.
    pub previous: Digest,
    /// Its own hash.
    pub hash: Digest,
}

/// The entries after a number, in their order, at most `most` of them.
pub fn list_after(conn: &mut Conn, sequence: i64, most: u32) -> Result<Vec<Record>, StoreError> {
    let later = audit_entries::table.filter(audit_entries::sequence.gt(sequence));
    let later = later.order(audit_entries::sequence).limit(most.into());
    Ok(on!(conn, c => later.select(Record::as_select()).load(c))?)
}

/// The entry with this number, unless retention has cut it off.
pub fn find(conn: &mut Conn, sequence: i64) -> Result<Option<Record>, StoreError> {
    let found = audit_entries::table.find(sequence);
    Ok(on!(conn, c => found.select(Record::as_select()).first(c).optional())?)
}
