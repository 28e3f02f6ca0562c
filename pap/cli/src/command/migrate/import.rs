//! `argus migrate import FILE`

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use argus_store::transfer::{Over, TableRows, count, import, made};
use chrono::Utc;
use clap::Args;

use super::super::database::{Database, DatabaseFlags};
use super::{failed, in_words, to_json};
use crate::client::confirm;
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Fill a database with what another one held.
///
/// All of it or nothing: the file is checked to its last byte first. The database has to be empty; with --replace, what is
/// there is removed, which is asked about. No server may be on it.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  argus migrate import argus.export --database-url postgres://argus@db.example/argus"
)]
pub(super) struct Import {
    /// The file that `argus migrate export` wrote; `-` for standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Remove what the database holds.
    #[arg(long)]
    replace: bool,
    /// Don't ask.
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    database: DatabaseFlags,
}

impl Import {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let mut input = open(&self.file)?;
        let database = Database::named(self.database)?;
        let store = database.open()?;
        let there = store.read(count).map_err(|error| database.failed(&error))?;
        let over = match made(&there) {
            0 => Over::Nothing,
            rows if !self.replace => {
                let detail = format!("`{}` isn't empty: it holds {rows} rows", database.location());
                return Err(Failure::new(Exit::Settings, "database-not-empty", detail)
                    .help("name an empty database, or add --replace to remove what this one holds"));
            }
            _ => {
                if !confirm(console, &act(&there, &database), self.yes)? {
                    console.say("nothing was changed\n");
                    return Ok(Exit::No);
                }
                Over::Everything
            }
        };
        let moved = import(&store, &mut input, over, Utc::now()).map_err(|error| failed(error, &database))?;
        if output == Output::Json {
            console.print_json(&to_json(&moved, &database))?;
        } else {
            console.print(in_words(&moved))?;
            console.say(&format!(
                "the master key was not in it: put the one of where it came from at `{}`\n",
                database.master_key()
            ));
        }
        Ok(Exit::Done)
    }
}

fn act(there: &[TableRows], database: &Database) -> String {
    let of = |name: &str| there.iter().find(|table| table.name == name).map_or(0, |table| table.rows);
    let (organisations, keys, entries) = (of("organisations"), of("keys"), of("audit_entries"));
    format!(
        "Remove {organisations} organisations, {keys} keys and {entries} audit entries from {}, for good",
        database.location()
    )
}

fn open(file: &Path) -> Result<Box<dyn BufRead>, Failure> {
    if file == Path::new("-") {
        return Ok(Box::new(BufReader::new(io::stdin())));
    }
    let opened = File::open(file).map_err(|error| Failure::unreadable(file, &error))?;
    Ok(Box::new(BufReader::new(opened)))
}
