//! What is told of quotas as they are used up, to whoever tells the owners of keys. Who does, and how, is not known here.

use std::fmt::Debug;

use argus_store::{KeyId, LimitId};
use chrono::{DateTime, Utc};

/// How a quota stands after a use of it was written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotaStanding<'q> {
    /// Whose quota it is.
    pub of: QuotaOf,
    /// The name of the quota; of one that keys share, as answers have it.
    pub name: &'q str,
    /// What all nodes have let through in this period.
    pub used: u64,
    /// What may be used.
    pub limit: u64,
    /// Whether a use was refused for which too little was left.
    pub is_lacking: bool,
    /// When the period is over.
    pub resets_at: DateTime<Utc>,
}

/// Whose quota it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuotaOf {
    /// A key's own.
    Key(KeyId),
    /// One that keys share.
    Limit {
        /// Which one.
        limit: LimitId,
        /// The key that was used last.
        key: KeyId,
    },
}

/// Who is told.
pub trait QuotaWatch: Debug + Send + Sync {
    /// Tells that a quota was used. It is told from a thread of its own, about once a second for each quota in use, by
    /// each node that lets uses through. Blocks.
    fn used(&self, standing: &QuotaStanding<'_>);
}
