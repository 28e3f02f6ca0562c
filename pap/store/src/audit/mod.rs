//! The audit: one chain of entries, to which every act adds its own in the transaction that does it.
//!
//! An entry says who did what to which thing, when, from where, by which decision, and what was another thing before.
//! It is JSON in the one form that RFC 8785 fixes. Its digest and the hash of the entry before it make its own hash
//! ([`link`]): whoever knows the last hash knows that nothing before it was changed, taken out or moved.
//!
//! No entry holds a secret, nor a hash of one. What a bulk act stopped stands in entries of [`BULK`] ids each: a
//! hundred thousand keys are a hundred entries, and every id can be found in one of them.

mod append;
mod canonical;
mod chain;
mod checkpoint;
mod cut;
mod entry;
mod erase;
mod event;
mod person;
mod read;
mod subject;
mod told;
mod view;

pub use append::append;
pub use canonical::{NotCanonical, canonical};
pub use chain::{Digest, Head, ORIGIN, digest, link};
pub use checkpoint::{
    Checkpoint, STATEMENT, add_checkpoint, find_checkpoint, find_checkpoint_of, find_head, find_last_checkpoint,
    list_checkpoints,
};
pub use cut::cut;
pub use entry::{Entry, Outcome, Target, TargetKind};
pub use erase::Erased;
pub use event::AuditEvent;
pub use person::{Forgotten, Veil, forget, reveal};
pub use read::{AuditFilter, Record, find, list, list_after};
pub use subject::{SubjectData, find_subject};
pub use told::{Members, Told};
pub use view::View;

/// Ids in one entry of a bulk act.
pub const BULK: usize = 1_000;
