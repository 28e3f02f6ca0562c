//! A day of far more use than any before, though none of its hours stands out: what is taken slowly.

use super::super::alert::{Detector, Finding, Severity, Suggestion};
use super::super::numbers::real;
use super::super::profile::{Learning, Profile};
use super::super::series::{self, Series, VALUES};

/// When it tells.
#[derive(Debug, Clone)]
pub struct Parameters {
    /// Two weeks: every day of the week has come by twice.
    pub learning: Learning,
    /// Times what is usual for the hours of the day.
    pub times: f64,
    /// So many more than is usual within the day, at least.
    pub extra: f64,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { learning: Learning::default(), times: 1.5, extra: 100.0 }
    }
}

/// An hour that nobody has declared quiet is over, and not yet learned. It is told as [`Detector::Volume`]; observed and
/// usual are requests an hour, so that marking it false teaches an hour what an hour may have.
pub(in super::super) fn close(
    series: &mut Series,
    (profile, hour): (&Profile, i64),
    count: u64,
    parameters: &Parameters,
) -> Option<Finding> {
    let hours = parameters.learning.days.saturating_mul(24);
    // The book tells once what goes on; to rest here would hide what comes after a harmless drop.
    let looked = series.observe(real(count), &series::Parameters { rest: 0.0, ..series::Parameters::learning(hours) });
    if !looked.is_told || !profile.has_learned(&parameters.learning) {
        return None;
    }
    let (observed, days) = series.last()?;
    let hours = real(u64::try_from(VALUES).unwrap_or(u64::MAX));
    let back = (0..).take(VALUES).filter_map(|back| profile.week.own(hour - back));
    let usual = back.map(|usual| usual.mean).sum::<f64>() / hours;
    if observed < parameters.times * usual || (observed - usual) * hours < parameters.extra {
        return None;
    }
    Some(Finding {
        detector: Detector::Volume,
        severity: Severity::Medium,
        score: looked.score / series::Parameters::learning(0).deviations,
        baseline: usual,
        observed,
        explanation: format!(
            "{:.0} requests within 24 hours; usual for these is {:.0}, and none of the {days} days before was like it",
            observed * hours,
            usual * hours
        ),
        suggestion: Suggestion::Notify,
    })
}
