//! How limits count, a file each: a state of fixed size, how it stands at a time, and what a charge makes of it.
//!
//! A state says from when on it is as good as new (`fresh_at`). That is what may be forgotten, and nothing else.

mod aligned;
mod bucket;
mod sliding;

pub(crate) use aligned::Aligned;
pub(crate) use bucket::Bucket;
pub(crate) use sliding::{COUNT, Sliding};

use chrono_tz::Tz;

use crate::{Limit, Now, Period, Standing};

/// How a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Strategy {
    /// Windows that follow each other, aligned to 1970 in UTC.
    FixedWindow,
    /// Any span of the window's length, counted in 60 cells.
    SlidingWindow,
    /// A bucket that holds `burst` and gains `limit` in each window, steadily.
    TokenBucket {
        /// How much it holds.
        burst: u64,
    },
    /// Periods of a calendar.
    Quota {
        /// Which.
        period: Period,
        /// Whose days and months.
        zone: Tz,
    },
}

/// The state of one bucket.
pub(crate) trait State: Copy + 'static {
    /// Nothing was used.
    const NEW: Self;

    /// The clock that it counts by.
    fn clock(now: Now) -> i64;

    /// From when on it is as good as new.
    fn fresh_at(&self) -> i64;

    /// Takes the state to `now`, which changes nothing that counts. Comes before everything below.
    fn reach(&mut self, limit: &Limit, now: i64);

    /// Whether there is room for a cost.
    fn has_room(&self, limit: &Limit, cost: u64, now: i64) -> bool;

    /// Takes a cost for which there is room.
    fn take(&mut self, limit: &Limit, cost: u64, now: i64);

    /// Takes a cost that was let through elsewhere, whether or not there is room.
    fn note(&mut self, limit: &Limit, cost: u64, now: i64) {
        self.take(limit, cost, now);
    }

    /// Gives back a part of what was taken at a time, unless it counts no more: never is more admitted for it than if it
    /// had not been taken.
    fn give_back(&mut self, limit: &Limit, cost: u64, taken: i64, now: i64);

    /// How it stands, for a request of this cost. Apart from the rest because it divides.
    fn standing(&self, limit: &Limit, cost: u64, now: i64) -> Standing;
}
