//! `argus decisions list|show`

mod list;
mod show;

use clap::{Args, Subcommand};

use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;

/// Read the log of decisions. What is logged is a setting of the server (`argus serve --decision-log`).
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus decisions list acme --decision Deny")]
pub(crate) struct Decisions {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    List(list::List),
    Show(show::Show),
}

impl Decisions {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        match self.verb {
            Verb::List(list) => list.run(console),
            Verb::Show(show) => show.run(console),
        }
    }
}

/// Where a logged decision is found. Of several results the n-th is `<id>/<n>`.
pub(super) fn path_of(id: &str) -> String {
    format!("/v1/decisions/{}", id.replace('%', "%25").replace('/', "%2F"))
}
