//! The first success from an autonomous system.

use serde::{Deserialize, Serialize};

use super::super::alert::{Detector, Finding, Severity, Suggestion};
use super::super::numbers::{listed, real};
use super::super::observation::{NetworkKind, Observation};
use super::super::profile::{Learning, Profile};
use super::super::recent::Recent;

/// When it tells.
#[derive(Debug, Clone, Default)]
pub struct Parameters {
    /// Two weeks and 200 uses.
    pub learning: Learning,
}

/// What it remembers: the numbers of the systems.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(in super::super) struct Memory {
    systems: Recent<32>,
}

impl Memory {
    pub(in super::super) fn observe(
        &mut self,
        profile: &Profile,
        seen: &Observation<'_>,
        parameters: &Parameters,
    ) -> Option<Finding> {
        let asn = seen.network.asn.filter(|_| seen.succeeded())?;
        let (at_home, known) = (self.systems.is_full(), self.systems.count());
        let others: Vec<_> = self.systems.latest().into_iter().map(|system| format!("AS{system}")).collect();
        // The first address with a known system, as after the database was given, is no news.
        if !self.systems.note(asn, profile.now) || at_home || known == 0 || !profile.has_learned(&parameters.learning) {
            return None;
        }
        let (severity, suffix) = match seen.network.kind {
            NetworkKind::Ordinary => (Severity::Low, ""),
            NetworkKind::Hosting => (Severity::Medium, ", a hosting provider"),
            NetworkKind::Anonymiser => (Severity::High, ", an anonymiser"),
        };
        Some(Finding {
            detector: Detector::NewNetwork,
            severity,
            score: 1.0,
            baseline: real(known),
            observed: 1.0,
            explanation: format!("first request from AS{asn}{suffix}; so far the key came from {}", listed(&others)),
            suggestion: Suggestion::Notify,
        })
    }

    /// Whether the key is known to come from there.
    pub(in super::super) fn knows(&self, asn: Option<u32>) -> bool {
        asn.is_some_and(|asn| self.systems.contains(asn))
    }
}
