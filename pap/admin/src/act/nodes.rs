//! The nodes of an installation: who they are, how far each has come, and waiting until all have.

use std::time::{Duration, Instant};

use argus_engine::scope::Action;
use argus_store::node::{self, Node};
use argus_store::{NodeId, change, read_clock};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::cursor::{self, Stretch};
use crate::resource::{HOST, Own};
use crate::{Admin, AdminError, Applied, Call, Query};

const FILTER: &str = "nodes";

/// A node speaks every five seconds. After so many it is silent.
pub(super) const SILENT_AFTER: TimeDelta = TimeDelta::seconds(15);

/// What may lie between a node's last look at the store and the word on it.
const LAST_WORD: TimeDelta = TimeDelta::seconds(7);

/// From one look at the nodes to the next, at first and at last.
const FIRST_PAUSE: Duration = Duration::from_millis(15);
const LONGEST_PAUSE: Duration = Duration::from_millis(200);

/// All nodes, and what they promise together.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Nodes {
    /// The nodes, in the order of their start.
    pub items: Vec<NodeView>,
    /// Where the next page begins, if there is one.
    pub next_cursor: Option<String>,
    /// The last line of the change feed.
    pub sequence: i64,
    /// The most seconds after which a revocation is in force everywhere, whatever is cut off; null: there is no bound.
    pub revocation_bound_seconds: Option<i64>,
}

/// A node, as others see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NodeView {
    /// Another one each time it is started.
    pub id: String,
    /// `all`, `pdp` or `pap`.
    pub role: &'static str,
    /// Where it is found.
    pub address: String,
    /// `live`; `silent` where it has not been heard of for a while and may still decide; `gone` where it has been silent
    /// for so long that it refuses every key.
    pub state: &'static str,
    /// The last line of the change feed that its decisions know.
    pub sequence: i64,
    /// When it last said so, by the clock of the database.
    pub seen_at: String,
    /// How many seconds ago that is.
    pub silent_for_seconds: i64,
    /// For how long it decides without the database; null: for ever.
    pub longest_staleness_seconds: Option<i64>,
    /// How far its clock is ahead of the database's; negative: behind.
    pub clock_ahead_milliseconds: i64,
}

/// What this process is to the others.
#[derive(Debug, Clone)]
pub struct ThisNode {
    /// By what id the others know it.
    pub id: NodeId,
    /// What it serves.
    pub role: node::NodeRole,
    /// Where it is found.
    pub address: String,
}

impl Admin {
    /// A page of all nodes, and what holds for all of them. Needs `argus/argus/nodes:read`.
    pub async fn list_nodes(&self, call: &Call, query: Query) -> Result<Nodes, AdminError> {
        call.require(HOST, Own::Nodes, Action::Read)?;
        let Stretch { after, size } = query.finish::<NodeId>(FILTER)?;
        let (seen, sequence) = self.look_at_nodes().await?;
        let applied = self.authority().settle(sequence).await;
        let nodes = if self.is_alone() { self.only_node(&seen, sequence, applied) } else { seen.nodes };
        let may_decide = nodes.iter().filter(|node| node.role.decides() && state(node, seen.now) != State::Gone);
        let bounds: Option<Vec<i64>> = if self.is_alone() {
            // What is acknowledged is in force: nobody else decides by this database.
            (applied.by == applied.of).then(|| vec![0])
        } else {
            may_decide.map(|node| node.longest_staleness_seconds).collect()
        };
        let mut items: Vec<&Node> = nodes.iter().filter(|node| after.is_none_or(|after| node.id > after)).collect();
        let more = items.len() > size.items();
        items.truncate(size.items());
        let last = items.last().filter(|_| more);
        Ok(Nodes {
            next_cursor: last.map(|last| cursor::write(&last.id, FILTER)),
            items: items.into_iter().map(|node| NodeView::new(node, seen.now)).collect(),
            sequence,
            revocation_bound_seconds: bounds.map(|bounds| bounds.into_iter().max().unwrap_or(0)),
        })
    }

    /// How far what was last changed has come: on this node, which is waited for, and on the others as they last said.
    pub(crate) async fn settle(&self, sequence: i64) -> Applied {
        let own = self.authority().settle(sequence).await;
        match self.others(sequence).await {
            Some((by, behind)) => own.and(by, &behind),
            None => own,
        }
    }

