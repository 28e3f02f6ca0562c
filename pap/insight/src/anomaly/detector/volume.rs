//! Far more requests in an hour than is usual at this hour of the week, told while the hour still runs.

use chrono_tz::Tz;

use super::super::alert::{Detector, Finding, Severity, Suggestion};
use super::super::numbers::{hour_in_words, real};
use super::super::profile::{Learning, Profile};
use super::super::week::deviations_above;

/// When it tells.
#[derive(Debug, Clone)]
pub struct Parameters {
    /// Useful after a day.
    pub learning: Learning,
    /// Robust deviations above the hour's mean.
    pub deviations: f64,
    /// Times the hour's mean, and times the greatest hour of 28 days.
    pub times: f64,
    /// So many above what is usual, at least.
    pub extra: u64,
    /// In so many different hours the key must have been used before.
    pub busy_hours: u32,
}

impl Default for Parameters {
    fn default() -> Self {
        let learning = Learning { days: 1, ..Learning::default() };
        Self { learning, deviations: 6.0, times: 3.0, extra: 100, busy_hours: 6 }
    }
}

/// After an observation has been counted.
pub(in super::super) fn look(profile: &Profile, zone: Tz, parameters: &Parameters) -> Option<Finding> {
    let count = profile.in_hour;
    if !profile.has_learned(&parameters.learning) || profile.week.busy_hours() < parameters.busy_hours {
        return None;
    }
    let usual = profile.week.most(profile.hour);
    let deviations = deviations_above(count, usual);
    let seen = real(count);
    if seen < usual.mean + real(parameters.extra) {
        return None;
    }
    let greatest = f64::from(profile.week.greatest());
    let unusual = deviations >= parameters.deviations && seen >= parameters.times * usual.mean;
    let record = seen > parameters.times * greatest;
    // An hour that has come by less than twice is judged by the key's greatest hour alone: it may be a weekly job's.
    let young = profile.week.weeks(profile.hour) < 2;
    if !(record || (unusual && !young)) {
        return None;
    }
    let told = profile.week.own(profile.hour).unwrap_or(usual);
    Some(Finding {
        detector: Detector::Volume,
        severity: if record { Severity::High } else { Severity::Medium },
        score: deviations / parameters.deviations,
        baseline: told.mean,
        observed: seen,
        explanation: format!(
            "{count} requests this hour; usual for {} is {:.0} ± {:.0}",
            hour_in_words(profile.hour, zone),
            told.mean,
            told.deviation
        ),
        suggestion: if record { Suggestion::Suspend } else { Suggestion::Notify },
    })
}
