//! From a digest to a slot: open addressing with linear probing, half full at most. Four octets an entry: the digests
//! themselves stand in the slots.

/// No slot.
const NONE: u32 = u32::MAX;

/// Slots by digest.
#[derive(Debug)]
pub(super) struct Index {
    entries: Box<[u32]>,
    mask: usize,
}

impl Index {
    /// For so many slots.
    pub(super) fn new(slots: usize) -> Self {
        let entries = (slots.max(1) * 2).next_power_of_two();
        Self { entries: vec![NONE; entries].into(), mask: entries - 1 }
    }

    /// The slot of a digest, where `digest_of` says which digest a slot holds.
    pub(super) fn find(&self, digest: u64, digest_of: impl Fn(u32) -> u64) -> Option<u32> {
        let mut at = self.home(digest);
        loop {
            match self.get(at) {
                NONE => return None,
                slot if digest_of(slot) == digest => return Some(slot),
                _ => at = (at + 1) & self.mask,
            }
        }
    }

    /// Adds a slot for a digest that isn't there.
    pub(super) fn insert(&mut self, digest: u64, slot: u32) {
        let mut at = self.home(digest);
        while self.get(at) != NONE {
            at = (at + 1) & self.mask;
        }
        self.set(at, slot);
    }

    /// Takes a digest out. Those behind it move up, so that no search ends early.
    pub(super) fn remove(&mut self, digest: u64, digest_of: impl Fn(u32) -> u64) {
        let mut hole = self.home(digest);
        loop {
            match self.get(hole) {
                NONE => return,
                slot if digest_of(slot) == digest => break,
                _ => hole = (hole + 1) & self.mask,
            }
        }
        let mut at = hole;
        loop {
            at = (at + 1) & self.mask;
            let slot = self.get(at);
            if slot == NONE {
                break;
            }
            // It may move into the hole unless its home lies behind the hole.
            let from_home = at.wrapping_sub(self.home(digest_of(slot))) & self.mask;
            let from_hole = at.wrapping_sub(hole) & self.mask;
            if from_home >= from_hole {
                self.set(hole, slot);
                hole = at;
            }
        }
        self.set(hole, NONE);
    }

    fn home(&self, digest: u64) -> usize {
        usize::try_from(digest & u64::from(u32::MAX)).unwrap_or(0) & self.mask
    }

    fn get(&self, at: usize) -> u32 {
        self.entries.get(at).copied().unwrap_or(NONE)
    }

    fn set(&mut self, at: usize, slot: u32) {
        if let Some(entry) = self.entries.get_mut(at) {
            *entry = slot;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Few homes and many comings and goings: a search finds what a map would.
        #[test]
        fn it_finds_what_a_map_finds(steps in proptest::collection::vec((0_u64..24, any::<bool>()), 1..400)) {
            let (mut index, mut map) = (Index::new(16), HashMap::new());
            let mut digests = [u64::MAX; 64];
            for (number, adds) in steps {
                // Homes 0 to 7 and the last ones, so that runs go round the end.
                let digest = (number % 8).wrapping_sub(4) & 31 | (number << 40);
                let of = |slot: u32| digests[slot as usize];
                prop_assert_eq!(index.find(digest, of), map.get(&digest).copied());
                if adds && map.len() < 16 && !map.contains_key(&digest) {
                    let slot = (0..64).find(|slot| digests[*slot as usize] == u64::MAX).unwrap();
                    digests[slot as usize] = digest;
                    index.insert(digest, slot);
                    map.insert(digest, slot);
                } else if let Some(slot) = map.remove(&digest) {
                    index.remove(digest, of);
                    digests[slot as usize] = u64::MAX;
                }
            }
            for (digest, slot) in map {
                prop_assert_eq!(index.find(digest, |slot| digests[slot as usize]), Some(slot));
            }
        }
    }
}
