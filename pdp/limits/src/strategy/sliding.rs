//! Any span of the window's length, counted in cells.
//!
//! The window that ends now begins somewhere inside a cell. That cell counts in full: so what is counted is never less
//! than what was used in the window, and a request that is refused for it passes one cell later at the latest. (The usual
//! two cells weighted by time admit 199 of a limit of 100 in a true window.)
//!
//! Most checks fall into the cell of the use before them. Those read and write the total alone, which lies beside the end,
//! apart from the cells: the totals of a hundred thousand keys stay in the caches of a processor, and their cells don't.

use crate::limit::Limit;
use crate::standing::nanos;
use crate::strategy::State;
use crate::{Now, Standing};

/// Cells of a window.
pub(crate) const COUNT: i64 = 60;

/// Cells before the newest, which is what the total is above their sum: with its key, its end and the total, a bucket
/// takes 256 octets.
const OLDER: usize = 59;

/// What was used in all cells together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sliding {
    /// When the newest cell counts no more, in octets. That cell's number is worked out from it.
    fresh_at: [u8; 8],
    total: u32,
}

/// What was used in the cells before the newest. A ring: a cell's place is its number modulo their count.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cells([u32; OLDER]);

impl Cells {
    fn get(&self, number: i64) -> u32 {
        self.0.get(place(number)).copied().unwrap_or(0)
    }

    fn set(&mut self, number: i64, used: u32) {
        if let Some(cell) = self.0.get_mut(place(number)) {
            *cell = used;
        }
    }

    fn sum(&self) -> u32 {
        self.0.iter().sum()
    }
}

impl Sliding {
    /// The number of the newest cell.
    fn newest(&self, limit: &Limit) -> i64 {
        self.fresh_at() / limit.cell() - COUNT
    }

    /// Whether it is not later than the newest cell. One that goes back counts as that cell, too.
    fn is_newest(&self, limit: &Limit, now: i64) -> bool {
        now < self.fresh_at().saturating_sub((COUNT - 1) * limit.cell())
    }

    /// What counts at a time.
    fn used(&self, older: &Cells, limit: &Limit, now: i64) -> u64 {
        if self.is_newest(limit, now) {
            return u64::from(self.total);
        }
        if now >= self.fresh_at() {
            return 0;
        }
        let gone: u32 = self.gone(limit, now).map(|number| older.get(number)).sum();
        u64::from(self.total.saturating_sub(gone))
    }

    /// The cells that the window has left behind since the newest was used. That one it has not.
    fn gone(&self, limit: &Limit, now: i64) -> std::ops::RangeInclusive<i64> {
        self.newest(limit) - (COUNT - 1)..=now.div_euclid(limit.cell()) - COUNT
    }

    /// Goes on to the cell of a time that is later than the newest.
    fn begin_cell(&mut self, older: &mut Cells, limit: &Limit, now: i64) {
        let current = now.div_euclid(limit.cell());
        if now >= self.fresh_at() {
            (*self, *older) = (Self::NEW, Self::REST);
        } else {
            let (newest, gone) = (self.newest(limit), self.gone(limit, now));
            let used = self.total.saturating_sub(older.sum());
            for number in gone {
                self.total = self.total.saturating_sub(older.get(number));
                older.set(number, 0);
            }
            // Its place is that of a cell that is gone.
            older.set(newest, used);
        }
        self.fresh_at = end_of(limit, current).to_ne_bytes();
    }

    /// The cell with whose end enough is free.
    fn free_by(&self, older: &Cells, limit: &Limit, lacks: u64, now: i64) -> i64 {
        let newest = self.newest(limit);
        let current = now.div_euclid(limit.cell()).max(newest);
        let mut freed = 0;
        let enough = |number: &i64| {
            freed += u64::from(older.get(*number));
            freed >= lacks
        };
        (current - (COUNT - 1)..newest).find(enough).unwrap_or(newest)
    }
}

fn place(number: i64) -> usize {
    const CELLS: i64 = COUNT - 1;
    usize::try_from(number.rem_euclid(CELLS)).unwrap_or(0)
}

/// When a cell counts no more.
const fn end_of(limit: &Limit, number: i64) -> i64 {
    (number + COUNT).saturating_mul(limit.cell())
}

impl State for Sliding {
    type Rest = Cells;

    const NEW: Self = Self { fresh_at: i64::MIN.to_ne_bytes(), total: 0 };

    /// The first use of a new state makes its cells what they are here.
    const REST: Cells = Cells([0; OLDER]);

    fn clock(now: Now) -> i64 {
        now.monotonic
    }

    fn fresh_at(&self) -> i64 {
        i64::from_ne_bytes(self.fresh_at)
    }

    /// A use goes on to its cell; a look changes nothing.
    fn reach(&mut self, _: &Limit, _: i64) {}

    fn has_room(&self, older: &Cells, limit: &Limit, cost: u64, now: i64) -> bool {
        cost <= limit.part.saturating_sub(self.used(older, limit, now))
    }

    fn take(&mut self, older: &mut Cells, limit: &Limit, cost: u64, now: i64) {
        let cost = u32::try_from(cost).unwrap_or(u32::MAX);
        if cost == 0 {
            return;
        }
        if !self.is_newest(limit, now) {
            self.begin_cell(older, limit, now);
        }
        self.total = self.total.saturating_add(cost);
    }

    /// Of the cell of that time no more than is in it: what was taken by a clock that ran ahead lies in a later one.
    fn give_back(&mut self, older: &mut Cells, limit: &Limit, cost: u64, (taken, _): (i64, i64)) {
        let (newest, number) = (self.newest(limit), taken.div_euclid(limit.cell()));
        let cost = u32::try_from(cost).unwrap_or(u32::MAX);
        if number >= newest {
            let in_newest = self.total.saturating_sub(older.sum());
            self.total = self.total.saturating_sub(cost.min(in_newest));
        } else if number > newest - COUNT {
            let used = older.get(number);
            older.set(number, used.saturating_sub(cost));
            self.total = self.total.saturating_sub(cost.min(used));
        }
    }

    fn standing(&self, older: &Cells, limit: &Limit, cost: u64, now: i64) -> Standing {
        let used = self.used(older, limit, now);
        let left = limit.part.saturating_sub(used);
        let until = |end: i64| nanos(i128::from(end) - i128::from(now));
        let lacks = cost.saturating_sub(left);
        Standing {
            limit: limit.limit,
            remaining: left,
            reset_after: if used > 0 { until(self.fresh_at()) } else { nanos(0) },
            retry_after: (lacks > 0).then(|| until(end_of(limit, self.free_by(older, limit, lacks, now)))),
            can_never: cost > limit.limit,
            lacks_share: cost > left && cost <= limit.limit.saturating_sub(used),
            is_shared: false,
        }
    }
}
