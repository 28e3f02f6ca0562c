//! A secret that was replaced, and whose grace is over, is presented: a copy of it lives somewhere.

use super::super::alert::{Detector, Finding, Severity, Suggestion};
use super::super::observation::{Observation, Outcome, named};

/// Any use; from the first on. There is nothing to set.
pub(in super::super) fn look(seen: &Observation<'_>) -> Option<Finding> {
    (seen.outcome == Outcome::RetiredCredential).then(|| Finding {
        detector: Detector::OldCredential,
        severity: Severity::Medium,
        score: 1.0,
        baseline: 0.0,
        observed: f64::from(seen.count),
        explanation: format!(
            "{} was presented after its grace, {}; it was refused",
            named("a replaced credential", seen),
            match (seen.network.asn, seen.network.country) {
                (Some(system), Some(country)) => format!("from AS{system}, {country}"),
                (Some(system), None) => format!("from AS{system}"),
                (None, Some(country)) => format!("from {country}"),
                (None, None) => "from an unknown network".to_owned(),
            }
        ),
        suggestion: Suggestion::Notify,
    })
}
