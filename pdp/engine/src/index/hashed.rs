//! Keys by their hashes, with the children behind each of them: one array in the order of the hashes, in which a key
//! stands where its hash says.
//!
//! Among a hundred thousand policies a look-up costs as many cache misses as it touches lines in different places. Here
//! it is one: hashes are even, so a hash is also a place in proportion to it, and where others came before, the key
//! stands a few entries on. An entry takes 8 bytes, so that the array of a set of a hundred policies is a kilobyte.

/// What [`Hashed::get`] looks in.
#[derive(Debug, Default)]
pub(super) struct Hashed {
    entries: Box<[Entry]>,
    /// The children of the keys that have several: for each their number, then they.
    postings: Box<[u32]>,
    /// Over so many entries the hashes are spread. The last keys may stand a little beyond.
    places: u32,
}

/// A key, or the gap before one.
#[derive(Debug, Clone, Copy)]
struct Entry {
    hash: u32,
    /// The one child, or [`MANY`] and a place in [`Hashed::postings`].
    children: u32,
}

const GAP: Entry = Entry { hash: u32::MAX, children: 0 };

/// No policy has so many children, nor all keys of one together: a document of such a size is refused.
const MANY: u32 = 1 << 31;

/// The hash of a key in half its bits: beside a million keys one other in four thousand is taken for one of them. That
/// costs a visit, no more.
pub(super) fn short(hash: u64) -> u32 {
    // The multiplication carries every bit to the upper half, of which the place is made.
    let mixed = (hash ^ (hash >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    u32::try_from(mixed >> 32).unwrap_or(u32::MAX).min(GAP.hash - 1)
}

impl Hashed {
    /// Takes children with the hashes of their keys.
    pub(super) fn new(mut pairs: Vec<(u32, u32)>) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        let keys = pairs.chunk_by(|a, b| a.0 == b.0).count();
        // A third stays free: on average a key stands one place on.
        let places = u32::try_from(keys + keys / 2).unwrap_or(u32::MAX);
        let (mut entries, mut postings) = (Vec::with_capacity(places as usize), Vec::new());
        for run in pairs.chunk_by(|a, b| a.0 == b.0) {
            let Some((hash, first)) = run.first().copied() else { continue };
            let children = if run.len() == 1 {
                first
            } else {
                let start = u32::try_from(postings.len()).unwrap_or(u32::MAX);
                postings.push(u32::try_from(run.len()).unwrap_or(u32::MAX));
                postings.extend(run.iter().map(|(_, child)| *child));
                start | MANY
            };
            entries.resize(place(hash, places).max(entries.len()), GAP);
            entries.push(Entry { hash, children });
        }
        Self { entries: entries.into(), postings: postings.into(), places }
    }

    /// The children behind the key with this hash, in order.
    pub(super) fn get(&self, hash: u32) -> &[u32] {
        let from_there = self.entries.get(place(hash, self.places)..).unwrap_or_default();
        // A gap ends the search, as its hash is the greatest.
        match from_there.iter().find(|entry| entry.hash >= hash) {
            Some(entry) if entry.hash == hash => self.children(entry),
            _ => &[],
        }
    }

    fn children<'h>(&'h self, entry: &'h Entry) -> &'h [u32] {
        if entry.children & MANY == 0 {
            return std::slice::from_ref(&entry.children);
        }
        let run = self.postings.get((entry.children & !MANY) as usize..).and_then(<[u32]>::split_first);
        run.and_then(|(len, run)| run.get(..*len as usize)).unwrap_or_default()
    }
}

// In proportion to the hash: the order of places is that of hashes.
fn place(hash: u32, places: u32) -> usize {
    usize::try_from((u64::from(hash) * u64::from(places)) >> 32).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;

    // Even hashes, and such as crowd at either end or in one place.
    fn hash() -> impl Strategy<Value = u32> {
        prop_oneof![any::<u64>().prop_map(short), 0..40_u32, GAP.hash - 40..GAP.hash, (1 << 20)..(1 << 20) + 40_u32]
    }

    proptest! {
        #[test]
        fn each_key_has_its_children_and_no_other_hash_has_any(
            pairs in prop::collection::vec((hash(), 0..9_u32), 0..300), others in prop::collection::vec(hash(), 50),
        ) {
            let mut expected: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
            for (hash, child) in &pairs {
                expected.entry(*hash).or_default().insert(*child);
            }
            let hashed = Hashed::new(pairs);
            for hash in others.into_iter().chain(expected.keys().copied()) {
                let children: Vec<u32> = expected.get(&hash).into_iter().flatten().copied().collect();
                prop_assert_eq!(hashed.get(hash), children);
            }
        }
    }

    #[test]
    fn no_hash_is_taken_for_a_gap() {
        assert!((0..1_000_000_u64).chain([u64::MAX]).all(|hash| short(hash) < GAP.hash));
    }
}
