//! `argus migrate export|import`: a whole installation as one file, from one database to another.

mod export;
mod import;

use argus_store::transfer::{Moved, TransferError};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::database::Database;
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;

/// Move an installation to another database, such as from SQLite to PostgreSQL.
///
/// Both work on the database itself, with no server on it. The file holds all that the database holds; secrets are in it
/// as hashes, or sealed under the master key, which is not in it and has to be moved by hand.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus migrate export argus.export --data-dir /var/lib/argus\n  \
    argus migrate import argus.export --database-url postgres://argus@db.example/argus")]
pub(crate) struct Migrate {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Export(export::Export),
    Import(import::Import),
}

impl Migrate {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        match self.verb {
            Verb::Export(verb) => verb.run(console),
            Verb::Import(verb) => verb.run(console),
        }
    }
}

fn to_json(moved: &Moved, database: &Database) -> Value {
    let tables: Vec<Value> =
        moved.tables.iter().map(|table| json!({ "name": table.name, "rows": table.rows })).collect();
    json!({
        "database": database.location().to_string(), "tables": tables, "rows": moved.rows, "sha256": moved.sha256,
    })
}

fn in_words(moved: &Moved) -> String {
    let of = |name: &str| moved.tables.iter().find(|table| table.name == name).map_or(0, |table| table.rows);
    let (rows, organisations, keys, credentials, entries) =
        (moved.rows, of("organisations"), of("keys"), of("credentials"), of("audit_entries"));
    format!(
        "{rows} rows: {organisations} organisations, {keys} keys with {credentials} credentials, {entries} audit entries \
         and the rest\n"
    )
}

fn failed(error: TransferError, database: &Database) -> Failure {
    match error {
        TransferError::Store(error) => database.failed(&error),
        TransferError::Text(error) => Failure::new(Exit::NoInput, "unreadable-file", error.to_string()),
        other @ (TransferError::Malformed { .. } | TransferError::Damaged { .. }) => {
            Failure::new(Exit::NoInput, "damaged-export", other.to_string())
                .help("nothing was changed; export it again")
        }
        other @ TransferError::InUse { .. } => Failure::new(Exit::Settings, "database-in-use", other.to_string())
            .help("stop every node on it, or name another database; one that was killed is forgotten after 15 s"),
        other => Failure::new(Exit::Settings, "settings", other.to_string()),
    }
}
