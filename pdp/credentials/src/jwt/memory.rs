//! Tokens that were verified: what makes the second use of one cost a digest instead of a signature.
//!
//! A sharded map like that of verified keys. An entry proves that this text was a right token when it was remembered;
//! what it says is kept beside it, and whatever may have changed since (the key, its state, the signer, the time) is
//! looked at by the caller each time.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering::Relaxed};
use std::sync::{PoisonError, RwLock};

use zeroize::Zeroizing;

use crate::mac::{Digest, MacKey};
use crate::random::{self, NoRandomness};

/// Shards: as many as let some cores write at once.
const SHARDS: usize = 16;

/// What is remembered of verified tokens, `T` of each.
pub struct TokenMemory<T> {
    digest_key: MacKey,
    shards: Vec<RwLock<Shard<T>>>,
    capacity: usize,
    held: AtomicUsize,
}

// Boxed, so that a digest never moves and leaves no copy behind when it is wiped.
type Shard<T> = HashMap<Digest, Box<Entry<T>>>;

struct Entry<T> {
    known: T,
    until: i64,
    used_at: AtomicI64,
}

impl<T: Clone> TokenMemory<T> {
    /// A memory of at most so many tokens. The key of its digests is drawn now, and never leaves the process.
    pub fn new(capacity: usize) -> Result<Self, NoRandomness> {
        let mut key = Zeroizing::new([0; 32]);
        random::fill(key.as_mut_slice())?;
        Ok(Self {
            digest_key: MacKey::new(&key),
            shards: (0..SHARDS).map(|_| RwLock::default()).collect(),
            capacity,
            held: AtomicUsize::new(0),
        })
    }

    /// What is known of a token, unless its time is over.
    pub fn find(&self, token: &str, now: i64) -> Option<T> {
        let digest = self.digest_key.digest(token.as_bytes());
        let shard = self.shard(&digest)?.read().unwrap_or_else(PoisonError::into_inner);
        let entry = shard.get(&digest).filter(|entry| now < entry.until)?;
        // Written once a second at most: a hot entry then stays in every core's cache.
        if entry.used_at.load(Relaxed) < now {
            entry.used_at.store(now, Relaxed);
        }
        Some(entry.known.clone())
    }

    /// Remembers a token until its time is over. At the cap it takes the place of those in its shard that are over, or of
    /// the one there that is unused longest.
    pub fn insert(&self, token: &str, known: T, until: i64, now: i64) {
        let digest = self.digest_key.digest(token.as_bytes());
        let Some(shard) = self.shard(&digest) else { return };
        let mut entries = shard.write().unwrap_or_else(PoisonError::into_inner);
        if !entries.contains_key(&digest) && !self.reserve() {
            let before = entries.len();
            entries.retain(|_, entry| now < entry.until);
            self.held.fetch_sub(before - entries.len(), Relaxed);
            if !self.reserve() {
                let oldest = entries.iter().min_by_key(|(_, entry)| entry.used_at.load(Relaxed));
                let Some(oldest) = oldest.map(|(digest, _)| digest.clone()) else { return };
                entries.remove(&oldest);
            }
        }
        entries.insert(digest, Box::new(Entry { known, until, used_at: AtomicI64::new(now) }));
    }

    /// Tokens that are remembered.
    pub fn len(&self) -> usize {
        self.held.load(Relaxed)
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes one of the places that are left.
    fn reserve(&self) -> bool {
        self.held.fetch_update(Relaxed, Relaxed, |held| (held < self.capacity).then_some(held + 1)).is_ok()
    }

    fn shard(&self, digest: &Digest) -> Option<&RwLock<Shard<T>>> {
        let index = usize::try_from(digest.word::<1>() % (SHARDS as u64)).unwrap_or_default();
        self.shards.get(index)
    }
}

impl<T> fmt::Debug for TokenMemory<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenMemory")
            .field("held", &self.held)
            .field("capacity", &self.capacity)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_known_until_its_time_is_over() {
        let memory = TokenMemory::new(10).unwrap();
        memory.insert("a.b.c", 7, 100, 0);
        assert_eq!(
            (memory.find("a.b.c", 99), memory.find("a.b.c", 100), memory.find("a.b.d", 0)),
            (Some(7), None, None)
        );
    }

    #[test]
    fn many_tokens_stay_below_the_cap_and_the_newest_is_known() {
        let memory = TokenMemory::new(100).unwrap();
        for number in 0..1_000 {
            memory.insert(&number.to_string(), number, 10_000, number);
        }
        assert_eq!(memory.len(), 100);
        assert_eq!(memory.find("999", 1_000), Some(999));
    }

    #[test]
    fn without_room_nothing_is_remembered() {
        let memory = TokenMemory::new(0).unwrap();
        memory.insert("a.b.c", 7, 100, 0);
        assert_eq!((memory.is_empty(), memory.find("a.b.c", 0)), (true, None));
    }
}
