//! Many wrong secrets for one credential, from several networks: somebody guesses, or tries what he has found.

use serde::{Deserialize, Serialize};

use super::super::alert::{Detector, Finding, Severity, Suggestion};
use super::super::doubled::Doubled;
use super::super::numbers::{MINUTE, Seconds, real};
use super::super::observation::{Observation, Outcome, named};
use super::super::profile::Profile;
use super::super::recent::short_hash;

/// When it tells; from the first use on.
#[derive(Debug, Clone)]
pub struct Parameters {
    /// Failures on one credential.
    pub failures: u64,
    /// From so many networks: a program with an old secret has one.
    pub networks: usize,
    /// Within so many minutes.
    pub minutes: u32,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { failures: 10, networks: 2, minutes: 10 }
    }
}

/// So many failures are remembered, folded by credential, network and minute.
const KEPT: usize = 64;

/// Credential, network, minute, how many.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Failures(u32, u32, i64, u32);

/// What it remembers.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(in super::super) struct Memory {
    failures: Vec<Failures>,
    doubled: Doubled,
}

impl Memory {
    pub(in super::super) fn observe(
        &mut self,
        profile: &Profile,
        seen: &Observation<'_>,
        parameters: &Parameters,
    ) -> Option<Finding> {
        if seen.outcome != Outcome::WrongSecret {
            return None;
        }
        let credential = short_hash(seen.credential);
        let network = seen.network.asn.unwrap_or_else(|| short_hash(seen.network.address));
        self.note((credential, network), profile.now, seen.count, parameters.minutes);
        let mut of: Vec<_> = self.failures.iter().filter(|failure| failure.0 == credential).collect();
        let count: u64 = of.iter().map(|failure| u64::from(failure.3)).sum();
        of.sort_unstable_by_key(|failure| failure.1);
        of.dedup_by_key(|failure| failure.1);
        let needed = parameters.failures.saturating_mul(self.doubled.times(10).into());
        (count >= needed && of.len() >= parameters.networks).then(|| Finding {
            detector: Detector::WrongSecret,
            severity: Severity::Medium,
            score: real(count) / real(needed.max(1)),
            baseline: real(needed),
            observed: real(count),
            explanation: format!(
                "{count} wrong secrets for {} from {} networks within {} minutes",
                named("one credential", seen),
                of.len(),
                parameters.minutes
            ),
            suggestion: Suggestion::Notify,
        })
    }

    /// A person has said that it is in order.
    pub(in super::super) fn teach(&mut self) {
        self.doubled.again();
    }

    fn note(&mut self, (credential, network): (u32, u32), now: Seconds, count: u32, minutes: u32) {
        let minute = now.div_euclid(MINUTE);
        self.failures.retain(|failure| failure.2 > minute - i64::from(minutes));
        let same = |failure: &&mut Failures| (failure.0, failure.1, failure.2) == (credential, network, minute);
        if let Some(failure) = self.failures.iter_mut().find(same) {
            failure.3 = failure.3.saturating_add(count);
            return;
        }
        if self.failures.len() >= KEPT {
            // The smallest goes: who wants to push a guesser out must fail more often than he does.
            let least = self.failures.iter().enumerate().min_by_key(|(_, failure)| failure.3).map(|(at, _)| at);
            least.map(|least| self.failures.swap_remove(least));
        }
        self.failures.push(Failures(credential, network, minute, count));
    }
}
