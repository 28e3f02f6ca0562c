//! A whole installation as one text, to be moved from one database to another: from SQLite to PostgreSQL, or back.
//!
//! # The format, version 1
//!
//! JSON Lines in UTF-8, each ended by a line feed. What an installation holds has one text, whichever database it is in:
//! two exports of the same rows are the same bytes.
//!
//! 1. The manifest: `{"format":"argus-export","version":1,"migration":…,"tables":[{"name":…,"rows":…},…]}`. `migration`
//!    is the last one of the program that wrote it.
//! 2. Every row, `{"<table>":{"<column>":<value>,…}}`: the tables in the order of the manifest, the rows in the order of
//!    their primary key, the columns in the order of the program. Texts are strings, numbers integers, times
//!    `2026-11-24T09:31:07.123456Z`; what is absent is `null`.
//! 3. The seal: `{"rows":…,"sha256":…}`, the digest of all bytes before it.
//!
//! Secrets are in it as they are in the database: hashed, or sealed under a master key that is no part of it.
//!
//! The tables are those of `schema.rs`; a database that has others is refused, so that none is ever left behind by a
//! program that doesn't know it.

mod columns;
mod error;
mod export;
mod import;
mod row;
mod tables;

pub use error::TransferError;
pub use export::export;
pub use import::{Over, import};
#[cfg(test)]
pub(crate) use tables::table_columns;
pub use tables::{TableRows, count, made};

/// What a text calls itself.
const FORMAT: &str = "argus-export";

/// The version of the format that this program writes. It reads this one.
const VERSION: u32 = 1;

/// Rows that are read, or written, at once.
const BATCH: usize = 100;

/// What was moved.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Moved {
    /// The tables, with the number of their rows.
    pub tables: Vec<TableRows>,
    /// All rows.
    pub rows: u64,
    /// The digest of the text, in hexadecimal.
    pub sha256: String,
}
