//! Buckets in memory that doesn't grow: shards of a fixed number of slots, each behind a lock of its own.

mod index;
mod shard;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub(crate) use shard::{Place, Shard};

use crate::AtCap;
use crate::strategy::State;

/// The buckets of one kind of state.
#[derive(Debug)]
pub(crate) struct Table<S: State> {
    shards: Box<[Mutex<Shard<S>>]>,
}

impl<S: State> Table<S> {
    /// A table for `buckets` buckets. All of its memory is taken here.
    pub(crate) fn new(buckets: usize, shards: usize, at_cap: AtCap) -> Self {
        let shards = shards.clamp(1, buckets.max(1)).next_power_of_two();
        let each = buckets.div_ceil(shards);
        Self { shards: (0..shards).map(|_| Mutex::new(Shard::new(each, at_cap))).collect() }
    }

    /// The shard of a digest: by its upper bits, since its slot in the shard is found by the lower ones.
    pub(crate) fn shard_of(&self, digest: u64) -> usize {
        let upper = usize::try_from(digest >> 32).unwrap_or(0);
        upper & (self.shards.len() - 1)
    }

    /// A shard, to be looked at by nobody else meanwhile. What panicked while it held a shard left whole numbers behind.
    pub(crate) fn lock(&self, shard: usize) -> Option<MutexGuard<'_, Shard<S>>> {
        self.shards.get(shard).map(|shard| shard.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn shards(&self) -> usize {
        self.shards.len()
    }
}
