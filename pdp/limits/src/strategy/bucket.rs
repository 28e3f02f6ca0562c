//! A bucket that fills steadily, as the time at which it is full again (generic cell rate algorithm).
//!
//! Times are kept in units of a nanosecond divided by the limit, in which what one token takes is a whole number: nothing
//! is rounded, and nothing drifts however many steps there are.
//!
//! A node that has a share of a bucket keeps the whole one, from which each token takes as many as there are shares: so the
//! share gains as the whole does, and what it holds counts on when the share changes.

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
    /// What comes to `full_at` where a share is counted: so many parts of a unit, of which it has as many as the share.
    rest: u64,
}

impl Bucket {
    /// What is missing, in units: one token is as many as the window has nanoseconds.
    fn missing(&self, limit: &Limit, now: i64) -> i128 {
        (self.full_at - units(limit, now)).max(0)
    }

    /// What is there, in units, but for a rest.
    fn room(&self, limit: &Limit, now: i64) -> i128 {
        i128::from(limit.most_at_once()) * i128::from(limit.window) - self.missing(limit, now)
    }

    /// What a cost takes, in whole units, and the rest that is there then.
    fn weigh(&self, limit: &Limit, cost: u64, now: i64) -> (i128, u64) {
        let rest = if self.full_at < units(limit, now) { 0 } else { self.rest };
        if limit.part == limit.most_at_once() {
            // The whole limit counts in whole units, and what a share has left of one rounds up to it.
            return (i128::from(cost) * i128::from(limit.window) + i128::from(rest > 0), 0);
        }
        let (units_taken, parts) = weight(limit, cost);
        let (parts, part) = (u128::from(parts) + u128::from(rest), u128::from(limit.part.max(1)));
        let whole = i128::try_from(parts / part).unwrap_or(0);
        (units_taken + whole, u64::try_from(parts % part).unwrap_or(0))
    }

    /// How much of what a cost takes is not there, in units, rounded up.
    fn lacks(&self, limit: &Limit, cost: u64, now: i64) -> i128 {
        let (taken, rest) = self.weigh(limit, cost, now);
        taken + i128::from(rest > 0) - self.room(limit, now)
    }

    /// How much is left, in whole tokens.
    fn left(&self, limit: &Limit, now: i64) -> u64 {
        let tokens = divide(self.room(limit, now).max(0), limit.window.unsigned_abs());
        let tokens = u64::try_from(tokens).unwrap_or(u64::MAX);
        let most = limit.most_at_once();
        if limit.part == most {
            return tokens;
        }
        // The part of a token that is there may make up one more.
        let left = u128::from(tokens) * u128::from(limit.part) / u128::from(most.max(1));
        let left = u64::try_from(left).unwrap_or(0);
        let fits = |left: &u64| *left <= limit.part && self.lacks(limit, *left, now) <= 0;
        [left + 1, left].into_iter().find(fits).unwrap_or(left.saturating_sub(1))
    }

    /// Works out when it is as good as new. What is missing is a number of half the width; a time isn't.
    fn set_fresh(&mut self, limit: &Limit, now: i64) {
        let full_after = up(self.missing(limit, now) + i128::from(self.rest > 0), limit);
        self.fresh_at = now.saturating_add(i64::try_from(full_after).unwrap_or(i64::MAX));
    }
}

/// What a cost takes, in units and parts of one. Of a share it is more: the part that the share is of the whole makes up
/// for it. A cost above the share is more than there ever is.
fn weight(limit: &Limit, cost: u64) -> (i128, u64) {
    let (window, most, part) = (i128::from(limit.window), limit.most_at_once(), limit.part);
    if part == most || cost == 0 {
        return (i128::from(cost) * window, 0);
    }
    if cost > part {
        return (i128::from(most) * window + 1, 0);
    }
    let (whole, part) = (i128::from(cost) * i128::from(most), i128::from(part));
    let rest = whole % part * window;
    (whole / part * window + rest / part, u64::try_from(rest % part).unwrap_or(0))
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
    type Rest = ();

    const NEW: Self = Self { full_at: i128::MIN / 2, fresh_at: i64::MIN, rest: 0 };

    const REST: () = ();

    fn clock(now: Now) -> i64 {
        now.monotonic
    }

    fn fresh_at(&self) -> i64 {
        self.fresh_at
    }

    fn reach(&mut self, _: &Limit, _: i64) {}

    fn has_room(&self, (): &(), limit: &Limit, cost: u64, now: i64) -> bool {
        cost == 0 || self.lacks(limit, cost, now) <= 0
    }

    fn take(&mut self, (): &mut (), limit: &Limit, cost: u64, now: i64) {
        if cost > 0 {
            let (taken, rest) = self.weigh(limit, cost, now);
            self.full_at = self.full_at.max(units(limit, now)) + taken;
            self.rest = rest;
            self.set_fresh(limit, now);
        }
    }

    /// Never into debt: what is let through elsewhere is not to be waited for here.
    fn note(&mut self, (): &mut (), limit: &Limit, cost: u64, now: i64) {
        self.take(&mut (), limit, cost.min(limit.part), now);
        let empty = units(limit, now) + i128::from(limit.most_at_once()) * i128::from(limit.window);
        if self.full_at >= empty {
            (self.full_at, self.rest) = (empty, 0);
            self.set_fresh(limit, now);
        }
    }

    /// All but what the bucket may have gained in its place: a bucket that was full meanwhile would have gained nothing.
    fn give_back(&mut self, (): &mut (), limit: &Limit, cost: u64, (taken, now): (i64, i64)) {
        let gained = units(limit, now.saturating_sub(taken).max(0));
        let returned = if cost > limit.part { 0 } else { weight(limit, cost).0 };
        let left = (returned - gained).max(0);
        self.full_at = self.full_at.saturating_sub(left).max(Self::NEW.full_at);
        self.set_fresh(limit, now);
    }

    fn standing(&self, (): &(), limit: &Limit, cost: u64, now: i64) -> Standing {
        let lacks = if cost == 0 { 0 } else { self.lacks(limit, cost, now) };
        let most = limit.most_at_once();
        Standing {
            limit: most,
            remaining: self.left(limit, now),
            reset_after: nanos(i128::from(self.fresh_at) - i128::from(now)),
            retry_after: (lacks > 0).then(|| nanos(up(lacks, limit))),
            can_never: cost > most,
            lacks_share: lacks > 0 && limit.part < most && cost <= most,
            is_shared: false,
        }
    }
}
