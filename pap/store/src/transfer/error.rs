//! Why an installation isn't moved.

use crate::StoreError;

/// Why an installation could not be exported or imported. Of an import that failed nothing is kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransferError {
    /// The database can't be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The text can't be read or written.
    #[error("the export can't be read or written: {0}")]
    Text(#[from] std::io::Error),
    /// The text isn't an export, or not one that this program can read.
    #[error("line {line} of the export: {detail}")]
    Malformed {
        /// Which line, from 1.
        line: u64,
        /// What is wrong with it.
        detail: String,
    },
    /// The text was cut off, or isn't what was written.
    #[error("the export is damaged: {detail}")]
    Damaged {
        /// How that is known.
        detail: String,
    },
    /// The database has a table or a column that this program doesn't know.
    #[error("the database has `{0}`, which this program doesn't know: a newer one wrote it")]
    Unknown(String),
    /// The database that was to be filled isn't empty.
    #[error("the database isn't empty: it has {rows} rows")]
    NotEmpty {
        /// How many rows it has.
        rows: u64,
    },
    /// A node works on the database that was to be filled.
    #[error("the node `{address}` works on this database")]
    InUse {
        /// Where the node is.
        address: String,
    },
}

impl From<diesel::result::Error> for TransferError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}
