//! Distinct things of the last minutes: a short list of hashes, and for many things a map of bits.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::numbers::{Seconds, real, whole};

/// The first eight octets of SHA-256: the same on every machine and in every release.
pub(super) fn hash(text: &str) -> u64 {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(8).fold(0, |hash, octet| hash << 8 | u64::from(*octet))
}

/// Half of the hash: a handful of things needs no more.
pub(super) fn short_hash(text: &str) -> u32 {
    u32::try_from(hash(text) >> 32).unwrap_or(0)
}

/// At most `CAP` distinct things, each with the last time that it was seen. When it is full the oldest goes.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Recent<const CAP: usize>(Vec<(u32, Seconds)>);

impl<const CAP: usize> Recent<CAP> {
    /// Notes a thing. `true` where it was not there.
    pub(super) fn note(&mut self, thing: u32, at: Seconds) -> bool {
        if let Some(known) = self.0.iter_mut().find(|known| known.0 == thing) {
            known.1 = known.1.max(at);
            return false;
        }
        if self.0.len() >= CAP {
            let oldest = self.0.iter().enumerate().min_by_key(|(_, known)| known.1).map(|(at, _)| at);
            oldest.map(|oldest| self.0.swap_remove(oldest));
        }
        self.0.push((thing, at));
        true
    }

    /// Forgets what was last seen before a time.
    pub(super) fn forget_before(&mut self, time: Seconds) {
        self.0.retain(|known| known.1 >= time);
    }

    pub(super) fn contains(&self, thing: u32) -> bool {
        self.0.iter().any(|known| known.0 == thing)
    }

    pub(super) fn count(&self) -> u64 {
        u64::try_from(self.0.len()).unwrap_or(u64::MAX)
    }

    /// All of them, those seen last first.
    pub(super) fn latest(&self) -> Vec<u32> {
        let mut all = self.0.clone();
        all.sort_unstable_by_key(|known| (std::cmp::Reverse(known.1), known.0));
        all.into_iter().map(|known| known.0).collect()
    }

    /// Whether the next new thing pushes another out: from then on "never seen" means nothing.
    pub(super) fn is_full(&self) -> bool {
        self.0.len() >= CAP
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

/// How many distinct things, by linear counting over 2,048 bits: within 3 % up to some thousand, then ever coarser.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Distinct(Vec<u64>);

impl Default for Distinct {
    fn default() -> Self {
        Self(vec![0; 32])
    }
}

impl Distinct {
    pub(super) fn note(&mut self, hash: u64) {
        let (word, bit) = (usize::try_from(hash >> 6 & 31).unwrap_or(0), hash & 63);
        if let Some(word) = self.0.get_mut(word) {
            *word |= 1 << bit;
        }
    }

    pub(super) fn count(&self) -> u64 {
        let bits = real(64 * u64::try_from(self.0.len()).unwrap_or(0));
        let set: u64 = self.0.iter().map(|word| u64::from(word.count_ones())).sum();
        whole(-bits * (1.0 - real(set) / bits).max(0.5 / bits).ln())
    }

    pub(super) fn clear(&mut self) {
        self.0.iter_mut().for_each(|word| *word = 0);
    }

    pub(super) fn is_whole(&self) -> bool {
        self.0.len() == 32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_makes_room() {
        let mut recent = Recent::<2>::default();
        assert!(recent.note(1, 10) && recent.note(2, 20) && !recent.note(1, 30) && recent.note(3, 40));
        assert!(recent.contains(1) && !recent.contains(2) && recent.is_full());
        recent.forget_before(40);
        assert_eq!(recent.count(), 1);
    }

    #[test]
    fn distinct_things_are_counted_within_some_per_cent() {
        let mut distinct = Distinct::default();
        for round in 0..3 {
            (0..1000).for_each(|thing| distinct.note(hash(&format!("reports/{thing}"))));
            assert!(distinct.count().abs_diff(1000) < 60, "round {round}: {}", distinct.count());
        }
        (0..100_000).for_each(|thing| distinct.note(hash(&thing.to_string())));
        assert!(distinct.count() > 5_000, "full, and still a number: {}", distinct.count());
    }
}
