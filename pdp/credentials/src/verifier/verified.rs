//! The digests of keys that were verified: what makes the second use of a key cost a microsecond.
//!
//! Read on every request, so it is a plain map in shards behind read-write locks: 25 ns a look-up, where a general
//! cache spends up to 0.8 µs on the bookkeeping of each read. An entry proves one thing, that this key matched the
//! stored secret when its record had this generation. State and validity are never remembered.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
    sync::{
        PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering::Relaxed},
    },
};

use super::{counters::Counter, settings::Settings};
use crate::mac::Digest;

/// Shards, as many as let some ten cores write at once.
const SHARDS: usize = 64;

/// What the map says of a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// Verified.
    Yes,
    /// Verified, and to be derived again by whoever is told so. Only one is.
    YesButAgeing,
    /// Not known, or no longer.
    No,
}

#[derive(Debug)]
pub(super) struct Verified {
    shards: Vec<Shard>,
    capacity: usize,
    held: AtomicUsize,
    idle: i64,
    lifetime: i64,
}

/// On cache lines of its own: neighbours' counters and locks are written all the time.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Shard {
    // Boxed, so that an entry never moves and leaves no copy of its digest behind when it is wiped.
    entries: RwLock<Entries>,
    hits: Counter,
}

type Entries = HashMap<u64, Box<Entry>, BuildHasherDefault<AlreadyRandom>>;

impl Shard {
    fn read(&self) -> RwLockReadGuard<'_, Entries> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Entries> {
        self.entries.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug)]
struct Entry {
    digest: Digest,
    generation: u64,
    derived_at: i64,
    used_at: AtomicI64,
    refresh_claimed: AtomicBool,
}

/// The key is a word of a keyed digest, as evenly spread as any hash would make it.
#[derive(Debug, Default)]
struct AlreadyRandom(u64);

impl Hasher for AlreadyRandom {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, octets: &[u8]) {
        for octet in octets {
            self.0 = self.0.rotate_left(8) ^ u64::from(*octet);
        }
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = word;
    }
}

impl Verified {
    pub(super) fn new(settings: &Settings) -> Self {
        let shards = if settings.verified_capacity < SHARDS * SHARDS { 1 } else { SHARDS };
        Self {
            shards: (0..shards).map(|_| Shard::default()).collect(),
            capacity: settings.verified_capacity,
            held: AtomicUsize::new(0),
            idle: settings.verified_idle_seconds,
            lifetime: settings.verified_lifetime_seconds,
        }
    }

    /// Whether a digest was verified when the record had this generation, or a later one. Counts as a use.
    pub(super) fn find(&self, digest: &Digest, generation: u64, now: i64) -> Found {
        let Some(shard) = self.shard(digest) else { return Found::No };
        let entries = shard.read();
        let Some(entry) = entries.get(&digest.word::<0>()) else { return Found::No };
        if entry.digest != *digest || entry.generation < generation || self.is_over(entry, now) {
            return Found::No;
        }
        // Written once a second at most: a hot key's entry then stays in every core's cache.
        if entry.used_at.load(Relaxed) < now {
            entry.used_at.store(now, Relaxed);
        }
        shard.hits.rise();
        let ageing = age(entry.derived_at, now) >= self.ageing(digest);
        if ageing && !entry.refresh_claimed.swap(true, Relaxed) { Found::YesButAgeing } else { Found::Yes }
    }

    /// Remembers a digest. At the cap it takes the place of those in its shard that are over, or of the one there that
    /// is unused longest.
    pub(super) fn insert(&self, digest: &Digest, generation: u64, now: i64) {
        let Some(shard) = self.shard(digest) else { return };
        let mut entries = shard.write();
        let key = digest.word::<0>();
        if !entries.contains_key(&key) && !self.reserve() {
            // A walk over some 1,500 entries, next to the 60 ms that led here.
            let before = entries.len();
            entries.retain(|_, entry| !self.is_over(entry, now));
            self.held.fetch_sub(before - entries.len(), Relaxed);
            if !self.reserve() {
                let oldest = entries.iter().min_by_key(|(_, entry)| entry.used_at.load(Relaxed));
                let Some(oldest) = oldest.map(|(key, _)| *key) else { return };
                entries.remove(&oldest);
            }
        }
        let entry = Entry {
            digest: digest.clone(),
            generation,
            derived_at: now,
            used_at: AtomicI64::new(now),
            refresh_claimed: AtomicBool::new(false),
        };
        entries.insert(key, Box::new(entry));
    }

    /// Takes one of the places that are left.
    fn reserve(&self) -> bool {
        self.held.fetch_update(Relaxed, Relaxed, |held| (held < self.capacity).then_some(held + 1)).is_ok()
    }

    /// Forgets a digest.
    pub(super) fn remove(&self, digest: &Digest) {
        if let Some(shard) = self.shard(digest)
            && shard.write().remove(&digest.word::<0>()).is_some()
        {
            self.held.fetch_sub(1, Relaxed);
        }
    }

    /// Lets the next use of an ageing digest claim its derivation again.
    pub(super) fn release(&self, digest: &Digest) {
        let Some(shard) = self.shard(digest) else { return };
        let entries = shard.read();
        if let Some(entry) = entries.get(&digest.word::<0>()) {
            entry.refresh_claimed.store(false, Relaxed);
        }
    }

    /// Uses that were found.
    pub(super) fn hits(&self) -> u64 {
        self.shards.iter().map(|shard| shard.hits.value()).sum()
    }

    /// Digests that are held.
    pub(super) fn len(&self) -> usize {
        self.held.load(Relaxed)
    }

