//! Why a use can't be noted in the journal.

/// Why a use can't be noted in the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum JournalFault {
    /// There is none.
    #[error("this node keeps no journal, which uses of this key have to stand in")]
    Missing,
    /// Too much waits in it to be counted in the store, or to be written.
    #[error("the journal of this node is full")]
    Full,
    /// It could not be written, or not in time.
    #[error("the journal of this node can't be written")]
    Unwritten,
}
