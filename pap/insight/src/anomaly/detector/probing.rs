//! Refusals over many resources or actions within ten minutes: somebody holds the key and feels along its walls.

use serde::{Deserialize, Serialize};

use super::super::alert::{Detector, Finding, Severity, Suggestion};
use super::super::doubled::Doubled;
use super::super::numbers::{MINUTE, counted, real};
use super::super::observation::{Observation, Outcome};
use super::super::profile::Profile;
use super::super::recent::{Recent, short_hash};

/// When it tells; from the first use on.
#[derive(Debug, Clone)]
pub struct Parameters {
    /// Distinct resources that were denied.
    pub resources: u64,
    /// Distinct actions that were denied.
    pub actions: u64,
    /// Within so many minutes.
    pub minutes: u32,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { resources: 20, actions: 5, minutes: 10 }
    }
}

/// What it remembers: what was denied lately.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(in super::super) struct Memory {
    resources: Recent<64>,
    actions: Recent<32>,
    /// Doubles what is needed each time that a person says it is in order.
    doubled: Doubled,
}

impl Memory {
    pub(in super::super) fn observe(
        &mut self,
        profile: &Profile,
        seen: &Observation<'_>,
        parameters: &Parameters,
    ) -> Option<Finding> {
        if seen.outcome != Outcome::Denied {
            return None;
        }
        let since = profile.now - i64::from(parameters.minutes) * MINUTE;
        self.resources.forget_before(since);
        self.actions.forget_before(since);
        self.resources.note(short_hash(seen.resource), profile.now);
        self.actions.note(short_hash(seen.action), profile.now);
        let (of_resources, of_actions) = (self.resources.count(), self.actions.count());
        let (resources, actions) = (real(of_resources), real(of_actions));
        // The lists hold 64 and 32: needing more would mean needing the impossible.
        let times = f64::from(self.doubled.times(4));
        let (needs_resources, needs_actions) =
            ((real(parameters.resources) * times).min(64.0), (real(parameters.actions) * times).min(32.0));
        let score = (resources / needs_resources).max(actions / needs_actions);
        (score >= 1.0).then(|| Finding {
            detector: Detector::Probing,
            severity: Severity::High,
            score,
            baseline: needs_resources,
            observed: resources,
            explanation: format!(
                "{} and {} denied within {} minutes",
                counted(of_resources, "resource", "different resources"),
                counted(of_actions, "action", "different actions"),
                parameters.minutes
            ),
            suggestion: Suggestion::Suspend,
        })
    }

    /// A person has said that it is in order.
    pub(in super::super) fn teach(&mut self) {
        self.doubled.again();
    }
}
