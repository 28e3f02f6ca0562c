//! One key in many networks, or from very many addresses, within an hour, where it always had few: it has leaked.

use serde::{Deserialize, Serialize};

use super::super::alert::{Detector, Finding, Severity, Suggestion};
use super::super::numbers::{HOUR, counted, index, real};
use super::super::observation::Observation;
use super::super::profile::{Learning, Profile};
use super::super::recent::{Distinct, Recent, hash};

/// When it tells.
#[derive(Debug, Clone)]
pub struct Parameters {
    /// Two weeks and 200 uses.
    pub learning: Learning,
    /// Distinct autonomous systems within an hour.
    pub networks: u64,
    /// For keys that never had more than this in one.
    pub usual: u64,
    /// Or distinct addresses within an hour, at least so many …
    pub addresses: u64,
    /// … and so many times as many as in any hour of 28 days.
    pub times: f64,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { learning: Learning::default(), networks: 5, usual: 2, addresses: 30, times: 5.0 }
    }
}

/// What it remembers: the hour that runs, and the most of each of 28 days.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in super::super) struct Memory {
    networks: Recent<32>,
    addresses: Distinct,
    most: Vec<(u16, u16)>,
    hour: (u16, u16),
}

impl Default for Memory {
    fn default() -> Self {
        Self { networks: Recent::default(), addresses: Distinct::default(), most: vec![(0, 0); 28], hour: (0, 0) }
    }
}

impl Memory {
    pub(in super::super) fn is_whole(&self) -> bool {
        self.addresses.is_whole() && self.most.len() == 28
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
        self.networks.forget_before(profile.now - HOUR);
        if let Some(asn) = seen.network.asn {
            self.networks.note(asn, profile.now);
        }
        if !seen.network.address.is_empty() {
            self.addresses.note(hash(seen.network.address));
        }
        let networks = self.networks.count();
        let addresses = self.addresses.count();
        self.hour = (self.hour.0.max(narrow(networks)), self.hour.1.max(narrow(addresses)));
        if !profile.has_learned(&parameters.learning) {
            return None;
        }
        let most = self.most.iter().fold((0, 0), |most, day| (most.0.max(day.0), most.1.max(day.1)));
        let needed = (parameters.times * f64::from(most.1)).max(real(parameters.addresses));
        let by_networks = networks >= parameters.networks && u64::from(most.0) <= parameters.usual;
        (by_networks || real(addresses) >= needed).then(|| Finding {
            detector: Detector::SharedKey,
            severity: Severity::Critical,
            score: (real(networks) / real(parameters.networks.max(1))).max(real(addresses) / needed),
            baseline: f64::from(most.0),
            observed: real(networks),
            explanation: format!(
                "{} and {} within an hour; in 28 days at most {} and {}",
                counted(networks, "network", "networks"),
                counted(addresses, "address", "addresses"),
                most.0,
                most.1
            ),
            suggestion: Suggestion::Revoke,
        })
    }

    /// A day begins: what the day 28 days before it had is forgotten.
    pub(in super::super) fn begin_day(&mut self, day: i64) {
        if let Some(most) = self.most.get_mut(index(day.rem_euclid(28))) {
            *most = (0, 0);
        }
    }

    /// An hour of a day is over. What was told teaches nothing: only a person does.
    pub(in super::super) fn close(&mut self, day: i64, told: bool) {
        let hour = std::mem::take(&mut self.hour);
        self.addresses.clear();
        if let Some(most) = self.most.get_mut(index(day.rem_euclid(28))).filter(|_| !told) {
            *most = (most.0.max(hour.0), most.1.max(hour.1));
        }
    }

    /// A person has said that so many are in order, on a day.
    pub(in super::super) fn teach(&mut self, day: i64) {
        let now = (narrow(self.networks.count()), narrow(self.addresses.count()));
        if let Some(day) = self.most.get_mut(index(day.rem_euclid(28))) {
            *day = (day.0.max(now.0).max(self.hour.0).max(3), day.1.max(now.1).max(self.hour.1));
        }
    }
}

fn narrow(count: u64) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}
