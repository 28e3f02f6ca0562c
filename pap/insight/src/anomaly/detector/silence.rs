//! Nothing at all for some hours in which there is always much. Told when the last of the hours ends.

use serde::{Deserialize, Serialize};

use super::super::alert::{Detector, Finding, Severity, Suggestion};
use super::super::profile::{Learning, Profile};

/// When it tells.
#[derive(Debug, Clone, Default)]
pub struct Parameters {
    /// Two weeks: every hour has come by twice.
    pub learning: Learning,
    /// Over how many whole hours, and how many requests those usually have together.
    pub span: Span,
}

/// So many hours with so many requests, usually.
#[derive(Debug, Clone)]
pub struct Span {
    /// Hours.
    pub hours: u32,
    /// Requests.
    pub requests: f64,
}

impl Default for Span {
    fn default() -> Self {
        Self { hours: 4, requests: 100.0 }
    }
}

/// What it remembers.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(in super::super) struct Memory {
    /// Whole hours without any use, the last ones.
    silent: u32,
    /// Grows by a factor each time that a person says silence is in order.
    lenience: f32,
}

impl Memory {
    /// An hour is over, with or without use; `quiet` where the owner has declared it, or rotates the key.
    pub(in super::super) fn close(
        &mut self,
        (profile, hour): (&Profile, i64),
        used: bool,
        quiet: bool,
        parameters: &Parameters,
    ) -> Option<Finding> {
        // Hours that the owner has declared don't count towards a silence.
        self.silent = if used || quiet { 0 } else { self.silent.saturating_add(1) };
        let span = &parameters.span;
        if self.silent < span.hours || !profile.has_learned(&parameters.learning) {
            return None;
        }
        let mut expected = 0.0;
        for back in 0..i64::from(span.hours) {
            let usual = profile.week.own(hour - back)?;
            // An hour that is sometimes empty says nothing, and spoils the span.
            if profile.week.weeks(hour - back) < 2 || usual.mean - 2.0 * usual.deviation <= 0.0 {
                return None;
            }
            expected += usual.mean;
        }
        let needed = span.requests * f64::from(1.0 + self.lenience);
        (expected >= needed).then(|| Finding {
            detector: Detector::Silence,
            severity: Severity::Medium,
            score: expected / needed,
            baseline: expected,
            observed: 0.0,
            explanation: format!("no request for {} hours; usual for these hours is {expected:.0}", self.silent),
            suggestion: Suggestion::Notify,
        })
    }

    /// A person has said that this much silence is in order.
    pub(in super::super) fn teach(&mut self) {
        self.lenience = (2.0 * self.lenience + 1.0).min(1e6);
    }
}
