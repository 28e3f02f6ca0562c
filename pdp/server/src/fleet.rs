//! How many nodes divide limits among them, where each counts its share by itself, and which of them this one is.
//!
//! Whoever has a share is known to all others that have one: a node that begins has none until each of the others has
//! looked at who there is since it said that it is there, and one that falls silent is counted for as long as it may go
//! on deciding by itself. Places are in the order of the ids, which is that of the starts, so that a newcomer is the last.
//! From that follows that the shares that are taken never add up to more than the limit: see [`Share`].
//!
//! One thing is left, and said: a node that is cut off from the store decides on by the share that it had for as long as
//! its snapshot may be believed. One that begins meanwhile waits for it [`SILENT`] long, and no longer.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use argus_limits::Share;
use argus_store::NodeId;
use argus_store::node::Node;
use chrono::{DateTime, TimeDelta, Utc};

use crate::limits::Elapsed;

/// Nodes that have said nothing for so long are not waited for: three times what they take who are well.
const SILENT: TimeDelta = TimeDelta::seconds(3);

/// For how long after its last word a node may still decide, beyond the time for which it believes its snapshot: it may
/// have read the store after that.
const LAST_WORD: TimeDelta = TimeDelta::seconds(7);

/// Nodes that have said nothing for so long are forgotten.
pub(crate) const FORGOTTEN_AFTER: Duration = Duration::from_hours(1);

/// How much sooner a node gives up its share than the others take it for gone.
const SOONER: Duration = Duration::from_secs(2);

/// This node's share, as it was last worked out. Read by every decision that has to.
#[derive(Debug)]
pub(crate) struct Fleet {
    /// The number of nodes, and the place among them.
    share: AtomicU64,
    /// The nanosecond of the clock that nobody can turn after which the others take this node for gone.
    until: AtomicI64,
}

impl Fleet {
    /// There is one node, and no other will come.
    pub(crate) fn alone() -> Self {
        Self::of(Share::WHOLE, i64::MAX)
    }

    /// It isn't known yet.
    pub(crate) fn unknown() -> Self {
        Self::of(Share::NONE, i64::MIN)
    }

    fn of(share: Share, until: i64) -> Self {
        Self { share: AtomicU64::new(pack(share)), until: AtomicI64::new(until) }
    }

    /// What this node may let through of each limit.
    pub(crate) fn share(&self) -> Share {
        let packed = self.share.load(Relaxed);
        let is_known_to_others = self.until.load(Relaxed) > Elapsed::now().0;
        let [nodes, place] = [packed >> 32, packed & u64::from(u32::MAX)].map(|half| u32::try_from(half).unwrap_or(0));
        if is_known_to_others { Share::new(nodes, place) } else { Share::NONE }
    }

    /// From now on it is this one.
    pub(crate) fn set(&self, share: Share) {
        self.share.store(pack(share), Relaxed);
    }

    /// This node has said at a moment that it is there, and for how long it believes its snapshot: so long the others
    /// count it.
    pub(crate) fn said(&self, at: Elapsed, believed: Option<Duration>) {
        let last_word = LAST_WORD.to_std().unwrap_or_default();
        let counted = believed.map_or(FORGOTTEN_AFTER, |believed| believed + last_word).saturating_sub(SOONER);
        self.until.store(at.0.saturating_add(i64::try_from(counted.as_nanos()).unwrap_or(i64::MAX)), Relaxed);
    }
}

fn pack(share: Share) -> u64 {
    u64::from(share.nodes()) << 32 | u64::from(share.place())
}

/// The share of a node that was there at `joined` by the clock of the store, as of `now`: none while another that counts
/// may not have heard of it.
pub(crate) fn share(nodes: &[Node], id: NodeId, joined: DateTime<Utc>, now: DateTime<Utc>) -> Share {
    let mut counted: Vec<&Node> = nodes.iter().filter(|node| node.role.decides() && may_decide(node, now)).collect();
    counted.sort_unstable_by_key(|node| node.id);
    let knows = |node: &&Node| node.id == id || node.seen_at > joined || now - node.seen_at > SILENT;
    let place = counted.iter().position(|node| node.id == id);
    let place = place.filter(|_| counted.iter().all(knows)).and_then(|place| u32::try_from(place).ok());
    place.map_or(Share::NONE, |place| Share::new(u32::try_from(counted.len()).unwrap_or(u32::MAX), place))
}

/// Whether it may go on deciding, for all that is known of it.
fn may_decide(node: &Node, now: DateTime<Utc>) -> bool {
    let believed = node.longest_staleness_seconds.and_then(TimeDelta::try_seconds);
    believed.is_none_or(|believed| now - node.seen_at <= believed + LAST_WORD)
}

#[cfg(test)]
mod tests {
    use argus_store::node::NodeRole;

    use super::*;

    fn second(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + second, 0).unwrap()
    }

    fn node(begun: i64, seen: i64) -> Node {
        Node {
            id: NodeId::new(second(begun)),
            role: NodeRole::Pdp,
            address: "node:8180".to_owned(),
            sequence: 1,
            seen_at: second(seen),
            longest_staleness_seconds: Some(30),
            clock_ahead_milliseconds: 0,
        }
    }

    #[test]
    fn a_newcomer_has_nothing_until_the_others_have_looked_since_it_came() {
        let (first, other, new) = (node(0, 100), node(1, 102), node(100, 102));
        let of = |first: &Node| share(&[new.clone(), first.clone(), other.clone()], new.id, second(101), second(102));
        assert_eq!(of(&first), Share::NONE);
        assert_eq!(of(&Node { seen_at: second(102), ..first.clone() }), Share::new(3, 2));
        // One that has looked already counts it meanwhile.
        let of_other = share(&[first, other.clone(), new], other.id, second(1), second(102));
        assert_eq!(of_other, Share::new(3, 1));
    }

    #[test]
    fn a_node_that_falls_silent_counts_for_as_long_as_it_may_decide_and_holds_nobody_up() {
        let (silent, other) = (node(0, 100), node(50, 100));
        let of = |now: i64| {
            let other = Node { seen_at: second(now), ..other.clone() };
            share(&[silent.clone(), other.clone()], other.id, second(101), second(now))
        };
        assert_eq!([103, 104, 137, 138].map(of), [Share::NONE, Share::new(2, 1), Share::new(2, 1), Share::WHOLE]);
    }

    #[test]
    fn who_decides_nothing_has_no_share() {
        let (administers, decides) = (Node { role: NodeRole::Pap, ..node(0, 100) }, node(1, 100));
        let nodes = [administers.clone(), decides.clone()];
        assert_eq!(share(&nodes, decides.id, second(50), second(100)), Share::WHOLE);
        assert_eq!(share(&nodes, administers.id, second(50), second(100)), Share::NONE);
        assert_eq!(share(&nodes, node(2, 100).id, second(50), second(100)), Share::NONE, "its line is gone");
    }

    #[test]
    fn a_node_that_can_not_say_that_it_is_there_gives_its_share_up() {
        let fleet = Fleet::unknown();
        assert_eq!(fleet.share(), Share::NONE);
        fleet.set(Share::new(3, 1));
        fleet.said(Elapsed::now(), Some(Duration::from_secs(30)));
        assert_eq!(fleet.share(), Share::new(3, 1));
        let long_ago = Elapsed(Elapsed::now().0 - 35_000_000_000);
        fleet.said(long_ago, Some(Duration::from_secs(30)));
        assert_eq!(fleet.share(), Share::NONE);
        assert_eq!(Fleet::alone().share(), Share::WHOLE);
    }
}
