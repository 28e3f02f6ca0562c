//! A success after a month of silence: forgotten keys are stolen quietly.

use super::super::alert::{Detector, Finding, Severity, Suggestion};
use super::super::numbers::{DAY, seconds};
use super::super::observation::Observation;
use super::super::profile::Profile;

/// When it tells; from the second use on.
#[derive(Debug, Clone)]
pub struct Parameters {
    /// After so many days.
    pub days: u32,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { days: 30 }
    }
}

/// `profile.last_success` is still the one before.
pub(in super::super) fn look(profile: &Profile, seen: &Observation<'_>, parameters: &Parameters) -> Option<Finding> {
    let last = profile.last_success.filter(|_| seen.succeeded())?;
    let days = seconds(profile.now - last) / seconds(DAY);
    (days >= f64::from(parameters.days)).then(|| Finding {
        detector: Detector::Dormant,
        severity: Severity::Medium,
        score: days / f64::from(parameters.days.max(1)),
        baseline: f64::from(parameters.days),
        observed: days,
        explanation: format!("first success after {days:.0} days of silence"),
        suggestion: Suggestion::Rotate,
    })
}
