//! The log of decisions: taken where decisions are made, written as lines to a file or standard output and as rows to
//! the store, read back by the administration.
//!
//! Whoever decides never waits: what finds the queue full is dropped, and counted. Keys that stand in a request, where
//! they don't belong, are hidden before anything is written.

mod entry;
mod file;
mod writer;

pub use entry::{ENTRIES, LogEntry};
pub use file::{LogFile, LogTarget};
pub use writer::DecisionLogging;

use crate::queue::{Queue, Sender};

/// Where decisions come in.
pub type EntrySender = Sender<LogEntry>;

/// The other end.
pub type EntryQueue = Queue<LogEntry>;
