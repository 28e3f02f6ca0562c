//! The log of decisions: taken where decisions are made, written as lines to a file or standard output and as rows to
//! the store, read back by the administration.
//!
//! Whoever decides never waits: what finds the queue full is dropped, and counted. Keys that stand in a request, where
//! they don't belong, are hidden before anything is written.

mod file;
mod queue;
mod writer;

pub use file::{LogFile, LogTarget};
pub use queue::{ENTRIES, EntryQueue, EntrySender, LogEntry, entries};
pub use writer::DecisionLogging;
