//! The guards that nodes have as a whole, for the node above. Equal ones are kept once: policies made from one template
//! mostly differ in their target alone.

use std::hash::BuildHasher;

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::guard::Guard;

/// The guard of each node so far.
#[derive(Debug, Default)]
pub(crate) struct Unions {
    /// For each node the place of its guard.
    of_nodes: Vec<Option<u32>>,
    guards: Vec<Guard>,
    by_hash: FxHashMap<u64, u32>,
}

impl Unions {
    /// Notes the guard of the next node.
    pub(crate) fn push(&mut self, guard: Option<Guard>) {
        let place = guard.map(|guard| self.place(guard));
        self.of_nodes.push(place);
    }

    /// The guard of a node.
    pub(crate) fn of(&self, node: u32) -> Option<&Guard> {
        let place = (*self.of_nodes.get(node as usize)?)?;
        self.guards.get(place as usize)
    }

    fn place(&mut self, guard: Guard) -> u32 {
        let next = u32::try_from(self.guards.len()).unwrap_or(u32::MAX);
        let known = *self.by_hash.entry(FxBuildHasher.hash_one(&guard)).or_insert(next);
        if self.guards.get(known as usize) == Some(&guard) {
            return known;
        }
        self.guards.push(guard);
        next
    }
}
