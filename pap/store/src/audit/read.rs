//! Reading the chain back, as it is kept.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::AuditEvent;
use crate::act::Actor;
use crate::conn::{Conn, on};
use crate::error::StoreError;
use crate::id::{KeyId, OrganisationId};
use crate::page::{Page, PageSize};
use crate::schema::audit_entries;
use crate::value::{At, column};

/// An entry as it is kept: its text, and how it holds on to the one before it. All of it as it stands in the row: what was
/// tampered with must be readable, to be told.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = audit_entries)]
pub struct Record {
    /// Its number: from 1, without a gap.
    pub sequence: i64,
    /// The organisation whose entry it is.
    pub organisation_id: String,
    /// When, as the column beside the text says it.
    #[diesel(deserialize_as = At)]
    pub at: DateTime<Utc>,
    /// What happened, as the column says it.
    pub event: String,
    /// Who, as the column says it.
    pub actor: String,
    /// Which thing, as the column says it.
    pub target_id: String,
    /// Its canonical text.
    pub entry: String,
    /// The hash of the entry before it.
    pub previous: String,
    /// Its own hash.
    pub hash: String,
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

/// Which entries a list holds. What is `None` doesn't narrow it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Those of this organisation.
    pub organisation: Option<OrganisationId>,
    /// Those of acts of this one.
    pub actor: Option<Actor>,
    /// Those about this thing, by its id. Keys are found in the entries of bulk acts too.
    pub target: Option<String>,
    /// Those of this event.
    pub event: Option<AuditEvent>,
    /// Those of this time or later.
    pub from: Option<DateTime<Utc>>,
    /// Those before this time.
    pub before: Option<DateTime<Utc>>,
}

/// A page of the entries that the filter lets through, beginning after one of them.
pub fn list(conn: &mut Conn, filter: &AuditFilter, after: i64, size: PageSize) -> Result<Page<Record>, StoreError> {
    on!(conn, c => {
        let rows = audit_entries::table.filter(audit_entries::sequence.gt(after));
        let mut rows = rows.select(Record::as_select()).into_boxed();
        if let Some(organisation) = filter.organisation {
            rows = rows.filter(audit_entries::organisation_id.eq(organisation));
        }
        if let Some(actor) = filter.actor {
            rows = rows.filter(audit_entries::actor.eq(actor));
        }
        if let Some(event) = filter.event {
            rows = rows.filter(audit_entries::event.eq(event));
        }
        if let Some(target) = &filter.target {
            let own = audit_entries::target_id.eq(target.clone());
            rows = match target.parse::<KeyId>() {
                // An id holds nothing that LIKE takes for something else.
                Ok(id) => {
                    let named = audit_entries::entry.like(format!("%\"{id}\"%"));
                    rows.filter(own.or(audit_entries::event.eq(AuditEvent::KeysRevoked).and(named)))
                }
                Err(_) => rows.filter(own),
            };
        }
        if let Some(from) = filter.from {
            rows = rows.filter(audit_entries::at.ge(column(from)));
        }
        if let Some(before) = filter.before {
            rows = rows.filter(audit_entries::at.lt(column(before)));
        }
        Ok(size.cut(rows.order(audit_entries::sequence).limit(size.rows()).load(c)?))
    })
}
