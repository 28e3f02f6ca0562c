//! `argus signing-key list|rotate`

mod list;
mod rotate;

use clap::{Args, Subcommand};

use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;

/// List and rotate the keys that access tokens are signed with.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus signing-key list\n\n\
    They are rotated by themselves (`--signing-key-days` of argus serve); this is for looking, and for emergencies.")]
pub(crate) struct SigningKey {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    List(list::List),
    Rotate(rotate::Rotate),
}

impl SigningKey {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        match self.verb {
            Verb::List(list) => list.run(console),
            Verb::Rotate(rotate) => rotate.run(console),
        }
    }
}
