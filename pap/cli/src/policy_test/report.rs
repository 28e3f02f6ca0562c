//! What became of each case.

use argus_engine::diagnostic::Diagnostic;

use super::decider::Explanation;
use super::mismatch::Mismatch;
use crate::source::{Place, Source};

/// A case that was run.
#[derive(Debug)]
pub(crate) struct CaseReport {
    /// Its name.
    pub(crate) name: String,
    /// Where it stands.
    pub(crate) place: Place,
    /// How it ended.
    pub(crate) outcome: Outcome,
    /// How long it took.
    pub(crate) seconds: f64,
}

/// How a case ended.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// As expected.
    Passed,
    /// Answered, and not as expected.
    Failed(Failed),
    /// There was nothing to compare: why.
    NotAnswered(String),
}

/// Where expectation and answer part.
#[derive(Debug, Default)]
pub(crate) struct Failed {
    /// The differences.
    pub(crate) mismatches: Vec<Mismatch>,
    /// What decided.
    pub(crate) decided_by: Vec<String>,
    /// The facts that made it so.
    pub(crate) because: Vec<String>,
    /// What became of the rule that was to decide.
    pub(crate) instead: Vec<String>,
}

impl Failed {
    /// Adds what decided.
    pub(super) fn explain(&mut self, explanation: &Explanation) {
        self.decided_by.push(explanation.decided_by.clone());
        self.because.extend(explanation.because.iter().cloned());
    }

    /// Says of which result of several this is.
    pub(super) fn number(&mut self, number: usize) {
        for mismatch in &mut self.mismatches {
            mismatch.what = format!("{} {number}", mismatch.what);
        }
    }

    /// Adds another result's.
    pub(super) fn extend(&mut self, other: Self) {
        self.mismatches.extend(other.mismatches);
        self.decided_by.extend(other.decided_by);
        self.because.extend(other.because);
        self.instead.extend(other.instead);
    }
}

/// A test file that was run.
#[derive(Debug)]
pub(crate) struct FileReport {
    /// The file as it is shown.
    pub(crate) name: String,
    /// The texts that the problems point into.
    pub(crate) sources: Vec<Source>,
    /// The faults of the file itself.
    pub(crate) problems: Vec<Diagnostic>,
    /// The cases that were run.
    pub(crate) cases: Vec<CaseReport>,
    /// Policies that are refused.
    pub(crate) refused: Vec<RefusedPolicy>,
}

/// A policy that is refused, so that its cases were not run.
#[derive(Debug)]
pub(crate) struct RefusedPolicy {
    /// The texts that the errors point into.
    pub(crate) sources: Vec<Source>,
    /// The errors.
    pub(crate) errors: Vec<Diagnostic>,
    /// How many cases were not run.
    pub(crate) cases: usize,
}

/// The numbers of a run.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Totals {
    /// Files that were read.
    pub(crate) files: usize,
    /// Cases that passed.
    pub(crate) passed: usize,
    /// Cases that did not.
    pub(crate) failed: usize,
    /// Cases whose policy is refused.
    pub(crate) not_run: usize,
    /// Faults of the files themselves.
    pub(crate) problems: usize,
}

impl Totals {
    /// Counts.
    pub(crate) fn of(files: &[FileReport]) -> Self {
        let mut totals = Self { files: files.len(), ..Self::default() };
        for file in files {
            let passed = file.cases.iter().filter(|case| matches!(case.outcome, Outcome::Passed)).count();
            totals.passed += passed;
            totals.failed += file.cases.len() - passed;
            totals.not_run += file.refused.iter().map(|policy| policy.cases).sum::<usize>();
            totals.problems += file.problems.len();
        }
        totals
    }

    /// All cases.
    pub(crate) fn cases(self) -> usize {
        self.passed + self.failed + self.not_run
    }
}
