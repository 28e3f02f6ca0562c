//! A bucket that fills steadily, as the time at which it is full again (generic cell rate algorithm).
//!
//! Times are kept in units of a nanosecond divided by the limit, in which what one token takes is a whole number: nothing
//! is rounded, and nothing drifts however many steps there are.

use crate::limit::Limit;
use crate::standing::nanos;
use crate::strategy::State;
use crate::{Now, Standing};

/// When the bucket is full again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bucket {
    /// In nanoseconds, times the limit.
    full_at: i128,
    /// In nanoseconds, rounded up.
    fresh_at: i64,
}

impl Bucket {
    /// What is missing, in units: one token is as many as the window has nanoseconds.
    fn missing(&self, limit: &Limit, now: i64) -> i128 {
        (self.full_at - units(limit, now)).max(0)
    }

    /// What is there, in units.
    fn room(&self, limit: &Limit, now: i64) -> i128 {
        i128::from(limit.most_at_once()) * i128::from(limit.window) - self.missing(limit, now)
    }
}

/// A time in units.
fn units(limit: &Limit, nanos: i64) -> i128 {
    i128::from(nanos) * i128::from(limit.limit)
}

/// Divides and rounds down. Nearly always the numbers fit into half the width, where that takes a quarter of the time.
fn divide(units: i128, by: u64) -> i128 {
    match u64::try_from(units) {
        Ok(units) => i128::from(units / by.max(1)),
        Err(_) => units.div_euclid(i128::from(by.max(1))),
    }
}

/// Units in nanoseconds, rounded up.
fn up(units: i128, limit: &Limit) -> i128 {
    divide(units + i128::from(limit.limit) - 1, limit.limit)
}

impl State for Bucket {
    const NEW: Self = Self { full_at: i128::MIN / 2, fresh_at: i64::MIN };

    fn clock(now: Now) -> i64 {
        now.monotonic
    }

    fn fresh_at(&self) -> i64 {
        self.fresh_at
    }

    fn reach(&mut self, _: &Limit, _: i64) {}

    fn has_room(&self, limit: &Limit, cost: u64, now: i64) -> bool {
        i128::from(cost) * i128::from(limit.window) <= self.room(limit, now)
    }

    fn take(&mut self, limit: &Limit, cost: u64, now: i64) {
        if cost > 0 {
            self.full_at = self.full_at.max(units(limit, now)) + i128::from(cost) * i128::from(limit.window);
            let full_after = up(self.missing(limit, now), limit);
            self.fresh_at = now.saturating_add(i64::try_from(full_after).unwrap_or(i64::MAX));
        }
    }

    /// All but what the bucket may have gained in its place: a bucket that was full meanwhile would have gained nothing.
    fn give_back(&mut self, limit: &Limit, cost: u64, taken: i64, now: i64) {
        let gained = units(limit, now.saturating_sub(taken).max(0));
        let left = (i128::from(cost) * i128::from(limit.window) - gained).max(0);
        self.full_at = self.full_at.saturating_sub(left).max(Self::NEW.full_at);
        self.fresh_at = i64::try_from(up(self.full_at, limit)).unwrap_or(i64::MIN);
    }

    fn standing(&self, limit: &Limit, cost: u64, now: i64) -> Standing {
        let room = self.room(limit, now);
        let lacks = i128::from(cost) * i128::from(limit.window) - room;
        let left = divide(room.max(0), limit.window.unsigned_abs());
        Standing {
            limit: limit.most_at_once(),
            remaining: u64::try_from(left).unwrap_or(u64::MAX),
            reset_after: nanos(i128::from(self.fresh_at) - i128::from(now)),
            retry_after: (lacks > 0).then(|| nanos(up(lacks, limit))),
            can_never: cost > limit.most_at_once(),
            is_shared: false,
        }
    }
}
