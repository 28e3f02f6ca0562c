//! What of a limit one of several nodes may let through, where each of them counts by itself.

/// A node's place among the nodes that divide limits.
///
/// Of an amount each has the whole part of its equal share; of what is left over, the first in order have one each. The
/// shares of all places make up the amount, exactly, and of an amount that is smaller than the number of nodes the last
/// have nothing. A node that believes in more nodes than there are, or in a later place, has never more for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Share {
    nodes: u32,
    place: u32,
}

impl Share {
    /// All of it: there is one node.
    pub const WHOLE: Self = Self { nodes: 1, place: 0 };
    /// Nothing of it.
    pub const NONE: Self = Self { nodes: 0, place: 0 };

    /// That of a place, from 0 on, among so many nodes; of any other place nothing.
    pub const fn new(nodes: u32, place: u32) -> Self {
        if place < nodes { Self { nodes, place } } else { Self::NONE }
    }

    /// Among how many nodes; 0 where this one has no part in it.
    pub const fn nodes(self) -> u32 {
        self.nodes
    }

    /// Which of them, from 0 on.
    pub const fn place(self) -> u32 {
        self.place
    }

    /// So much of an amount.
    pub fn of(self, amount: u64) -> u64 {
        let nodes = u64::from(self.nodes);
        let Some(equal) = amount.checked_div(nodes) else { return 0 };
        equal + u64::from(u64::from(self.place) < amount % nodes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_make_up_the_whole_and_what_is_left_over_goes_to_the_first() {
        let of = |nodes, amount| (0..nodes).map(|place| Share::new(nodes, place).of(amount)).collect::<Vec<_>>();
        assert_eq!(of(3, 100), [34, 33, 33]);
        assert_eq!(of(5, 2), [1, 1, 0, 0, 0]);
        assert_eq!((Share::WHOLE.of(u64::MAX), Share::NONE.of(u64::MAX)), (u64::MAX, 0));
        assert_eq!(Share::new(3, 3), Share::NONE);
        for (nodes, amount) in (1..9).flat_map(|nodes| (0..40).map(move |amount| (nodes, amount))) {
            assert_eq!(of(nodes, amount).iter().sum::<u64>(), amount, "{amount} among {nodes}");
        }
    }

    /// So nodes that have not yet heard that others ended, or know of some that have no share yet, stay within the limit.
    #[test]
    fn whoever_believes_in_more_nodes_or_a_later_place_has_no_more() {
        for (nodes, amount) in (1..8_u32).flat_map(|nodes| (0..30_u64).map(move |amount| (nodes, amount))) {
            for place in 0..nodes {
                let known = Share::new(nodes, place).of(amount);
                for (more, later) in (0..4).flat_map(|more| (0..=more).map(move |later| (more, later))) {
                    assert!(Share::new(nodes + more, place + later).of(amount) <= known);
                }
            }
        }
    }
}
