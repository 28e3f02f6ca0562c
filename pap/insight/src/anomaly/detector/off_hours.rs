//! Successes in an hour of the week that is always empty, for keys that keep hours.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::super::alert::{Detector, Finding, Severity, Suggestion};
use super::super::numbers::{hour_in_words, real, short};
use super::super::observation::Observation;
use super::super::profile::{Learning, Profile};

/// When it tells.
#[derive(Debug, Clone)]
pub struct Parameters {
    /// Four weeks: every hour has come by four times.
    pub learning: Learning,
    /// The hour and its neighbours have less than this share of a week's use.
    pub share: f64,
    /// So many successes within the hour.
    pub uses: u64,
    /// A key that has more than this share of its uses in such hours keeps no hours.
    pub strays: f64,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { learning: Learning { days: 28, ..Learning::default() }, share: 0.001, uses: 10, strays: 0.01 }
    }
}

/// What it remembers.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(in super::super) struct Memory {
    in_hour: u64,
    /// Uses, and those of them in hours that were empty until then; both fade.
    all: (f32, f32),
}

/// The last so many uses are what a key's habits are made of.
const KEPT: f32 = 5_000.0;

impl Memory {
    pub(in super::super) fn observe(
        &mut self,
        profile: &Profile,
        seen: &Observation<'_>,
        zone: Tz,
        parameters: &Parameters,
    ) -> Option<Finding> {
        if !seen.succeeded() {
            return None;
        }
        self.in_hour += u64::from(seen.count);
        if self.in_hour < parameters.uses || !profile.has_learned(&parameters.learning) {
            return None;
        }
        let share = profile.week.share(profile.hour)?;
        let strays = f64::from(self.all.1) / f64::from(self.all.0).max(1.0);
        (share < parameters.share && strays <= parameters.strays).then(|| Finding {
            detector: Detector::OffHours,
            severity: Severity::Medium,
            score: real(self.in_hour) / real(parameters.uses.max(1)),
            baseline: share,
            observed: real(self.in_hour),
            explanation: format!(
                "{} successes this hour; {} and the hours beside have {:.2} % of a week's use",
                self.in_hour,
                hour_in_words(profile.hour, zone),
                100.0 * share
            ),
            suggestion: Suggestion::Notify,
        })
    }

    /// An hour is over; the profile has not yet learned it. The first week is all new and says nothing.
    pub(in super::super) fn close(&mut self, profile: &Profile, hour: i64, parameters: &Parameters) {
        let count = short(real(self.in_hour));
        self.in_hour = 0;
        if count <= 0.0 || profile.week.weeks(hour) < 2 {
            return;
        }
        let stray = profile.week.share(hour).is_none_or(|share| share < parameters.share);
        // One stray hour counts as one hundredth of the habits at most: a night of theft is no habit, four may be.
        let fade = KEPT / (self.all.0 + count).max(KEPT);
        let strays = if stray { count.min(0.003 * self.all.0.max(1_000.0)) } else { 0.0 };
        self.all = ((self.all.0 + count) * fade, (self.all.1 + strays) * fade);
    }
}