    /// Waits until every node knows what `settled` tells of, or `patience` ends. Gives those that have not said so by then.
    pub(crate) async fn settle_everywhere(&self, settled: Applied, patience: Duration) -> (Applied, Vec<NodeView>) {
        let since = Instant::now();
        if settled.by == settled.of || self.is_alone() {
            return (settled, Vec::new());
        }
        let Ok((seen, sequence)) = self.look_at_nodes().await else { return (settled, Vec::new()) };
        let own = self.authority().settle(sequence).await;
        let mut pause = FIRST_PAUSE;
        loop {
            let Some((by, behind)) = self.others(sequence).await else { return (settled, Vec::new()) };
            if behind.is_empty() || since.elapsed() >= patience {
                let after = settled.after + since.elapsed();
                let views = behind.iter().map(|node| NodeView::new(node, seen.now)).collect();
                return (Applied { after, ..own.and(by, &behind) }, views);
            }
            tokio::time::sleep(pause.min(patience.saturating_sub(since.elapsed()))).await;
            pause = (pause * 3 / 2).min(LONGEST_PAUSE);
        }
    }

    /// Of the other nodes that may decide: how many know a change, and those that don't. `None` where nobody can say.
    async fn others(&self, sequence: i64) -> Option<(u32, Vec<Node>)> {
        if self.is_alone() {
            return None;
        }
        let own = self.node().id;
        let (seen, _) = self.look_at_nodes().await.ok()?;
        let others = seen.nodes.into_iter().filter(|node| node.id != own && node.role.decides());
        let others = others.filter(|node| state(node, seen.now) != State::Gone);
        let (applied, behind): (Vec<_>, Vec<_>) = others.partition(|node| node.sequence >= sequence);
        Some((u32::try_from(applied.len()).unwrap_or(u32::MAX), behind))
    }

    async fn look_at_nodes(&self) -> Result<(Seen, i64), AdminError> {
        let here = self.now();
        self.with_store(move |store| {
            Ok(store.read(|conn| {
                let now = read_clock(conn)?.unwrap_or(here);
                Ok((Seen { nodes: node::list(conn)?, now }, change::find_latest_sequence(conn)?))
            })?)
        })
        .await
    }

    /// The one process on a file, which has nobody to speak to.
    fn only_node(&self, seen: &Seen, sequence: i64, applied: Applied) -> Vec<Node> {
        let this = self.node();
        vec![Node {
            id: this.id,
            role: this.role,
            address: this.address.clone(),
            sequence: if applied.by == applied.of { sequence } else { 0 },
            seen_at: seen.now,
            longest_staleness_seconds: None,
            clock_ahead_milliseconds: 0,
        }]
    }
}

/// The nodes as of one moment of the database's clock.
struct Seen {
    nodes: Vec<Node>,
    now: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Live,
    Silent,
    Gone,
}

fn state(node: &Node, now: DateTime<Utc>) -> State {
    let silent = now - node.seen_at;
    let believes = node.longest_staleness_seconds.map(TimeDelta::seconds);
    match believes {
        _ if silent <= SILENT_AFTER => State::Live,
        Some(believes) if silent > believes + LAST_WORD => State::Gone,
        _ => State::Silent,
    }
}

impl NodeView {
    fn new(node: &Node, now: DateTime<Utc>) -> Self {
        let state = match state(node, now) {
            State::Live => "live",
            State::Silent => "silent",
            State::Gone => "gone",
        };
        Self {
            id: node.id.to_string(),
            role: node.role.as_str(),
            address: node.address.clone(),
            state,
            sequence: node.sequence,
            seen_at: node.seen_at.to_rfc3339_opts(SecondsFormat::AutoSi, true),
            silent_for_seconds: (now - node.seen_at).num_seconds().max(0),
            longest_staleness_seconds: node.longest_staleness_seconds,
            clock_ahead_milliseconds: node.clock_ahead_milliseconds,
        }
    }
}

impl Applied {
    fn and(self, by: u32, behind: &[Node]) -> Self {
        let behind = u32::try_from(behind.len()).unwrap_or(u32::MAX);
        Self { by: self.by + by, of: self.of + by + behind, ..self }
    }
}

#[cfg(test)]
mod tests {
    use argus_store::node::NodeRole;

    use super::*;

    #[test]
    fn a_silent_node_counts_until_it_refuses_every_key_by_itself() {
        let seen_at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let node = |longest_staleness_seconds| Node {
            id: NodeId::new(seen_at),
            role: NodeRole::Pdp,
            address: "node:8180".to_owned(),
            sequence: 1,
            seen_at,
            longest_staleness_seconds,
            clock_ahead_milliseconds: 0,
        };
        let after = |seconds, longest| state(&node(longest), seen_at + TimeDelta::seconds(seconds));
        assert_eq!(
            [14, 16, 37, 38].map(|seconds| after(seconds, Some(30))),
            [State::Live, State::Silent, State::Silent, State::Gone]
        );
        assert_eq!(after(3_000, None), State::Silent);
    }
}
