//! Any span of the window's length, counted in cells.
//!
//! The window that ends now begins somewhere inside a cell. That cell counts in full: so what is counted is never less
//! than what was used in the window, and a request that is refused for it passes one cell later at the latest. (The usual
//! two cells weighted by time admit 199 of a limit of 100 in a true window.)

use crate::limit::Limit;
use crate::standing::nanos;
use crate::strategy::State;
use crate::{Now, Standing};

/// Cells of a window: with its key and its end, the state of a bucket takes 256 octets.
const CELLS: usize = 60;

/// The same as the number that times are divided with.
pub(crate) const COUNT: i64 = 60;

/// What was used in each of the last cells.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sliding {
    /// The end of the span in which the newest cell counts. That cell's number is worked out from it.
    fresh_at: i64,
    /// A ring: a cell's place is its number modulo their count.
    cells: [u32; CELLS],
}

impl Sliding {
    /// The number of the newest cell; `None` where nothing was used.
    fn newest(&self, limit: &Limit) -> Option<i64> {
        (self.fresh_at != i64::MIN).then(|| self.fresh_at / limit.cell() - COUNT)
    }

    fn sum(&self) -> u64 {
        self.cells.iter().map(|used| u64::from(*used)).sum()
    }

    fn cell_mut(&mut self, number: i64) -> Option<&mut u32> {
        self.cells.get_mut(usize::try_from(number.rem_euclid(COUNT)).unwrap_or(0))
    }

    fn used_in(&self, number: i64) -> u64 {
        let place = usize::try_from(number.rem_euclid(COUNT)).unwrap_or(0);
        self.cells.get(place).map_or(0, |used| u64::from(*used))
    }

    /// The newest cell in which something was used.
    fn last_used(&self, newest: i64) -> Option<i64> {
        (newest - COUNT + 1..=newest).rev().find(|number| self.used_in(*number) > 0)
    }

    /// The cell with whose end enough is free.
    fn free_by(&self, newest: i64, lacks: u64) -> i64 {
        let mut freed = 0;
        let enough = |number: &i64| {
            freed += self.used_in(*number);
            freed >= lacks
        };
        (newest - COUNT + 1..=newest).find(enough).unwrap_or(newest)
    }
}

/// When a cell counts no more.
const fn end_of(limit: &Limit, number: i64) -> i64 {
    (number + COUNT).saturating_mul(limit.cell())
}

impl State for Sliding {
    const NEW: Self = Self { fresh_at: i64::MIN, cells: [0; CELLS] };

    fn clock(now: Now) -> i64 {
        now.monotonic
    }

    fn fresh_at(&self) -> i64 {
        self.fresh_at
    }

    /// Empties the cells that the window has left behind.
    fn reach(&mut self, limit: &Limit, now: i64) {
        let Some(newest) = self.newest(limit) else { return };
        let current = now.div_euclid(limit.cell());
        if current <= newest {
            return;
        }
        if current - newest >= COUNT {
            *self = Self::NEW;
            return;
        }
        for number in newest + 1..=current {
            if let Some(cell) = self.cell_mut(number) {
                *cell = 0;
            }
        }
        self.fresh_at = end_of(limit, current);
        if self.cells == [0; CELLS] {
            *self = Self::NEW;
        }
    }

    fn has_room(&self, limit: &Limit, cost: u64, _: i64) -> bool {
        cost <= limit.limit.saturating_sub(self.sum())
    }

    fn take(&mut self, limit: &Limit, cost: u64, now: i64) {
        if let Ok(cost) = u32::try_from(cost)
            && cost > 0
        {
            let current = now.div_euclid(limit.cell()).max(self.newest(limit).unwrap_or(i64::MIN));
            self.fresh_at = end_of(limit, current);
            if let Some(cell) = self.cell_mut(current) {
                *cell = cell.saturating_add(cost);
            }
        }
    }

    fn standing(&self, limit: &Limit, cost: u64, now: i64) -> Standing {
        let used = self.sum();
        let left = limit.limit.saturating_sub(used);
        let newest = self.newest(limit).unwrap_or(0);
        let until = |number: i64| nanos(i128::from(end_of(limit, number)) - i128::from(now));
        let lacks = cost.saturating_sub(left);
        Standing {
            limit: limit.limit,
            remaining: left,
            reset_after: self.last_used(newest).map_or(nanos(0), until),
            retry_after: (lacks > 0).then(|| until(self.free_by(newest, lacks))),
            can_never: cost > limit.limit,
            is_shared: false,
        }
    }
}
