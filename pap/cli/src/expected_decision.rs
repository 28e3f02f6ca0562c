//! A decision that somebody expects: of `argus eval --expect`, and of a test.

use argus_engine::decision::{Decision, Effects};

/// A decision; Indeterminate with or without its extended value (core 7.10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExpectedDecision {
    /// This one, the extended value included.
    Exactly(Decision),
    /// Indeterminate, whatever it could have been.
    AnyIndeterminate,
}

/// The decisions by their words.
static WORDS: &[(&str, ExpectedDecision)] = &[
    ("Permit", ExpectedDecision::Exactly(Decision::Permit)),
    ("Deny", ExpectedDecision::Exactly(Decision::Deny)),
    ("NotApplicable", ExpectedDecision::Exactly(Decision::NotApplicable)),
    ("Indeterminate", ExpectedDecision::AnyIndeterminate),
    ("Indeterminate{D}", ExpectedDecision::Exactly(Decision::Indeterminate(Effects::D))),
    ("Indeterminate{P}", ExpectedDecision::Exactly(Decision::Indeterminate(Effects::P))),
    ("Indeterminate{DP}", ExpectedDecision::Exactly(Decision::Indeterminate(Effects::DP))),
];

impl ExpectedDecision {
    /// The decision that a word names.
    pub(crate) fn find(word: &str) -> Option<Self> {
        WORDS.iter().find(|(own, _)| *own == word).map(|(_, decision)| *decision)
    }

    /// All words.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        WORDS.iter().map(|(word, _)| *word)
    }

    /// Whether a decision is as expected.
    pub(crate) fn is_met_by(self, decision: Decision) -> bool {
        match self {
            Self::Exactly(expected) => expected == decision,
            Self::AnyIndeterminate => matches!(decision, Decision::Indeterminate(_)),
        }
    }
}

impl std::fmt::Display for ExpectedDecision {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exactly(decision) => decision.fmt(f),
            Self::AnyIndeterminate => f.write_str("Indeterminate"),
        }
    }
}
