//! What waits to be written: a decision with the policies that it was made by.

use std::sync::Arc;

use argus_store::decision::{Decision, PolicySet};

/// Entries that may wait to be written, a few kilobytes each as a rule.
pub const ENTRIES: usize = 8_192;

/// A decision, and the policies that it was made by.
#[derive(Debug, Clone)]
pub struct LogEntry {
    /// The decision.
    pub decision: Decision,
    /// The policies, the same for all decisions under them.
    pub policies: Arc<PolicySet>,
}
