//! The journal of a node: uses of durable keys stand in a file on its disk before they are answered.
//!
//! A use that is counted in memory is lost when the process is killed before it is written to the store, up to a second
//! of them. A use of a durable key waits, before its answer, until what is counted of it was written to a file and synced;
//! uses that come meanwhile are written and synced together. About once a second what stands in the file is counted in the
//! store, in one transaction under the number of the file, which is then deleted. What a killed process leaves behind is
//! counted at the next start, before anything is decided: each use once, since a number is taken once.
//!
//! What can't be written is not answered: whoever asks gets a problem, and nothing that he may go by. What was taken from
//! limits for it stays taken, in memory.

mod fault;
mod folder;
mod record;
mod segment;
mod writer;

pub(crate) use fault::JournalFault;
pub use folder::JournalFolderFault;
pub(crate) use writer::{Journal, JournalCounts, Ticket, Tickets, wait};
