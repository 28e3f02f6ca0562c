//! Attribute names: (category, attribute id) to a number, and from a name to the designators that ask for it.
//!
//! Only the policy's names are in the table. A request's attributes are looked up; what is not found is not asked for
//! by any designator, and is left where it is.

use std::hash::BuildHasher;

use rustc_hash::{FxBuildHasher, FxHashMap};
use smallvec::SmallVec;

use super::program::SlotId;

/// Up to so many categories are compared one after the other.
const FEW: usize = 8;

/// The names of a program.
#[derive(Debug, Default)]
pub(crate) struct Names {
    categories: Vec<Box<str>>,
    category_places: FxHashMap<Box<str>, u32>,
    names: Vec<Name>,
    // By the hash of the attribute id and the category's number; the few names that share a hash are compared.
    by_hash: FxHashMap<u64, SmallVec<[u32; 1]>>,
}

/// One name.
#[derive(Debug)]
pub(crate) struct Name {
    pub(crate) category: u32,
    pub(crate) id: Box<str>,
    /// The designators of this name, one for each data type and issuer.
    pub(crate) slots: SmallVec<[SlotId; 2]>,
}

impl Names {
    /// The number of a category, if any designator names it.
    pub(crate) fn category(&self, category: &str) -> Option<u32> {
        // For a handful of categories comparing, lengths first, is faster than hashing 50 bytes.
        if self.categories.len() > FEW {
            return self.category_places.get(category).copied();
        }
        self.categories.iter().position(|known| **known == *category).and_then(|place| u32::try_from(place).ok())
    }

    /// The name, if any designator asks for it.
    pub(crate) fn find(&self, category: u32, id: &str) -> Option<&Name> {
        self.place(category, id).and_then(|place| self.names.get(place as usize))
    }

    fn place(&self, category: u32, id: &str) -> Option<u32> {
        let candidates = self.by_hash.get(&hash(category, id))?;
        candidates.iter().copied().find(|place| {
            self.names.get(*place as usize).is_some_and(|name| name.category == category && *name.id == *id)
        })
    }

    /// The number of a name, made where it is new.
    pub(crate) fn intern(&mut self, category: &str, id: &str) -> u32 {
        let category = self.category(category).unwrap_or_else(|| {
            let place = u32::try_from(self.categories.len()).unwrap_or(u32::MAX);
            self.categories.push(category.into());
            self.category_places.insert(category.into(), place);
            place
        });
        if let Some(place) = self.place(category, id) {
            return place;
        }
        let place = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.push(Name { category, id: id.into(), slots: SmallVec::new() });
        self.by_hash.entry(hash(category, id)).or_default().push(place);
        place
    }

    /// Category and id of a name.
    pub(crate) fn texts(&self, name: u32) -> (&str, &str) {
        self.names.get(name as usize).map_or(("", ""), |name| {
            (self.categories.get(name.category as usize).map_or("", |category| category), &name.id)
        })
    }

    /// Notes that a designator asks for a name.
    pub(crate) fn add_slot(&mut self, name: u32, slot: SlotId) {
        if let Some(name) = self.names.get_mut(name as usize) {
            name.slots.push(slot);
        }
    }
}

fn hash(category: u32, id: &str) -> u64 {
    FxBuildHasher.hash_one((category, id))
}
