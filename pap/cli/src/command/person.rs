//! `argus person export ORG OWNER`

use std::fs::File;
use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::client::{Client, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Hand out what is kept of a person. `argus audit forget` erases it.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus person export acme ada@acme.example --to ada.json")]
pub(crate) struct Person {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Write all that is kept of an owner of keys as JSON: keys, contacts, notices, deliveries, callers, reviews,
    /// audit.
    #[command(after_help = "Example:\n  argus person export acme ada@acme.example --to ada.json")]
    Export {
        /// The organisation.
        #[arg(value_name = "ORG")]
        organisation: String,
        /// The owner, as keys name him.
        #[arg(value_name = "OWNER")]
        owner: String,
        /// Where it is written (default: standard output).
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
    },
}

impl Person {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        console.output(&[Output::Human, Output::Json])?;
        let Verb::Export { organisation, owner, to } = self.verb;
        let body = json!({ "organisation": organisation, "owner": owner });
        let data = Client::administration(console)?.post("/v1/people/export", &body)?;
        let is_unknown = text(&data, "person").is_empty() && is_empty(&data, "keys") && is_empty(&data, "contacts");
        match to {
            None => console.print_json(&data)?,
            Some(path) => {
                let failed = |error: io::Error| Failure::unwritable(format_args!("`{}`", path.display()), &error);
                let mut file = File::create(&path).map_err(failed)?;
                file.write_all(format!("{data:#}\n").as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
            }
        }
        if is_unknown {
            console.say(&format!("nothing is kept of anybody of this name in {organisation}\n"));
        }
        Ok(if is_unknown { Exit::No } else { Exit::Done })
    }
}

fn is_empty(data: &Value, member: &str) -> bool {
    data.get(member).and_then(Value::as_array).is_none_or(Vec::is_empty)
}
