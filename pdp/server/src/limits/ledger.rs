//! What was let through against quotas since it was last written down.

use std::hash::BuildHasher as _;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

use argus_limits::Limit;
use rustc_hash::{FxBuildHasher, FxHashMap};

/// Parts with a lock each: uses of different quotas seldom wait for each other.
const PARTS: usize = 16;

/// Notes uses of quotas, as many as there are quotas in use.
#[derive(Debug)]
pub(super) struct Ledger {
    parts: [Mutex<Part>; PARTS],
    noted: AtomicU64,
}

type Part = FxHashMap<Box<str>, Entry>;

/// What was used of one quota.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) limit: Limit,
    /// By the first nanosecond behind the period. At its end there may be two.
    pub(super) used: Vec<(i64, u64)>,
}

impl Ledger {
    pub(super) fn new() -> Self {
        Self { parts: std::array::from_fn(|_| Mutex::default()), noted: AtomicU64::new(0) }
    }

    /// Notes a use of the period that ends at a nanosecond.
    pub(super) fn note(&self, bucket: &str, limit: &Limit, end: i64, used: u64) {
        let at = usize::try_from(FxBuildHasher.hash_one(bucket) >> 32).unwrap_or(0) % PARTS;
        let Some(mut part) = self.parts.get(at).map(lock) else { return };
        // The usual case, and one in which nothing is made.
        if let Some(entry) = part.get_mut(bucket) {
            match entry.used.iter_mut().find(|(of, _)| *of == end) {
                Some((_, sum)) => *sum = sum.saturating_add(used),
                None => entry.used.push((end, used)),
            }
        } else {
            part.insert(bucket.into(), Entry { limit: limit.clone(), used: vec![(end, used)] });
        }
        self.noted.fetch_add(1, Relaxed);
    }

    /// All that was noted since this was last asked, and how many uses were ever noted before.
    pub(super) fn take(&self) -> (Vec<(Box<str>, Entry)>, u64) {
        // Read first: a use that is noted meanwhile may be written and still count as unwritten, never the reverse.
        let noted = self.noted.load(Relaxed);
        (self.parts.iter().flat_map(|part| std::mem::take(&mut *lock(part))).collect(), noted)
    }

    /// How many uses were ever noted.
    pub(super) fn noted(&self) -> u64 {
        self.noted.load(Relaxed)
    }
}

/// What panicked while it held a part left whole numbers behind.
fn lock(part: &Mutex<Part>) -> MutexGuard<'_, Part> {
    part.lock().unwrap_or_else(PoisonError::into_inner)
}
