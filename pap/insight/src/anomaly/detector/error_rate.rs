//! A share of refusals that can't be chance: the lower bound of Wilson's interval is far above what is usual.

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal};

use super::super::alert::{Detector, Finding, Severity, Suggestion};
use super::super::numbers::{MINUTE, Seconds, real, short};
use super::super::observation::{Observation, Outcome};
use super::super::profile::{Learning, Profile};

/// When it tells.
#[derive(Debug, Clone)]
pub struct Parameters {
    /// Two weeks and 200 uses.
    pub learning: Learning,
    /// The confidence of the bound, on both sides together.
    pub confidence: f64,
    /// Times the usual share.
    pub times: f64,
    /// The bound must be above this share in any case.
    pub share: f64,
    /// Fewer uses say nothing.
    pub uses: u64,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { learning: Learning::default(), confidence: 0.99, times: 3.0, share: 0.05, uses: 50 }
    }
}

/// Three times five minutes are the window.
const SLICE: Seconds = 5 * MINUTE;

/// What it remembers: the uses and refusals of three slices, and the usual share.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(in super::super) struct Memory {
    slice: i64,
    uses: [u64; 3],
    refused: [u64; 3],
    /// Uses and refusals that the usual share is of; both fade.
    all: (f32, f32),
}

/// So many uses are as good as all: then the usual share follows its last ten thousand.
const KEPT: f32 = 10_000.0;

impl Memory {
    pub(in super::super) fn observe(
        &mut self,
        profile: &Profile,
        seen: &Observation<'_>,
        parameters: &Parameters,
    ) -> Option<Finding> {
        // Who presents a wrong secret is not the key's holder: his failures say nothing of the holder's.
        if !matches!(seen.outcome, Outcome::Permitted | Outcome::Denied) {
            return None;
        }
        self.advance(profile.now);
        let count = u64::from(seen.count);
        self.uses[2] += count;
        self.refused[2] += if seen.outcome == Outcome::Denied { count } else { 0 };
        let (uses, refused) = (self.uses.iter().sum::<u64>(), self.refused.iter().sum::<u64>());
        if uses < parameters.uses || !profile.has_learned(&parameters.learning) {
            return None;
        }
        let usual = self.usual();
        let least = wilson_lower(refused, uses, parameters.confidence);
        let needed = (parameters.times * usual).max(parameters.share);
        (least > needed).then(|| Finding {
            detector: Detector::ErrorRate,
            severity: Severity::Medium,
            score: least / needed,
            baseline: usual,
            observed: real(refused) / real(uses),
            explanation: format!(
                "{refused} of {uses} requests refused in 15 minutes, at least {:.0} %; usual is {:.1} %",
                100.0 * least,
                100.0 * usual
            ),
            suggestion: Suggestion::Notify,
        })
    }

    /// A person has said that this share is in order.
    pub(in super::super) fn teach(&mut self, share: f64) {
        self.all = (KEPT, short(share).max(self.all.1 / self.all.0.max(1.0)) * KEPT);
    }

    fn usual(&self) -> f64 {
        f64::from(self.all.1) / f64::from(self.all.0).max(1.0)
    }

    fn advance(&mut self, now: Seconds) {
        let slice = now.div_euclid(SLICE);
        for _ in 0..(slice - self.slice).clamp(0, 3) {
            self.settle();
            self.uses.rotate_left(1);
            self.refused.rotate_left(1);
            (self.uses[2], self.refused[2]) = (0, 0);
        }
        self.slice = self.slice.max(slice);
    }

    /// The oldest slice becomes part of what is usual. What is far above teaches no more than twice the usual share,
    /// and one part in a hundred: an attack must not become usual, a new kind of work may in time.
    fn settle(&mut self) {
        let (uses, refused) = (short(real(self.uses[0])), short(real(self.refused[0])));
        let refused = if self.all.0 < 200.0 { refused } else { refused.min((2.0 * short(self.usual()) + 0.01) * uses) };
        let fade = KEPT / (self.all.0 + uses).max(KEPT);
        self.all = ((self.all.0 + uses) * fade, (self.all.1 + refused) * fade);
    }
}

/// The lower end of Wilson's interval for a share.
fn wilson_lower(part: u64, of: u64, confidence: f64) -> f64 {
    let z = Normal::standard().inverse_cdf(f64::midpoint(1.0, confidence.clamp(0.5, 0.999_999)));
    let (n, share) = (real(of.max(1)), real(part) / real(of.max(1)));
    let (z2, middle) = (z * z, share + z * z / (2.0 * n));
    let half = z * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    ((middle - half) / (1.0 + z2 / n)).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_is_wilsons() {
        // 10 of 100 at 95 %: 0.0552 to 0.1744, as in the tables.
        assert!((wilson_lower(10, 100, 0.95) - 0.0552).abs() < 1e-4);
        assert!(wilson_lower(0, 50, 0.99).abs() < 1e-12);
    }
}
