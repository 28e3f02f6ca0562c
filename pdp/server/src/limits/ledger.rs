//! What was let through against quotas since it was last written down.

use std::hash::BuildHasher as _;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

use argus_limits::Limit;
use argus_store::KeyId;
use rustc_hash::{FxBuildHasher, FxHashMap};

use super::key_limit::KeyLimit;

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
    /// What answers call it.
    pub(super) name: Box<str>,
    pub(super) limit: Limit,
    /// The key that was used last.
    pub(super) key: KeyId,
    /// At the end of a period, or of what a quota was before it was changed, there may be two.
    pub(super) periods: Vec<Period>,
}

/// What was used in one period.
#[derive(Debug, Clone, Copy)]
pub(super) struct Period {
    pub(super) of: Span,
    /// Less than nothing, where more was given back than taken since it was last written.
    pub(super) used: i64,
    /// Whether a use was refused for which too little was left.
    pub(super) is_lacking: bool,
}

/// What uses of a quota add up over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    /// One period, by the first nanosecond behind it.
    Period(i64),
    /// All periods since a nanosecond: of a quota that adds.
    Since(i64),
}

impl Span {
    /// That of a limit, in the period that ends at a nanosecond.
    pub(super) fn of(limit: &Limit, end: i64) -> Self {
        limit.adds_since().map_or(Self::Period(end), Self::Since)
    }
}

/// A quota that something is noted of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quota<'q> {
    /// What answers call it.
    pub(super) name: &'q str,
    /// What tells its bucket from all others.
    pub(super) bucket: &'q str,
    pub(super) limit: &'q Limit,
}

impl<'q> From<&'q KeyLimit> for Quota<'q> {
    fn from(limit: &'q KeyLimit) -> Self {
        Self { name: &limit.name, bucket: &limit.bucket, limit: &limit.limit }
    }
}

/// What is noted of a use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Noted {
    /// It took so much.
    Used(u64),
    /// It came to so much less than it took.
    Returned(u64),
    /// Too little was left for it.
    Lacking,
    /// What it took is counted from the journal: that somebody has to be told is all that is noted here.
    Journaled,
}

impl Period {
    fn begin(of: Span, noted: Noted) -> Self {
        let mut period = Self { of, used: 0, is_lacking: false };
        period.add(noted);
        period
    }

    fn add(&mut self, noted: Noted) {
        match noted {
            Noted::Used(used) => self.used = self.used.saturating_add_unsigned(used),
            Noted::Returned(rest) => self.used = self.used.saturating_sub_unsigned(rest),
            Noted::Lacking => self.is_lacking = true,
            Noted::Journaled => {}
        }
    }
}

impl Ledger {
    pub(super) fn new() -> Self {
        Self { parts: std::array::from_fn(|_| Mutex::default()), noted: AtomicU64::new(0) }
    }

    /// Notes a use of a key in the period of a quota that ends at a nanosecond.
    pub(super) fn note(&self, quota: Quota<'_>, key: KeyId, end: i64, noted: Noted) {
        let (bucket, of) = (quota.bucket, Span::of(quota.limit, end));
        let at = usize::try_from(FxBuildHasher.hash_one(bucket) >> 32).unwrap_or(0) % PARTS;
        let Some(mut part) = self.parts.get(at).map(lock) else { return };
        // The usual case, and one in which nothing is made.
        if let Some(entry) = part.get_mut(bucket) {
            entry.key = key;
            match entry.periods.iter_mut().find(|period| period.of == of) {
                Some(period) => period.add(noted),
                None => entry.periods.push(Period::begin(of, noted)),
            }
        } else {
            let (name, limit) = (quota.name.into(), quota.limit.clone());
            part.insert(bucket.into(), Entry { name, limit, key, periods: vec![Period::begin(of, noted)] });
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
