//! What comes to whoever counts: decisions, and what those came to of which only the most was known.

use std::net::IpAddr;
use std::sync::Arc;

use argus_store::KeyId;

use super::event::{UsageEvent, Word};

/// Something to be counted.
#[derive(Debug, Clone)]
pub enum Metered {
    /// A decision.
    Decision(UsageEvent),
    /// What one came to afterwards.
    Settled(SettledCost),
    /// A decision that is counted from a journal, and is shown to the watcher here.
    Journaled(UsageEvent),
}

/// What a permitted use came to that was counted as costing nothing. It is added where the decision stands, so that no
/// sum ever falls: neither does what was reserved stand there meanwhile, nor is anything ever taken away.
#[derive(Debug, Clone)]
pub struct SettledCost {
    /// When the decision was asked for, in seconds since 1970.
    pub at: i64,
    /// The organisation that decided, by its name.
    pub organisation: Arc<str>,
    /// The key.
    pub key: KeyId,
    /// The client's address, where it is known.
    pub address: Option<IpAddr>,
    /// The action.
    pub action: Word,
    /// What it came to.
    pub cost: u64,
}

impl From<UsageEvent> for Metered {
    fn from(event: UsageEvent) -> Self {
        Self::Decision(event)
    }
}
