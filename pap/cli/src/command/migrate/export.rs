//! `argus migrate export FILE`

use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use argus_store::transfer::{Moved, TransferError, export};
use clap::Args;

use super::super::database::{Database, DatabaseFlags};
use super::{failed, in_words, to_json};
use crate::client::SecretFile;
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Write all that a database holds to a file.
///
/// A SQLite file is exported while no server runs on it, a PostgreSQL database as of one moment, whatever runs on it. The
/// database is first brought up to date with this program, as by a start of the server.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus migrate export argus.export --data-dir /var/lib/argus")]
pub(super) struct Export {
    /// The file, made with mode 0600; `-` for standard output.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    database: DatabaseFlags,
}

impl Export {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let database = Database::named(self.database)?;
        let store = database.open_existing()?;
        if self.file == Path::new("-") {
            let moved = export(&store, &mut BufWriter::new(io::stdout().lock()));
            console.say(&in_words(&moved.map_err(|error| failed(error, &database))?));
            return Ok(Exit::Done);
        }
        let mut file = SecretFile::create(&self.file)?;
        let mut moved: Option<Moved> = None;
        let written = file.fill(|out| match export(&store, &mut BufWriter::new(out)) {
            Ok(all) => {
                moved = Some(all);
                Ok(Ok(()))
            }
            Err(TransferError::Text(error)) => Err(error),
            Err(other) => Ok(Err(other)),
        });
        let written = written.map_err(|error| Failure::unwritable(format!("`{}`", self.file.display()), &error))?;
        written.map_err(|error| failed(error, &database))?;
        let Some(moved) = moved else { return Ok(Exit::Bug) };
        if output == Output::Json {
            console.print_json(&to_json(&moved, &database))?;
        } else {
            console.print(in_words(&moved))?;
            console.say(&format!("the master key is not in it: move `{}` as well\n", database.master_key()));
        }
        Ok(Exit::Done)
    }
}
