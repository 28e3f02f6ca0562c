//! The way from decisions to the counting thread: bounded, and nobody waits at its entrance.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use super::event::UsageEvent;

/// Events that may wait to be counted: half a second of decisions on a large machine.
pub const QUEUE: usize = 65_536;

/// Where decisions tell of themselves. Cloned like a handle.
#[derive(Debug, Clone)]
pub struct UsageSender {
    events: SyncSender<UsageEvent>,
    counters: Arc<Counters>,
}

/// The other end.
#[derive(Debug)]
pub struct UsageQueue {
    pub(super) events: Receiver<UsageEvent>,
    pub(super) counters: Arc<Counters>,
}

/// What became of events.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) taken: AtomicU64,
    pub(super) full: AtomicU64,
    pub(super) rows_full: AtomicU64,
    pub(super) written: AtomicU64,
    pub(super) failures: AtomicU64,
}

/// What became of events, since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Events that were taken.
    pub taken: u64,
    /// Events that were dropped, because the queue was full.
    pub dropped_at_queue: u64,
    /// Events that were dropped, because too many rows waited for the store.
    pub dropped_at_rows: u64,
    /// Events that are in the store.
    pub written: u64,
    /// Attempts to write that failed. They are repeated.
    pub failures: u64,
}

/// A queue for so many events.
pub fn queue(most: usize) -> (UsageSender, UsageQueue) {
    let (sender, events) = sync_channel(most);
    let counters = Arc::new(Counters::default());
    (UsageSender { events: sender, counters: Arc::clone(&counters) }, UsageQueue { events, counters })
}

impl UsageSender {
    /// Tells of a decision, without waiting for anything. Where the queue is full, it is counted as dropped.
    pub fn send(&self, event: UsageEvent) {
        // Nobody sleeps at the other end, so that nobody has to be woken: a system call would cost more than the rest.
        let counter = match self.events.try_send(event) {
            Ok(()) => &self.counters.taken,
            Err(_) => &self.counters.full,
        };
        counter.fetch_add(1, Relaxed);
    }

    /// What became of events.
    pub fn tally(&self) -> Tally {
        Tally {
            taken: self.counters.taken.load(Relaxed),
            dropped_at_queue: self.counters.full.load(Relaxed),
            dropped_at_rows: self.counters.rows_full.load(Relaxed),
            written: self.counters.written.load(Relaxed),
            failures: self.counters.failures.load(Relaxed),
        }
    }
}
