//! The first success from a country that is neither in the key's own set nor allowed by its owner.

use serde::{Deserialize, Serialize};

use super::super::alert::{Detector, Finding, Severity, Suggestion};
use super::super::numbers::{listed, real};
use super::super::observation::{NetworkKind, Observation, Surroundings};
use super::super::profile::Profile;
use super::super::recent::Recent;

/// When it tells.
#[derive(Debug, Clone)]
pub struct Parameters {
    /// After so many uses; there is no waiting for days.
    pub uses: u64,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { uses: 50 }
    }
}

/// What it remembers: the countries.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(in super::super) struct Memory {
    countries: Recent<32>,
}

impl Memory {
    pub(in super::super) fn observe(
        &mut self,
        profile: &Profile,
        seen: &Observation<'_>,
        around: &Surroundings<'_>,
        parameters: &Parameters,
    ) -> Option<Finding> {
        let country = seen.network.country.filter(|country| country.len() == 2 && seen.succeeded())?;
        // A key that is at home in more countries than are remembered has no foreign ones.
        let at_home = self.countries.is_full();
        let code = country.bytes().fold(0, |code, letter| code << 8 | u32::from(letter));
        let (known, others) = (self.countries.count(), self.countries.latest());
        let is_new = self.countries.note(code, profile.now);
        let allowed = around.allowed_countries.iter().any(|allowed| allowed.eq_ignore_ascii_case(country));
        // What came before this observation counts, or fifty alike uses from abroad would be the key's home.
        let before = profile.uses.saturating_sub(u64::from(seen.count));
        if !is_new || at_home || allowed || before < parameters.uses {
            return None;
        }
        let (severity, suffix) = match seen.network.kind {
            NetworkKind::Ordinary => (Severity::Medium, ""),
            NetworkKind::Hosting => (Severity::High, ", through a hosting provider"),
            NetworkKind::Anonymiser => (Severity::High, ", through an anonymiser"),
        };
        Some(Finding {
            detector: Detector::NewCountry,
            severity,
            score: if severity == Severity::High { 2.0 } else { 1.0 },
            baseline: real(known),
            observed: 1.0,
            explanation: format!(
                "first request from {}{suffix}; the {before} uses before it came from {}",
                country.to_ascii_uppercase(),
                if others.is_empty() { "no known country".to_owned() } else { in_words(&others) }
            ),
            suggestion: Suggestion::Rotate,
        })
    }
}

/// Countries by their letters.
fn in_words(codes: &[u32]) -> String {
    let letters = |code: &u32| {
        let [.., first, second] = code.to_be_bytes();
        [first, second].map(|letter| char::from(letter).to_ascii_uppercase()).iter().collect::<String>()
    };
    listed(&codes.iter().map(letters).collect::<Vec<_>>())
}
