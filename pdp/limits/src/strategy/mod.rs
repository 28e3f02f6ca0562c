//! How limits count, a file each: a state of fixed size, how it stands at a time, and what a charge makes of it.
//!
//! A state says from when on it is as good as new (`fresh_at`). That is what may be forgotten, and nothing else.

mod aligned;
mod bucket;
mod sliding;

pub(crate) use aligned::{Aligned, Stands, standing as aligned_standing};
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
        /// What becomes of what is left when the next period begins.
        refill: Refill,
    },
}

/// What a new period of a quota does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refill {
    /// It replaces what was left: there is the limit, and no more.
    Replace,
    /// It adds the limit to what was left. What is there at a time is what all periods have added since the first, less
    /// all that was used: two numbers of which neither is ever reset, so that whatever order nodes and restarts bring,
    /// nothing is added twice.
    Add {
        /// A nanosecond of the first period that added, since 1970. It tells what was used of this quota from what was used
        /// of one before it.
        since: i64,
        /// What there is beside what the periods add: less than nothing where those before the limit was raised had added
        /// less than it says now.
        beside: i64,
    },
}

/// The state of one bucket: what every check reads.
pub(crate) trait State: Copy + 'static {
    /// What is read seldom, and stands apart, so that what every check reads lies close together.
    type Rest: Copy + std::fmt::Debug;

    /// Nothing was used.
    const NEW: Self;

    /// What memory is taken with. Beside a new state it may be anything, and counts as this.
    const REST: Self::Rest;

    /// The clock that it counts by.
    fn clock(now: Now) -> i64;

    /// From when on it is as good as new.
    fn fresh_at(&self) -> i64;

    /// Takes the state to `now`, which changes nothing that counts. Comes before everything below.
    fn reach(&mut self, limit: &Limit, now: i64);

    /// Whether there is room for a cost.
    fn has_room(&self, rest: &Self::Rest, limit: &Limit, cost: u64, now: i64) -> bool;

    /// Takes a cost for which there is room.
    fn take(&mut self, rest: &mut Self::Rest, limit: &Limit, cost: u64, now: i64);

    /// Takes a cost that was let through elsewhere, whether or not there is room.
    fn note(&mut self, rest: &mut Self::Rest, limit: &Limit, cost: u64, now: i64) {
        self.take(rest, limit, cost, now);
    }

    /// Gives back now (`at.1`) a part of what was taken at a time (`at.0`), unless it counts no more: never is more admitted for it than if it
    /// had not been taken.
    fn give_back(&mut self, rest: &mut Self::Rest, limit: &Limit, cost: u64, at: (i64, i64));

    /// How it stands, for a request of this cost. Apart from the rest because it divides.
    fn standing(&self, rest: &Self::Rest, limit: &Limit, cost: u64, now: i64) -> Standing;
}
