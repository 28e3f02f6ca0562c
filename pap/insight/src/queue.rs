//! The way from decisions to a thread that writes them down: bounded, and nobody waits at its entrance.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Where decisions come in.
#[derive(Debug)]
pub struct Sender<T> {
    items: SyncSender<T>,
    counters: Arc<Counters>,
}

/// The other end.
#[derive(Debug)]
pub struct Queue<T> {
    pub(crate) items: Receiver<T>,
    pub(crate) counters: Arc<Counters>,
}

/// What became of what was handed in.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    taken: AtomicU64,
    full: AtomicU64,
    pub(crate) given_up: AtomicU64,
    pub(crate) written: AtomicU64,
    pub(crate) failures: AtomicU64,
}

/// What became of what was handed in, since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// What was taken.
    pub taken: u64,
    /// What was dropped, because the queue was full.
    pub dropped_at_queue: u64,
    /// What was dropped, because too much waited for the store.
    pub dropped_at_rows: u64,
    /// What is in the store.
    pub written: u64,
    /// Attempts to write that failed. They are repeated.
    pub failures: u64,
}

/// A queue for at most so many.
pub fn queue<T>(most: usize) -> (Sender<T>, Queue<T>) {
    let (sender, items) = sync_channel(most);
    let counters = Arc::new(Counters::default());
    (Sender { items: sender, counters: Arc::clone(&counters) }, Queue { items, counters })
}

// Derived, it would ask for what it carries to be `Clone`, too.
impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        Self { items: self.items.clone(), counters: Arc::clone(&self.counters) }
    }
}

impl<T> Sender<T> {
    /// Hands in a decision, without waiting for anything. Where the queue is full, it is counted as dropped.
    pub fn send(&self, item: T) {
        // Nobody sleeps at the other end, so that nobody has to be woken: a system call would cost more than the rest.
        let counter = match self.items.try_send(item) {
            Ok(()) => &self.counters.taken,
            Err(_) => &self.counters.full,
        };
        counter.fetch_add(1, Relaxed);
    }

    /// Hands in what is none of those that are counted: where there is no room for it, nobody misses it.
    pub fn pass(&self, item: T) {
        let _ = self.items.try_send(item);
    }

    /// What became of what was handed in.
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
