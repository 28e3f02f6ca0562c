//! `argus backup FILE`

use std::path::PathBuf;

use argus_store::backup_file;
use clap::Args;
use serde_json::json;

use super::database::{Database, DatabaseFlags};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Copy the SQLite database to a file, as of one moment, while a server runs on it or not.
///
/// The copy is whole without any other file, and is put back by copying it to argus.db of an empty data folder. The master
/// key is no part of it and is backed up apart. A PostgreSQL database is backed up by `pg_dump`; see `argus help backup`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus backup /backup/argus.db --data-dir /var/lib/argus")]
pub(crate) struct Backup {
    /// The copy, made with mode 0600.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    database: DatabaseFlags,
}

impl Backup {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let database = Database::named(self.database)?;
        let Some(source) = database.location().file() else {
            let detail = format!("`{}` is backed up by the programs of PostgreSQL", database.location());
            return Err(Failure::usage(detail).help("pg_dump writes it to a file; see `argus help backup`"));
        };
        if !source.exists() {
            let missing = std::io::Error::from(std::io::ErrorKind::NotFound);
            return Err(
                Failure::unreadable(source, &missing).help("name the data folder with --data-dir (ARGUS_DATA_DIR)")
            );
        }
        if self.file.exists() {
            return Err(Failure::usage(format!("`{}` is already there, and is not written over", self.file.display()))
                .help("name another file, or remove that one"));
        }
        let size_bytes = backup_file(source, &self.file).map_err(|error| database.failed(&error))?;
        if output == Output::Json {
            console.print_json(&json!({ "file": self.file.display().to_string(), "size_bytes": size_bytes }))?;
        } else {
            console.print(format!("{size_bytes} bytes in {}\n", self.file.display()))?;
            console
                .say(&format!("back up `{}` apart from it: without that, nothing opens it\n", database.master_key()));
        }
        Ok(Exit::Done)
    }
}
