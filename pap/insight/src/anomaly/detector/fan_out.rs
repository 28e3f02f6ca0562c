//! Far more distinct resources within an hour than in almost any hour of four weeks: somebody takes all that he can.

use serde::{Deserialize, Serialize};

use super::super::alert::{Detector, Finding, Severity, Suggestion};
use super::super::numbers::{hour_of_week, real, short, whole};
use super::super::observation::Observation;
use super::super::profile::{Learning, Profile};
use super::super::recent::{Distinct, hash};

/// When it tells.
#[derive(Debug, Clone)]
pub struct Parameters {
    /// Two weeks and 200 uses.
    pub learning: Learning,
    /// Times the 99th percentile of the hours.
    pub times: f64,
    /// So many, at least.
    pub resources: u64,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { learning: Learning::default(), times: 5.0, resources: 100 }
    }
}

/// The hours are counted by the magnitude of what they had, a quarter of an octave each.
const BINS: usize = 64;
/// An hour counts half after two weeks: four weeks are what matters.
const FADES: f32 = 0.997_939_3;

/// What it remembers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in super::super) struct Memory {
    now: Distinct,
    hours: Vec<f32>,
    /// The magnitude that each hour of the week had lately, for jobs that run once a week.
    week: Vec<u8>,
}

impl Default for Memory {
    fn default() -> Self {
        Self { now: Distinct::default(), hours: vec![0.0; BINS], week: vec![0; 168] }
    }
}

impl Memory {
    pub(in super::super) fn is_whole(&self) -> bool {
        self.now.is_whole() && self.hours.len() == BINS && self.week.len() == 168
    }

    pub(in super::super) fn observe(
        &mut self,
        profile: &Profile,
        seen: &Observation<'_>,
        parameters: &Parameters,
    ) -> Option<Finding> {
        if !seen.succeeded() {
            return None;
        }
        self.now.note(hash(seen.resource));
        if !profile.has_learned(&parameters.learning) {
            return None;
        }
        let count = self.now.count();
        if count < parameters.resources {
            return None;
        }
        let usual = self.percentile(0.99).max(self.known_job(profile.hour));
        let needed = (parameters.times * usual).max(real(parameters.resources));
        (real(count) >= needed).then(|| Finding {
            detector: Detector::FanOut,
            severity: Severity::High,
            score: real(count) / needed,
            baseline: usual,
            observed: real(count),
            explanation: format!("{count} distinct resources this hour; 99 of 100 hours have at most {usual:.0}"),
            suggestion: Suggestion::Suspend,
        })
    }

    /// An hour is over.
    pub(in super::super) fn close(&mut self, hour: i64) {
        let bin = magnitude(self.now.count());
        self.hours.iter_mut().for_each(|weight| *weight *= FADES);
        if let Some(weight) = self.hours.get_mut(usize::from(bin)) {
            *weight += 1.0;
        }
        if let Some(lately) = self.week.get_mut(hour_of_week(hour)) {
            // Four quarters of an octave, a halving, are forgotten each week.
            *lately = bin.max(lately.saturating_sub(4));
        }
        self.now.clear();
    }

    /// A person has said that so many are in order about this hour of the week.
    pub(in super::super) fn teach(&mut self, hour: i64, count: f64) {
        let bin = magnitude(whole(count));
        for hour in [hour - 1, hour, hour + 1] {
            if let Some(lately) = self.week.get_mut(hour_of_week(hour)) {
                *lately = bin.max(*lately);
            }
        }
    }

    fn known_job(&self, hour: i64) -> f64 {
        let near = [hour - 1, hour, hour + 1].into_iter().filter_map(|hour| self.week.get(hour_of_week(hour)));
        upper_end(near.copied().max().unwrap_or(0))
    }

    fn percentile(&self, share: f64) -> f64 {
        let all: f64 = self.hours.iter().map(|weight| f64::from(*weight)).sum();
        let mut below = 0.0;
        for (bin, weight) in (0_u8..).zip(&self.hours) {
            below += f64::from(*weight);
            if below >= share * all {
                return upper_end(bin);
            }
        }
        upper_end(63)
    }
}

/// 0 for none, then four bins for each doubling.
fn magnitude(count: u64) -> u8 {
    if count == 0 { 0 } else { u8::try_from(whole((4.0 * real(count).log2()).ceil()) + 1).unwrap_or(63).min(63) }
}

fn upper_end(bin: u8) -> f64 {
    if bin == 0 { 0.0 } else { f64::from(short((f64::from(bin - 1) / 4.0).exp2())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_magnitude_is_never_below_its_count() {
        assert!(upper_end(magnitude(0)).abs() < 1e-9);
        for count in [1, 2, 3, 7, 100, 5000] {
            let (end, count_of) = (upper_end(magnitude(count)), real(count));
            assert!(end >= count_of - 0.01 && end <= 1.2 * count_of, "{count}: {end}");
        }
    }
}
