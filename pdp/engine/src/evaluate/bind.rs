//! Binding: the request's values are laid beside the designators that ask for them.
//!
//! The work and the memory are those of the request, not of the policy: a policy with a million designators binds a
//! request of five attributes as fast as one with five.

use std::cell::Cell;

use super::Evaluated;
use crate::compile::program::{Slot, SlotId, Tables};
use crate::request::{Attribute, Individual, RawValue, TypeName};
use crate::value::{Arena, Value};

/// The request's values by designator.
#[derive(Debug)]
pub(super) struct Bound<'a> {
    entries: bumpalo::collections::Vec<'a, Entry<'a>>,
    links: bumpalo::collections::Vec<'a, Link<'a>>,
    /// Open addressing from slot to entry; a power of two, at most half full.
    table: &'a mut [u32],
}

/// The values of one designator.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    slot: SlotId,
    first: u32,
    last: u32,
    pub(super) count: u32,
    /// Whether one of the values came without an issuer.
    pub(super) has_plain: bool,
    /// The parsed bag, once it was asked for.
    pub(super) bag: Cell<Option<Evaluated<'a, &'a [Value<'a>]>>>,
}

#[derive(Debug)]
struct Link<'a> {
    value: &'a RawValue<'a>,
    next: u32,
}

const NONE: u32 = u32::MAX;

impl<'a> Bound<'a> {
    pub(super) fn new(program: &'a Tables, request: &'a Individual<'a>, arena: &'a Arena) -> Self {
        let bump = arena.bump();
        let mut found = bumpalo::collections::Vec::with_capacity_in(16, bump);
        let mut slots = 0;
        for attributes in request.attributes {
            let Some(category) = program.names.category(attributes.category) else { continue };
            for attribute in attributes.attributes {
                if let Some(name) = program.names.find(category, attribute.id) {
                    slots += name.slots.len();
                    found.push((attribute, name));
                }
            }
        }
        let most = slots.min(program.slots.len());
        let mut bound = Self {
            entries: bumpalo::collections::Vec::with_capacity_in(most, bump),
            links: bumpalo::collections::Vec::with_capacity_in(found.len(), bump),
            table: bump.alloc_slice_fill_copy((most * 2).next_power_of_two(), NONE),
        };
        for (attribute, name) in found {
            for slot in &name.slots {
                bound.add(program, *slot, attribute);
            }
        }
        bound
    }

    fn add(&mut self, program: &Tables, slot: SlotId, attribute: &'a Attribute<'a>) {
        let wanted = program.slot(slot);
        if !issuer_matches(program, wanted, attribute) {
            return;
        }
        for value in attribute.values {
            if value.data_type == TypeName::Known(wanted.data_type) {
                self.push(slot, value, attribute.issuer.is_none());
            }
        }
    }

    fn push(&mut self, slot: SlotId, value: &'a RawValue<'a>, plain: bool) {
        let link = u32::try_from(self.links.len()).unwrap_or(NONE);
        self.links.push(Link { value, next: NONE });
        let place = self.place(slot);
        let Some(cell) = self.table.get_mut(place) else { return };
        if let Some(entry) = self.entries.get_mut(*cell as usize) {
            if let Some(last) = self.links.get_mut(entry.last as usize) {
                last.next = link;
            }
            entry.last = link;
            entry.count += 1;
            entry.has_plain |= plain;
            return;
        }
        *cell = u32::try_from(self.entries.len()).unwrap_or(NONE);
        let entry = Entry { slot, first: link, last: link, count: 1, has_plain: plain, bag: Cell::new(None) };
        self.entries.push(entry);
    }

    // Where the slot stands in the table, or the free place where it would.
    fn place(&self, slot: SlotId) -> usize {
        let mask = self.table.len() - 1;
        let mut place = (slot.wrapping_mul(0x9E37_79B1) >> 7) as usize & mask;
        while let Some(cell) = self.table.get(place) {
            match self.entries.get(*cell as usize) {
                Some(entry) if entry.slot != slot => place = (place + 1) & mask,
                _ => break,
            }
        }
        place
    }

    /// The values for a designator; `None` where the request has none.
    pub(super) fn find(&self, slot: SlotId) -> Option<&Entry<'a>> {
        let cell = self.table.get(self.place(slot))?;
        self.entries.get(*cell as usize)
    }

    /// The values of an entry, as they came.
    pub(super) fn values(&self, entry: &Entry<'a>) -> impl Iterator<Item = &'a RawValue<'a>> {
        let mut next = entry.first;
        std::iter::from_fn(move || {
            let link = self.links.get(next as usize)?;
            next = link.next;
            Some(link.value)
        })
    }
}

// Core 7.3.5: an issuer that is asked for must be there and be equal; one that is not asked for is of no account.
fn issuer_matches(program: &Tables, slot: &Slot, attribute: &Attribute<'_>) -> bool {
    slot.issuer.is_none_or(|issuer| attribute.issuer == Some(program.text(issuer)))
}
