//! The hour-of-week statistics of one key: 168 cells, each a mean and a mean deviation that forget by halves.
//!
//! Robust: what lies far out moves a cell no farther than its usual deviation allows, so that an attack of some hours
//! teaches nothing, while growth of some per cent a week is followed. A job that starts a few minutes early, or a clock
//! that is set for summer, falls into the neighbouring hour: what is usual is therefore the most of three hours.

use serde::{Deserialize, Serialize};

use super::numbers::{hour_of_week, index, real, short};

/// A cell follows its last so many weeks.
const WEEKS: u8 = 5;
/// So many days of daily maxima are kept.
const DAYS: usize = 28;

/// What one hour of the week is like: mean, mean deviation, and of how many weeks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Cell(f32, f32, u8);

/// What is usual in an hour.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Usual {
    pub(super) mean: f64,
    /// The standard deviation that belongs to the mean deviation, never below that of counting.
    pub(super) deviation: f64,
}

impl Cell {
    fn learn(&mut self, count: f64) {
        let weeks = self.2.saturating_add(1).min(WEEKS);
        let (mean, spread) = (f64::from(self.0), f64::from(self.1));
        let share = 1.0 / f64::from(weeks);
        if self.2 == 0 {
            *self = Self(short(count), short(count.sqrt()), 1);
            return;
        }
        let most = (4.0 * spread).max(0.1 * mean).max(10.0);
        let off = (count - mean).clamp(-most, most);
        *self = Self(short(off.mul_add(share, mean)), short((off.abs() - spread).mul_add(share, spread)), weeks);
    }

    fn usual(self) -> Usual {
        let mean = f64::from(self.0);
        // The factor turns the mean deviation of a normal distribution into its standard deviation.
        Usual { mean, deviation: (1.2533 * f64::from(self.1)).max(mean.sqrt()).max(1.0) }
    }
}

/// The week of one key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Week {
    cells: Vec<Cell>,
    /// The greatest hour of each of the last days, by the day modulo 28. Days are those of the key's zone; what an older
    /// version remembered by those of UTC lies at most one day beside them, and is over with them.
    maxima: Vec<u32>,
    /// Hours that had any use.
    busy: u32,
}

impl Default for Week {
    fn default() -> Self {
        Self { cells: vec![Cell::default(); 168], maxima: vec![0; DAYS], busy: 0 }
    }
}

impl Week {
    /// What a stored week must be to be one.
    pub(super) fn is_whole(&self) -> bool {
        self.cells.len() == 168 && self.maxima.len() == DAYS
    }

    /// A day begins: what the day 28 days before it had is forgotten.
    pub(super) fn begin_day(&mut self, day: i64) {
        if let Some(most) = self.maxima.get_mut(index(day.rem_euclid(28))) {
            *most = 0;
        }
    }

    /// An hour of a day is over.
    pub(super) fn close(&mut self, hour: i64, day: i64, count: u32) {
        if let Some(cell) = self.cells.get_mut(hour_of_week(hour)) {
            cell.learn(f64::from(count));
        }
        if let Some(most) = self.maxima.get_mut(index(day.rem_euclid(28))) {
            *most = count.max(*most);
        }
        self.busy = self.busy.saturating_add(u32::from(count > 0));
    }

    /// How many hours had any use.
    pub(super) fn busy_hours(&self) -> u32 {
        self.busy
    }

    /// The greatest hour of the last 28 days.
    pub(super) fn greatest(&self) -> u32 {
        self.maxima.iter().copied().max().unwrap_or(0)
    }

    /// This hour of the week alone; `None` before it has come by once.
    pub(super) fn own(&self, hour: i64) -> Option<Usual> {
        self.cell(hour).filter(|cell| cell.2 > 0).map(Cell::usual)
    }

    /// Of how many weeks this hour is known.
    pub(super) fn weeks(&self, hour: i64) -> u8 {
        self.cell(hour).map_or(0, |cell| cell.2)
    }

    /// The most that is usual about this hour: of it and its neighbours, and of the same hour of other days as long as
    /// it has not come by twice.
    pub(super) fn most(&self, hour: i64) -> Usual {
        let near = [hour, hour - 1, hour + 1].into_iter();
        let days = if self.weeks(hour) < 2 { 1..7 } else { 0..0 };
        let known = near.chain(days.map(|day| hour + 24 * day)).filter_map(|hour| self.own(hour));
        known.fold(Usual { mean: 0.0, deviation: 1.0 }, |most, one| if one.mean > most.mean { one } else { most })
    }

    /// The share of a week's use that falls into this hour or its neighbours; `None` where there is no use at all.
    pub(super) fn share(&self, hour: i64) -> Option<f64> {
        let all: f64 = self.cells.iter().map(|cell| f64::from(cell.0)).sum();
        let most = [hour - 1, hour, hour + 1].into_iter().filter_map(|hour| self.cell(hour)).map(|cell| cell.0);
        (all > 0.0).then(|| f64::from(most.fold(0.0, f32::max)) / all)
    }

    /// A person has said that so many are in order at this hour of a day.
    pub(super) fn teach(&mut self, hour: i64, day: i64, count: f64) {
        if let Some(cell) = self.cells.get_mut(hour_of_week(hour)) {
            *cell = Cell(cell.0.max(short(count)), cell.1.max(short(count.sqrt())), cell.2.max(2));
        }
        if let Some(most) = self.maxima.get_mut(index(day.rem_euclid(28))) {
            *most = (*most).max(u32::try_from(super::numbers::whole(count)).unwrap_or(u32::MAX));
        }
    }

    fn cell(&self, hour: i64) -> Option<Cell> {
        self.cells.get(hour_of_week(hour)).copied()
    }
}

/// How many deviations a count lies above what is usual.
pub(super) fn deviations_above(count: u64, usual: Usual) -> f64 {
    (real(count) - usual.mean) / usual.deviation
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Five weeks of `count(hour)`.
    fn taught(count: impl Fn(i64) -> u32) -> Week {
        let mut week = Week::default();
        (0..5 * 168).for_each(|hour| close(&mut week, hour, count(hour)));
        week
    }

    /// In UTC.
    fn close(week: &mut Week, hour: i64, count: u32) {
        let day = hour.div_euclid(24);
        if hour.rem_euclid(24) == 0 {
            week.begin_day(day);
        }
        week.close(hour, day, count);
    }

    #[test]
    fn a_week_learns_its_hours_and_an_attack_teaches_it_little() {
        let mut week = taught(|hour| if hour % 24 == 9 { 100 } else { 0 });
        let nine = 5 * 168 + 9;
        assert!((week.own(nine).unwrap().mean - 100.0).abs() < 1e-3);
        close(&mut week, nine, 100_000);
        let after = week.own(nine + 168).unwrap().mean;
        assert!(after < 120.0, "{after}");
    }

    #[test]
    fn growth_is_followed() {
        let week = taught(|hour| if hour < 168 { 1000 } else { 1000 + u32::try_from(hour / 168).unwrap() * 50 });
        assert!(week.own(5 * 168).unwrap().mean > 1080.0);
    }

    #[test]
    fn the_greatest_hour_is_forgotten_after_28_days() {
        let mut week = Week::default();
        close(&mut week, 5, 900);
        (6..28 * 24).for_each(|hour| close(&mut week, hour, 1));
        assert_eq!(week.greatest(), 900);
        (28 * 24..29 * 24).for_each(|hour| close(&mut week, hour, 1));
        assert_eq!(week.greatest(), 1);
    }
}
