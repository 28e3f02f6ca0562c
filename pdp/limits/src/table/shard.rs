//! Slots of buckets, and which bucket gives way when there is no room: one that owes nothing, or none.

use super::index::Index;
use crate::AtCap;
use crate::strategy::State;

/// Slots that are looked at for one that owes nothing, when a newcomer finds the table full. The hand goes on where it
/// stopped: after as many newcomers as an eighth of the slots every slot was looked at.
const LOOKED_AT: usize = 8;

/// Buckets that newcomers share at the cap, one for each limit that they have.
const SHARED: usize = 16;

#[derive(Debug, Clone, Copy)]
struct Slot<S> {
    /// As octets, lest a state of less than eight be followed by empty ones.
    digest: [u8; 8],
    state: S,
}

impl<S: State> Slot<S> {
    const EMPTY: Self = Self { digest: [0; 8], state: S::NEW };

    fn new(digest: u64) -> Self {
        Self { digest: digest.to_ne_bytes(), ..Self::EMPTY }
    }
}

impl<S> Slot<S> {
    fn digest(&self) -> u64 {
        u64::from_ne_bytes(self.digest)
    }
}

/// A part of a table.
#[derive(Debug)]
pub(crate) struct Shard<S: State> {
    index: Index,
    slots: Vec<Slot<S>>,
    /// What is seldom read, by slot.
    rests: Vec<S::Rest>,
    cap: usize,
    hand: usize,
    shared: Vec<(Slot<S>, S::Rest)>,
    at_cap: AtCap,
    pub(crate) reclaimed: u64,
    pub(crate) turned_away: u64,
}

/// Where a bucket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In a slot of its own.
    Own(usize),
    /// In one that newcomers share.
    Shared(usize),
    /// Nowhere, and it counts as full.
    Closed,
    /// Nowhere, and it counts as empty.
    Open,
}

impl<S: State> Shard<S> {
    pub(super) fn new(cap: usize, at_cap: AtCap) -> Self {
        Self {
            index: Index::new(cap),
            slots: Vec::with_capacity(cap),
            rests: Vec::with_capacity(cap),
            cap,
            hand: 0,
            shared: Vec::with_capacity(SHARED),
            at_cap,
            reclaimed: 0,
            turned_away: 0,
        }
    }

    /// The place of a bucket: the one that it has, else a new one. `limit` is the digest of its limit alone. Of what is
    /// `pinned`, nothing gives way: those are the places of the same request that were looked at and not yet charged.
    pub(crate) fn place(&mut self, digest: u64, limit: u64, now: i64, pinned: &[Place]) -> Place {
        if let Some(place) = self.find(digest) {
            return place;
        }
        match self.free_slot(now, pinned) {
            Some(slot) => self.put(slot, digest),
            None => self.turn_away(limit, now, pinned),
        }
    }

    /// The place of a bucket that has one of its own.
    pub(crate) fn find(&self, digest: u64) -> Option<Place> {
        let slots = &self.slots;
        self.index.find(digest, |slot| digest_in(slots, slot)).map(|slot| Place::Own(to_usize(slot)))
    }

    /// The state of a place.
    pub(crate) fn state(&mut self, place: Place) -> Option<(&mut S, &mut S::Rest)> {
        match place {
            Place::Own(slot) => Some((&mut self.slots.get_mut(slot)?.state, self.rests.get_mut(slot)?)),
            Place::Shared(slot) => self.shared.get_mut(slot).map(|(slot, rest)| (&mut slot.state, rest)),
            Place::Closed | Place::Open => None,
        }
    }

    /// Buckets there are.
    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Buckets there may be.
    pub(crate) fn cap(&self) -> usize {
        self.cap
    }

    fn free_slot(&mut self, now: i64, pinned: &[Place]) -> Option<usize> {
        if self.slots.len() < self.cap {
            self.slots.push(Slot::EMPTY);
            self.rests.push(S::REST);
            return Some(self.slots.len() - 1);
        }
        for _ in 0..LOOKED_AT.min(self.cap) {
            let slot = self.hand;
            self.hand = (self.hand + 1) % self.cap;
            let owes_nothing = self.slots.get(slot).is_some_and(|slot| slot.state.fresh_at() <= now);
            if owes_nothing && !pinned.contains(&Place::Own(slot)) {
                self.forget(slot);
                self.reclaimed += 1;
                return Some(slot);
            }
        }
        None
    }

    fn forget(&mut self, slot: usize) {
        let slots = &self.slots;
        if let Some(digest) = slots.get(slot).map(Slot::digest) {
            self.index.remove(digest, |slot| digest_in(slots, slot));
        }
    }

    fn put(&mut self, slot: usize, digest: u64) -> Place {
        if let Some(own) = self.slots.get_mut(slot) {
            *own = Slot::new(digest);
        }
        self.index.insert(digest, u32::try_from(slot).unwrap_or(u32::MAX));
        Place::Own(slot)
    }

    /// A newcomer for whom there is no room.
    fn turn_away(&mut self, limit: u64, now: i64, pinned: &[Place]) -> Place {
        self.turned_away += 1;
        match self.at_cap {
            AtCap::Share => self.share(limit, now, pinned),
            AtCap::Closed => Place::Closed,
            AtCap::Open => Place::Open,
        }
    }

    fn share(&mut self, limit: u64, now: i64, pinned: &[Place]) -> Place {
        if let Some(slot) = self.shared.iter().position(|(slot, _)| slot.digest() == limit) {
            return Place::Shared(slot);
        }
        let new = Slot::new(limit);
        if self.shared.len() < SHARED {
            self.shared.push((new, S::REST));
            return Place::Shared(self.shared.len() - 1);
        }
        let mut free = self.shared.iter_mut().enumerate();
        match free.find(|(slot, (shared, _))| shared.state.fresh_at() <= now && !pinned.contains(&Place::Shared(*slot)))
        {
            Some((slot, (shared, _))) => {
                *shared = new;
                Place::Shared(slot)
            }
            // More different limits than are shared: whoever comes now has nowhere to owe.
            None => Place::Closed,
        }
    }
}

fn digest_in<S>(slots: &[Slot<S>], slot: u32) -> u64 {
    slots.get(to_usize(slot)).map_or(0, Slot::digest)
}

fn to_usize(slot: u32) -> usize {
    usize::try_from(slot).unwrap_or(usize::MAX)
}
