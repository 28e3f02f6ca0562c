//! A series of counts: is its last stretch like any before, whatever the hours of the week say?
//!
//! The last `STRETCH` means of `MEAN_OF` values are compared with every earlier stretch that is remembered. How far
//! the nearest one is, in deviations of the series, is its strangeness; told is a strangeness that is far above what is
//! usual for this series. Nothing is assumed of seasons, levels or distributions, and a shape that comes again is strange
//! once. What lies far out moves the deviation no farther than three deviations would.

use serde::{Deserialize, Serialize};

/// Means that make a stretch.
const STRETCH: usize = 8;
const WIDE: f64 = 8.0;
/// Values that make a mean.
const MEAN_OF: u32 = 3;
/// Means that are remembered: some five kilobytes.
const REMEMBERED: usize = 1_200;
/// Values before the first deviation is believed.
const FIRST: f64 = 20.0;
/// What lies farther out counts as so many deviations.
const CLIP: f64 = 3.0;
/// What is usual follows so many times what was learned from.
const FOLLOWS: f64 = 3.0;
/// Deviations that a stretch may always be away from its nearest: noise comes in no shape twice.
const NOISE: f64 = 0.3;
/// All values of a stretch.
pub(super) const VALUES: usize = STRETCH * MEAN_OF as usize;

/// When it tells.
#[derive(Debug, Clone, Copy)]
pub struct Parameters {
    /// Values that it learns from before it tells anything.
    pub learning: u32,
    /// Deviations of strangeness above what is usual, each with the share that is noise.
    pub deviations: f64,
    /// After an alert it is silent for this share of what it learned from.
    pub rest: f64,
}

impl Parameters {
    /// For a series that is learned from so many values.
    pub fn learning(learning: u32) -> Self {
        Self { learning, deviations: 1.2, rest: 0.2 }
    }
}

/// A mean and a variance that follow their last values.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Moving {
    mean: f64,
    variance: f64,
    count: f64,
}

impl Moving {
    fn learn(&mut self, value: f64, window: f64) {
        self.count += 1.0;
        let share = 1.0 / self.count.min(window.max(1.0));
        let off = value - self.mean;
        self.mean += share * off;
        self.variance = (1.0 - share) * (self.variance + share * off * off);
    }

    fn learn_clipped(&mut self, value: f64, window: f64) {
        let deviation = self.variance.sqrt();
        let known = self.count > FIRST && deviation > 0.0;
        let (least, most) = (self.mean - CLIP * deviation, self.mean + CLIP * deviation);
        self.learn(if known { value.clamp(least, most) } else { value }, window);
    }
}

/// What is remembered of a series.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Series {
    level: Moving,
    strangeness: Moving,
    least: f64,
    most: f64,
    sum: f64,
    summed: u32,
    means: Vec<f32>,
    seen: u32,
    silent_until: u32,
}

impl Default for Series {
    fn default() -> Self {
        let (level, strangeness) = (Moving::default(), Moving::default());
        let (least, most) = (f64::MAX, f64::MIN);
        Self { level, strangeness, least, most, sum: 0.0, summed: 0, means: vec![], seen: 0, silent_until: 0 }
    }
}

/// A value, seen beside those before it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Looked {
    /// How strange the last stretch is, in deviations above what is usual for this series; 0 where it is not.
    pub score: f64,
    /// Whether that is news.
    pub is_told: bool,
}

impl Series {
    /// Takes the next value. What is no number counts as the mean of those before.
    pub fn observe(&mut self, value: f64, parameters: &Parameters) -> Looked {
        let value = if value.is_finite() { value } else { self.level.mean };
        let window = FOLLOWS * f64::from(parameters.learning);
        let strange = self.strange(value);
        let usual = self.strangeness;
        let score = ((strange - usual.mean) / (usual.variance.sqrt() + NOISE)).max(0.0);
        self.strangeness.learn(strange, window);
        self.level.learn_clipped(value, window);
        (self.least, self.most) = (self.least.min(value), self.most.max(value));
        let at = self.seen;
        self.seen = self.seen.saturating_add(1);
        let is_told = at >= parameters.learning && at >= self.silent_until && score >= parameters.deviations;
        if is_told {
            let rest = parameters.rest * f64::from(parameters.learning);
            self.silent_until = at.saturating_add(u32::try_from(super::numbers::whole(rest)).unwrap_or(u32::MAX)) + 1;
        }
        Looked { score: if at < parameters.learning { 0.0 } else { score }, is_told }
    }

    /// The mean of the last stretch, [`VALUES`] values, and how many whole ones are remembered before it.
    pub(super) fn last(&self) -> Option<(f64, usize)> {
        let (before, last) = self.means.split_at(self.means.len().checked_sub(STRETCH)?);
        let mean = last.iter().copied().map(f64::from).sum::<f64>() / WIDE;
        Some((mean, before.len() / STRETCH))
    }

    /// How far the nearest earlier stretch is; 0 between two means.
    fn strange(&mut self, value: f64) -> f64 {
        let range = (self.most - self.least).max(1e-9);
        let deviation = self.level.variance.sqrt() + 1e-3 * range + 1e-9;
        self.sum += value;
        self.summed += 1;
        if self.summed < MEAN_OF {
            return 0.0;
        }
        self.means.push(super::numbers::short(self.sum / f64::from(MEAN_OF)));
        (self.sum, self.summed) = (0.0, 0);
        if self.means.len() > REMEMBERED {
            self.means.remove(0);
        }
        if self.means.len() < 3 * STRETCH {
            return 0.0;
        }
        let (before, last) = self.means.split_at(self.means.len() - STRETCH);
        let apart = |stretch: &[f32]| stretch.iter().zip(last).map(|(a, b)| (a - b) * (a - b)).sum::<f32>();
        let nearest = before.windows(STRETCH).map(apart).fold(f32::MAX, f32::min);
        f64::from(nearest).sqrt() / (deviation * WIDE.sqrt())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_that_never_was_is_told_once_and_one_that_comes_again_is_not() {
        let parameters = Parameters::learning(300);
        let mut series = Series::default();
        let daily = |at: u32| f64::from(at % 24) + f64::from(at * 7 % 5);
        let told = (0..1_000).filter(|at| series.observe(daily(*at), &parameters).is_told).count();
        assert_eq!(told, 0, "a day is like another");
        let told = (1_000..1_040).filter(|_| series.observe(90.0, &parameters).is_told).count();
        assert_eq!(told, 1);
        assert!(postcard::to_allocvec(&series).unwrap().len() < super::super::MEMORY_BYTES);
        assert!(series.observe(f64::NAN, &parameters).score.is_finite());
    }
}
