//! Windows aligned to a clock, of one length or of a calendar: how much was used in the current one; of a quota that adds,
//! in all.

use std::time::Duration;

use crate::calendar::{begins, window_of};
use crate::limit::Limit;
use crate::standing::nanos;
use crate::strategy::State;
use crate::{Kept, Now, Standing};

/// What was used in a window.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Aligned {
    /// The end of the window.
    end: i64,
    /// The place of the window in the row of all periods, where a quota adds; else [`RESETS`].
    number: i64,
    /// In all, as far as is known here.
    used: u64,
    /// What of it was learnt, and not let through here.
    by_others: u64,
}

/// The next window begins with nothing used.
const RESETS: i64 = i64::MIN;

/// How far a clock may be set back with the window that was reached staying the current one: a day. One that is set back
/// further had been wrong, and would otherwise keep a window of a second for as long as it was wrong by.
const SET_BACK: i64 = 86_400 * 1_000_000_000;

impl Aligned {
    /// What was kept, taken to `now` like any other state.
    pub(crate) fn of(kept: Kept, limit: &Limit, now: i64) -> Self {
        // What was used of a quota that adds is of no window.
        let end = if limit.adds_since().is_some() { i64::MIN } else { kept.end };
        let mut state = Self { end, used: kept.used, ..Self::NEW };
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
        (self.end, self.number) = (self.end, self.number).max((other.end, other.number));
        self.used = self.used.saturating_add(other.used);
        self.by_others = self.by_others.saturating_add(other.used);
    }

    /// What is left of the whole, and of this node's share.
    fn left(&self, limit: &Limit) -> (u64, u64) {
        let here = self.used.saturating_sub(self.by_others);
        (limit.granted(self.number).saturating_sub(self.used), limit.part_granted(self.number).saturating_sub(here))
    }
}

/// How a window stands.
pub(crate) struct Stands {
    /// Its place in the row of all periods.
    pub(crate) number: i64,
    pub(crate) is_used: bool,
    /// What is left, for this node and of the whole.
    pub(crate) left: u64,
    pub(crate) of_whole: u64,
    pub(crate) until_end: Duration,
}

/// How a limit stands whose window stands so, for a request of this cost at a time.
pub(crate) fn standing(limit: &Limit, stands: &Stands, cost: u64, now: i64) -> Standing {
    let Stands { number, is_used, left, of_whole, until_end } = *stands;
    let lacks_share = cost > left && cost <= of_whole;
    // Of a share the next period brings a part, and nobody knows how many share it then.
    let periods = if lacks_share { Some(1) } else { limit.periods_for(number, cost.saturating_sub(of_whole)) };
    let wait = match periods {
        Some(periods @ 2..) => begins(limit, number.saturating_add(periods)).map(|at| nanos(i128::from(at - now))),
        Some(_) => Some(until_end),
        None => None,
    };
    Standing {
        limit: limit.limit,
        remaining: left,
        reset_after: if is_used { until_end } else { Duration::ZERO },
        retry_after: (cost > left).then(|| wait.unwrap_or(Duration::MAX)),
        can_never: if limit.adds_since().is_some() { periods.is_none() } else { cost > limit.limit },
        lacks_share,
        is_shared: false,
    }
}

impl State for Aligned {
    type Rest = ();

    const NEW: Self = Self { end: i64::MIN, number: RESETS, used: 0, by_others: 0 };

    const REST: () = ();

    fn clock(now: Now) -> i64 {
        now.wall
    }

    fn fresh_at(&self) -> i64 {
        match self.used {
            0 => i64::MIN,
            _ if self.number == RESETS => self.end,
            // What was used of all periods together is never forgotten.
            _ => i64::MAX,
        }
    }

    /// Goes on to the window of `now`, never back: a clock that is set back gives nothing back.
    fn reach(&mut self, limit: &Limit, now: i64) {
        if now < self.end && self.end - now <= SET_BACK + limit.window {
            return;
        }
        let window = window_of(limit, now);
        if limit.adds_since().is_some() {
            self.number = window.number;
        } else if window.end > self.end {
            (self.used, self.by_others) = (0, 0);
        }
        self.end = window.end;
    }

    fn has_room(&self, (): &(), limit: &Limit, cost: u64, _: i64) -> bool {
        let (of_whole, of_share) = self.left(limit);
        cost <= of_whole.min(of_share)
    }

    fn take(&mut self, (): &mut (), _: &Limit, cost: u64, _: i64) {
        self.used = self.used.saturating_add(cost);
    }

    fn give_back(&mut self, (): &mut (), limit: &Limit, cost: u64, (taken, _): (i64, i64)) {
        if limit.adds_since().is_some() || window_of(limit, taken).end == self.end {
            self.used = self.used.saturating_sub(cost).max(self.by_others);
        }
    }

    fn standing(&self, (): &(), limit: &Limit, cost: u64, now: i64) -> Standing {
        let (of_whole, of_share) = self.left(limit);
        let until_end = nanos(i128::from(self.end) - i128::from(now));
        let (number, left) = (self.number, of_whole.min(of_share));
        standing(limit, &Stands { number, is_used: self.used > 0, left, of_whole, until_end }, cost, now)
    }
}
