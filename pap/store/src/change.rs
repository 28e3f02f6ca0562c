//! The change feed: a line for everything that a decision point's next snapshot must take in.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::act::Act;
use crate::audit::{self, Entry};
use crate::conn::{Conn, on};
use crate::error::StoreError;
use crate::postgres::append_changes;
use crate::schema::changes;
use crate::value::{At, column, words};

/// A line of the feed. It says what to look at again, not what it has become.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = changes)]
pub struct Change {
    /// Its place: the lines are numbered from 1 in the order in which they were committed.
    pub sequence: i64,
    /// What sort of thing changed.
    pub kind: ChangeKind,
    /// Which one.
    pub id: String,
    /// When, by the clock of the act.
    #[diesel(deserialize_as = At)]
    pub at: DateTime<Utc>,
}

words!(
    /// What sort of thing changed, and what [`Change::id`] is the id of.
    ChangeKind, "kind of change", {
        /// An organisation.
        Organisation = "organisation",
        /// A project.
        Project = "project",
        /// A key, with all its credentials.
        Key = "key",
        /// The current set of policy documents; the id is that of the organisation that imported it.
        Policies = "policies",
        /// A wrapped key.
        WrappedKey = "wrapped_key",
        /// An access token that was revoked; the id is its `jti`.
        Token = "token",
        /// A signing key; the id is its `kid`.
        SigningKey = "signing_key",
        /// The limits that keys of an organisation share, or what uses cost there; the id is that of the organisation.
        Limits = "limits",
    }
);

/// The lines after `sequence`, oldest first, at most `most` of them.
pub fn list_since(conn: &mut Conn, sequence: i64, most: u32) -> Result<Vec<Change>, StoreError> {
    let later = changes::table.filter(changes::sequence.gt(sequence));
    let later = later.order(changes::sequence).limit(most.into());
    Ok(on!(conn, c => later.select(Change::as_select()).load(c))?)
}

/// The number of the newest line, 0 where there is none. Read it in the same [`Store::read`](crate::Store::read) as
/// the state, and the two belong together.
pub fn find_latest_sequence(conn: &mut Conn) -> Result<i64, StoreError> {
    let newest = changes::table.select(diesel::dsl::max(changes::sequence));
    let newest: Option<i64> = on!(conn, c => newest.first(c))?;
    Ok(newest.unwrap_or(0))
}

/// Tells of an act in its transaction: a line for the decision points, and an entry for the audit. There is no way to
/// add the one without the other.
pub(crate) fn append(
    conn: &mut Conn,
    act: &Act,
    kind: ChangeKind,
    id: &impl ToString,
    entry: &Entry,
) -> Result<(), StoreError> {
    append_many(conn, act, kind, std::slice::from_ref(id), std::slice::from_ref(entry))
}

/// The same of a bulk act: a line for each of these, in their order, and the entries that together name all of them.
pub(crate) fn append_many(
    conn: &mut Conn,
    act: &Act,
    kind: ChangeKind,
    ids: &[impl ToString],
    entries: &[Entry],
) -> Result<(), StoreError> {
    for entry in entries {
        audit::append(conn, act, entry)?;
    }
    append_lines(conn, act, kind, ids)
}

fn append_lines(conn: &mut Conn, act: &Act, kind: ChangeKind, ids: &[impl ToString]) -> Result<(), StoreError> {
    let at = column(act.at);
    match conn {
        Conn::Sqlite(conn) => {
            for id in ids {
                let line = (changes::kind.eq(kind), changes::id.eq(id.to_string()), changes::at.eq(at));
                diesel::insert_into(changes::table).values(line).execute(conn.queries())?;
            }
            Ok(())
        }
        Conn::Postgres(conn) if !ids.is_empty() => {
            let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
            append_changes(conn, kind.as_str(), &ids, at)
        }
        Conn::Postgres(_) => Ok(()),
    }
}
