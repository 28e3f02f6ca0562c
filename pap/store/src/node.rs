//! `nodes`: the processes that share a database, and how far each has come in the change feed.
//!
//! None of this is an act: a node writes its own line, beside whatever else is written.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::conn::{Conn, on};
use crate::error::StoreError;
use crate::id::NodeId;
use crate::schema::nodes;
use crate::value::{At, column, words};

/// Nodes that are listed: those seen last.
const MOST: i64 = 1_000;

/// A process that shares the database, as it last spoke of itself.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = nodes)]
pub struct Node {
    /// Another one each time the program is started.
    pub id: NodeId,
    /// What it serves.
    pub role: NodeRole,
    /// Where it is found.
    pub address: String,
    /// The last line of the change feed that its decisions know.
    pub sequence: i64,
    /// When it said so.
    #[diesel(deserialize_as = At)]
    pub seen_at: DateTime<Utc>,
    /// For how long it believes its keys when it is cut off; `None`: for ever.
    pub longest_staleness_seconds: Option<i64>,
    /// How far its clock is ahead of the database's.
    pub clock_ahead_milliseconds: i64,
}

words!(
    /// What a node serves.
    NodeRole, "role of a node", {
        /// Decisions and the administration.
        All = "all",
        /// Decisions alone.
        Pdp = "pdp",
        /// The administration alone.
        Pap = "pap",
    }
);

impl NodeRole {
    /// Whether decisions are asked for there.
    pub const fn decides(self) -> bool {
        matches!(self, Self::All | Self::Pdp)
    }

    /// Whether acts are asked for there.
    pub const fn administers(self) -> bool {
        matches!(self, Self::All | Self::Pap)
    }
}

/// Keeps what a node says of itself. Two reports that come in the wrong order leave the greater sequence and the later
/// time.
pub fn report(conn: &mut Conn, node: &Node) -> Result<(), StoreError> {
    let said = (
        nodes::role.eq(node.role),
        nodes::address.eq(&node.address),
        nodes::longest_staleness_seconds.eq(node.longest_staleness_seconds),
        nodes::clock_ahead_milliseconds.eq(node.clock_ahead_milliseconds),
    );
    let come = (nodes::sequence.eq(node.sequence), nodes::seen_at.eq(column(node.seen_at)));
    let first = (nodes::id.eq(node.id), said, come);
    let is_new = on!(conn, c => diesel::insert_into(nodes::table).values(first).on_conflict_do_nothing().execute(c))?;
    if is_new == 1 {
        return Ok(());
    }
    let later = nodes::table.find(node.id).filter(nodes::sequence.le(node.sequence));
    let later = later.filter(nodes::seen_at.le(column(node.seen_at)));
    on!(conn, c => diesel::update(later).set((said, come)).execute(c))?;
    Ok(())
}

/// Forgets a node that ends.
pub fn leave(conn: &mut Conn, id: NodeId) -> Result<(), StoreError> {
    on!(conn, c => diesel::delete(nodes::table.find(id)).execute(c))?;
    Ok(())
}

/// Forgets the nodes that have said nothing since `before`, and how many those were.
pub fn forget(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize, StoreError> {
    let gone = nodes::table.filter(nodes::seen_at.lt(column(before)));
    Ok(on!(conn, c => diesel::delete(gone).execute(c))?)
}

/// The nodes, in the order of their start; of more than a thousand, those that were seen last.
pub fn list(conn: &mut Conn) -> Result<Vec<Node>, StoreError> {
    let last = nodes::table.order(nodes::seen_at.desc()).limit(MOST);
    let mut found: Vec<Node> = on!(conn, c => last.select(Node::as_select()).load(c))?;
    found.sort_unstable_by_key(|node| node.id);
    Ok(found)
}
