//! The first use of an action that can do great harm, by a key that has long done without.

use serde::{Deserialize, Serialize};

use super::super::alert::{Detector, Finding, Severity, Suggestion};
use super::super::book::cut;
use super::super::numbers::{DAY, real, seconds};
use super::super::observation::Observation;
use super::super::profile::{Learning, Profile};
use super::super::recent::{Recent, short_hash};

/// When it tells.
#[derive(Debug, Clone, Default)]
pub struct Parameters {
    /// Two weeks and 200 uses.
    pub learning: Learning,
}

/// What it remembers: the powerful actions that the key has used.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(in super::super) struct Memory {
    actions: Recent<32>,
}

impl Memory {
    pub(in super::super) fn observe(
        &mut self,
        profile: &Profile,
        seen: &Observation<'_>,
        parameters: &Parameters,
    ) -> Option<Finding> {
        if !seen.powerful || !seen.succeeded() {
            return None;
        }
        let at_home = self.actions.is_full();
        if !self.actions.note(short_hash(seen.action), profile.now)
            || at_home
            || !profile.has_learned(&parameters.learning)
        {
            return None;
        }
        let days = profile.first_use.map_or(0.0, |first| seconds(profile.now - first) / seconds(DAY));
        Some(Finding {
            detector: Detector::PowerfulAction,
            severity: Severity::High,
            score: 1.0,
            baseline: 0.0,
            observed: 1.0,
            explanation: format!(
                "first `{}` after {days:.0} days and {:.0} uses without it",
                cut(seen.action, 60),
                real(profile.uses)
            ),
            suggestion: Suggestion::Notify,
        })
    }
}
