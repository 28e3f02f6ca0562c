//! Windows aligned to a clock, of one length or of a calendar: how much was used in the current one.

use crate::calendar::window_of;
use crate::limit::Limit;
use crate::standing::nanos;
use crate::strategy::State;
use crate::{Kept, Now, Standing};

/// What was used in a window.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Aligned {
    /// The end of the window.
    end: i64,
    /// In all, as far as is known here.
    used: u64,
    /// What of it was learnt, and not let through here.
    by_others: u64,
}

/// How far a clock may be set back with the window that was reached staying the current one: a day. One that is set back
/// further had been wrong, and would otherwise keep a window of a second for as long as it was wrong by.
const SET_BACK: i64 = 86_400 * 1_000_000_000;

impl Aligned {
    /// What was kept, taken to `now` like any other state.
    pub(crate) fn of(kept: Kept, limit: &Limit, now: i64) -> Self {
        let mut state = Self { end: kept.end, used: kept.used, by_others: 0 };
        state.reach(limit, now);
        state
    }

    /// What is worth keeping.
    pub(crate) fn kept(self, limit: &Limit, now: i64) -> Option<Kept> {
        let mut state = self;
        state.reach(limit, now);
        (state.used > 0).then_some(Kept { used: state.used, end: state.end })
    }

    /// Counts what another state of the same bucket has used. Where a clock that was set back lets their windows differ,
    /// the later one stays the current one.
    pub(crate) fn add(&mut self, other: Self) {
        self.end = self.end.max(other.end);
        self.used = self.used.saturating_add(other.used);
        self.by_others = self.by_others.saturating_add(other.used);
    }

    /// What is left of the whole, and of this node's share.
    fn left(&self, limit: &Limit) -> (u64, u64) {
        let here = self.used.saturating_sub(self.by_others);
        (limit.limit.saturating_sub(self.used), limit.part.saturating_sub(here))
    }
}

impl State for Aligned {
    type Rest = ();

    const NEW: Self = Self { end: i64::MIN, used: 0, by_others: 0 };

    const REST: () = ();

    fn clock(now: Now) -> i64 {
        now.wall
    }

    fn fresh_at(&self) -> i64 {
        if self.used == 0 { i64::MIN } else { self.end }
    }

    /// Goes on to the window of `now`, never back: a clock that is set back gives nothing back.
    fn reach(&mut self, limit: &Limit, now: i64) {
        if now < self.end && self.end - now <= SET_BACK + limit.window {
            return;
        }
        let (_, end) = window_of(limit, now);
        if end > self.end {
            (self.used, self.by_others) = (0, 0);
        }
        self.end = end;
    }

    fn has_room(&self, (): &(), limit: &Limit, cost: u64, _: i64) -> bool {
        let (of_whole, of_share) = self.left(limit);
        cost <= of_whole.min(of_share)
    }

    fn take(&mut self, (): &mut (), _: &Limit, cost: u64, _: i64) {
        self.used = self.used.saturating_add(cost);
    }

    fn give_back(&mut self, (): &mut (), limit: &Limit, cost: u64, (taken, _): (i64, i64)) {
        if window_of(limit, taken).1 == self.end {
            self.used = self.used.saturating_sub(cost).max(self.by_others);
        }
    }

    fn standing(&self, (): &(), limit: &Limit, cost: u64, now: i64) -> Standing {
        let (of_whole, of_share) = self.left(limit);
        let left = of_whole.min(of_share);
        let until_end = nanos(i128::from(self.end) - i128::from(now));
        Standing {
            limit: limit.limit,
            remaining: left,
            reset_after: if self.used == 0 { nanos(0) } else { until_end },
            retry_after: (cost > left).then_some(until_end),
            can_never: cost > limit.limit,
            lacks_share: cost > left && cost <= of_whole,
            is_shared: false,
        }
    }
}