    fn shard(&self, digest: &Digest) -> Option<&Shard> {
        // Another word than the map's key: within a shard all keys would agree in these bits else.
        let index = usize::try_from(digest.word::<1>() % (SHARDS as u64)).unwrap_or_default();
        self.shards.get(index).or(self.shards.first())
    }

    fn is_over(&self, entry: &Entry, now: i64) -> bool {
        age(entry.derived_at, now) >= self.lifetime || age(entry.used_at.load(Relaxed), now) >= self.idle
    }

    /// The age at which a digest is derived again: somewhere from half its lifetime to eleven twelfths, for each
    /// another. Keys that were warmed together would otherwise all come back for a thread in the same second.
    fn ageing(&self, digest: &Digest) -> i64 {
        let spread = self.lifetime / 12 * 5;
        let share = i64::try_from(digest.word::<2>() >> 48).unwrap_or_default();
        self.lifetime / 2 + spread.saturating_mul(share) / (1 << 16)
    }
}

/// Seconds since. A clock that was set back makes nothing older, nor younger than now.
fn age(since: i64, now: i64) -> i64 {
    now.saturating_sub(since).max(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mac::MacKey;

    fn digest(number: u32) -> Digest {
        MacKey::new(&[7; 32]).digest(&number.to_be_bytes())
    }

    fn verified(capacity: usize) -> Verified {
        Verified::new(&Settings { verified_capacity: capacity, ..Settings::default() })
    }

    #[test]
    fn a_digest_is_found_with_its_generation_and_with_earlier_ones() {
        let verified = verified(10);
        verified.insert(&digest(1), 5, 0);
        assert_eq!(verified.find(&digest(1), 5, 0), Found::Yes);
        assert_eq!(verified.find(&digest(1), 4, 0), Found::Yes);
        assert_eq!(verified.find(&digest(1), 6, 0), Found::No);
        assert_eq!(verified.find(&digest(2), 5, 0), Found::No);
        assert_eq!(verified.hits(), 2);
    }

    #[test]
    fn an_unused_digest_is_over_after_ten_minutes() {
        let verified = verified(10);
        verified.insert(&digest(1), 0, 1_000);
        assert_eq!(verified.find(&digest(1), 0, 1_599), Found::Yes);
        assert_eq!(verified.find(&digest(1), 0, 2_198), Found::Yes);
        assert_eq!(verified.find(&digest(1), 0, 2_798), Found::No);
    }

    #[test]
    fn a_digest_in_use_ages_once_and_is_over_after_an_hour() {
        let verified = verified(10);
        verified.insert(&digest(1), 0, 0);
        let found: Vec<Found> = (0..3_600).step_by(60).map(|now| verified.find(&digest(1), 0, now)).collect();
        let ageing = found.iter().position(|found| *found == Found::YesButAgeing).unwrap();
        assert!((30..=55).contains(&ageing), "it aged in minute {ageing}");
        assert_eq!(found.iter().filter(|found| **found == Found::Yes).count(), 59);
        assert_eq!(verified.find(&digest(1), 0, 3_600), Found::No);
    }

    #[test]
    fn a_released_digest_is_claimed_again() {
        let verified = verified(10);
        verified.insert(&digest(1), 0, 0);
        (0..3_000).step_by(60).for_each(|now| _ = verified.find(&digest(1), 0, now));
        verified.insert(&digest(1), 0, 0);
        (0..3_540).step_by(60).for_each(|now| _ = verified.find(&digest(1), 0, now));
        assert_eq!(verified.find(&digest(1), 0, 3_540), Found::Yes);
        verified.release(&digest(1));
        assert_eq!(verified.find(&digest(1), 0, 3_540), Found::YesButAgeing);
    }

    #[test]
    fn a_clock_that_is_set_back_ends_nothing() {
        let verified = verified(10);
        verified.insert(&digest(1), 0, 10_000);
        assert_eq!(verified.find(&digest(1), 0, 6_400), Found::Yes);
        assert_eq!(verified.find(&digest(1), 0, i64::MIN), Found::Yes);
    }

    #[test]
    fn at_the_cap_the_digest_unused_longest_is_forgotten() {
        let verified = verified(3);
        for (number, now) in [(1, 10), (2, 20), (3, 30)] {
            verified.insert(&digest(number), 0, now);
        }
        assert_eq!(verified.find(&digest(1), 0, 40), Found::Yes);
        verified.insert(&digest(4), 0, 50);
        assert_eq!(verified.len(), 3);
        let held = [1, 2, 3, 4].map(|number| verified.find(&digest(number), 0, 50) == Found::Yes);
        assert_eq!(held, [true, false, true, true]);
    }

    #[test]
    fn at_the_cap_digests_that_are_over_go_first() {
        let verified = verified(3);
        for number in 1..=3 {
            verified.insert(&digest(number), 0, 0);
        }
        verified.insert(&digest(4), 0, 600);
        assert_eq!(verified.len(), 1);
    }

    #[test]
    fn many_digests_stay_below_the_cap() {
        let verified = verified(5_000);
        for number in 0..20_000 {
            verified.insert(&digest(number), 0, 0);
        }
        let held: usize = verified.shards.iter().map(|shard| shard.read().len()).sum();
        assert_eq!((held, verified.len()), (5_000, 5_000));
    }

    #[test]
    fn without_room_nothing_is_remembered() {
        let verified = verified(0);
        verified.insert(&digest(1), 0, 0);
        assert_eq!((verified.len(), verified.find(&digest(1), 0, 0)), (0, Found::No));
    }
}
