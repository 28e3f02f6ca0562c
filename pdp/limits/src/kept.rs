//! What is kept of a window over a restart: taken out of one limiter, put into the next.
//!
//! Only windows aligned to a clock are kept, quotas above all: their end is a time that means the same to the next
//! process. Sliding windows and token buckets count by a clock that begins anew with it.

use crate::limiter::{Held, Kind};
use crate::strategy::{Aligned, State};
use crate::table::Place;
use crate::{Charge, Limit, Limiter, Now};

/// What was used of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// How much was used.
    pub used: u64,
    /// The first nanosecond behind the window, since 1970.
    pub end: i64,
}

/// What became of something kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Restored {
    /// It counts.
    Counted,
    /// It counts in the bucket that newcomers share, because the table is full.
    Shared,
    /// Its window is over, or nothing was used of it, or its limit is none that is kept.
    Over,
    /// The table is full, and newcomers share nothing there ([`AtCap`](crate::AtCap)).
    NoRoom,
}

impl Limiter {
    /// What was used of a limit's window; `None` where nothing was, where the window is over, and where the limit's
    /// windows are not aligned to a clock or the bucket is none of its own. Changes nothing.
    pub fn keep(&self, limit: &Limit, bucket: &[u8], now: Now) -> Option<Kept> {
        let found = self.find(&Charge { limit, bucket, cost: 0 });
        let Some(Held::Aligned(mut shard)) = self.held(found.kind, found.shard) else { return None };
        let place = shard.find(found.digest)?;
        shard.state(place)?.0.kept(limit, now.wall)
    }

    /// Counts what was used before a restart, or elsewhere, beside whatever was used here: each use once. A window that
    /// is over by now counts no more; a clock that was set back meanwhile gives nothing back.
    pub fn restore(&self, limit: &Limit, bucket: &[u8], kept: Kept, now: Now) -> Restored {
        let found = self.find(&Charge { limit, bucket, cost: 0 });
        // Looked at before a slot is asked for, so that what is over takes none.
        let before = Aligned::of(kept, limit, now.wall);
        if found.kind != Kind::Aligned || before.kept(limit, now.wall).is_none() {
            return Restored::Over;
        }
        let Some(Held::Aligned(mut shard)) = self.held(found.kind, found.shard) else { return Restored::NoRoom };
        let place = shard.place(found.digest, limit.shape, now.wall, &[]);
        let Some((state, ())) = shard.state(place) else { return Restored::NoRoom };
        state.reach(limit, now.wall);
        state.add(before);
        if matches!(place, Place::Own(_)) { Restored::Counted } else { Restored::Shared }
    }
}
