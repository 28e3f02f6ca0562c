//! The way from decisions to the thread that writes them: bounded, and nobody waits at its entrance.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use argus_store::decision::{Decision, PolicySet};

use crate::usage::Tally;

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

/// Where decisions come in. Cloned like a handle.
#[derive(Debug, Clone)]
pub struct EntrySender {
    entries: SyncSender<LogEntry>,
    counters: Arc<Counters>,
}

/// The other end.
#[derive(Debug)]
pub struct EntryQueue {
    pub(super) entries: Receiver<LogEntry>,
    pub(super) counters: Arc<Counters>,
}

/// What became of entries.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) taken: AtomicU64,
    pub(super) full: AtomicU64,
    pub(super) given_up: AtomicU64,
    pub(super) written: AtomicU64,
    pub(super) failures: AtomicU64,
}

/// A queue for so many entries.
pub fn entries(most: usize) -> (EntrySender, EntryQueue) {
    let (sender, entries) = sync_channel(most);
    let counters = Arc::new(Counters::default());
    (EntrySender { entries: sender, counters: Arc::clone(&counters) }, EntryQueue { entries, counters })
}

impl EntrySender {
    /// Hands in a decision, without waiting for anything. Where the queue is full, it is counted as dropped.
    pub fn send(&self, entry: LogEntry) {
        let counter = match self.entries.try_send(entry) {
            Ok(()) => &self.counters.taken,
            Err(_) => &self.counters.full,
        };
        counter.fetch_add(1, Relaxed);
    }

    /// What became of entries.
    pub fn tally(&self) -> Tally {
        Tally {
            taken: self.counters.taken.load(Relaxed),
            dropped_at_queue: self.counters.full.load(Relaxed),
            dropped_at_rows: self.counters.given_up.load(Relaxed),
            written: self.counters.written.load(Relaxed),
            failures: self.counters.failures.load(Relaxed),
        }
    }
}
