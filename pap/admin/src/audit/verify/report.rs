//! What a verification came to.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;

/// What was found.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Report {
    /// The organisation whose export it is; none for that of the whole installation.
    pub organisation: Option<String>,
    /// The number of the first entry.
    pub first: i64,
    /// The number of the last entry that was found whole.
    pub last: i64,
    /// Entries that were read.
    pub entries: u64,
    /// Entries of others, of which the digest was read.
    pub hidden: u64,
    /// Checkpoints in between whose signature is right.
    pub checkpoints: u64,
    /// When the last entry was signed.
    pub signed_at: Option<DateTime<Utc>>,
    /// The keys that have signed.
    pub key_ids: Vec<String>,
    /// Checkpoints from elsewhere that were signed after the export was made.
    pub later_checkpoints: usize,
    /// Where it breaks first, if it does.
    pub broken: Option<Break>,
}

/// Where a chain breaks, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Break {
    /// The number of the first entry that can't be believed.
    pub sequence: i64,
    /// What was done to it.
    pub what: Breach,
    /// The same in words.
    pub detail: String,
}

/// What was done to a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Breach {
    /// It can't be read as an export at all.
    Unreadable,
    /// An entry was changed.
    Altered,
    /// An entry was taken out.
    Removed,
    /// Entries stand in another order.
    Reordered,
    /// The last entries are missing.
    Truncated,
    /// An entry, or all of them, come from another chain.
    Spliced,
    /// A checkpoint wasn't signed by a key of the audit.
    Forged,
}

impl Breach {
    /// The word, as programs see it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Altered => "altered",
            Self::Removed => "removed",
            Self::Reordered => "reordered",
            Self::Truncated => "truncated",
            Self::Spliced => "spliced",
            Self::Forged => "forged",
        }
    }
}

impl Break {
    pub(super) fn new(sequence: i64, what: Breach, detail: impl Into<String>) -> Self {
        Self { sequence, what, detail: detail.into() }
    }

    pub(crate) fn rewritten(sequence: i64) -> Self {
        let detail = format!("up to entry {sequence} the chain is another than the one that was signed");
        Self::new(sequence, Breach::Spliced, detail)
    }

    pub(super) fn altered(sequence: i64, detail: impl Into<String>) -> Self {
        Self::new(sequence, Breach::Altered, detail)
    }

    pub(super) fn unreadable(sequence: i64, detail: impl Into<String>) -> Self {
        Self::new(sequence, Breach::Unreadable, detail)
    }
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at entry {}: {}", self.what.as_str(), self.sequence, self.detail)
    }
}
