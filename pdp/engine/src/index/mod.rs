//! Which children of a combining node a request can reach at all.
//!
//! For each child one *guard* is chosen: a set of keys of which the request must hit one, or the child is NotApplicable
//! whatever else it says. A guard comes from one `AnyOf` of the child's target (where none of it matches, the target
//! is "No match": core 7.7), from a rule's condition (where one conjunct is False the condition is: A.3.5), or from all
//! the children of a policy or policy set together. A child without a guard is always visited.
//!
//! A key that is hit by mistake costs time, never a decision: candidates are evaluated in full. A key that is missed by
//! mistake would cost a decision. So whenever the request's bag could make the guard Indeterminate instead of False (it
//! is absent where it must be present, has several values where one is asked for, or holds a value that does not
//! parse), the children behind it stay candidates.

mod choose;
mod guard;
mod hashed;
mod interval;
mod table;
mod union;

pub(crate) use choose::Chosen;
pub(crate) use union::Unions;

use smallvec::SmallVec;

use crate::compile::program::SlotId;
use crate::status::Fault;
use crate::value::{Arena, Value};
use table::Table;

/// Below so many rules looking at each is faster than finding out which.
const FEW_RULES: u32 = 12;
/// The same of policies and policy sets, of which each may have an index of its own to be asked.
const FEW_POLICIES: u32 = 4;

/// The index of one node.
#[derive(Debug)]
pub(crate) struct Index {
    /// The children without a guard, by place, in order.
    always: Box<[u32]>,
    // Mostly one, which then stands here.
    tables: SmallVec<[Table; 1]>,
}

impl Index {
    /// The places of the children that the request may reach, in document order. `None` means all of them.
    pub(crate) fn candidates<'a>(
        &self,
        arena: &'a Arena,
        mut bag: impl FnMut(SlotId) -> Result<&'a [Value<'a>], &'a Fault>,
    ) -> Option<&'a [u32]> {
        let mut found = bumpalo::collections::Vec::new_in(arena.bump());
        found.extend_from_slice(&self.always);
        let mut runs = usize::from(!self.always.is_empty());
        for table in &self.tables {
            let values = bag(table.slot).ok()?;
            runs += table.find(values, &mut found);
        }
        // One run is in order already.
        if runs > 1 {
            found.sort_unstable();
            found.dedup();
        }
        Some(found.into_bump_slice())
    }
}
