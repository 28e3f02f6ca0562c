//! `argus audit list|show|export|verify|keys|forget`

mod export;
mod forget;
mod keys;
mod list;
mod show;
mod verify;

use clap::{Args, Subcommand};

use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;

/// Read the audit, and prove that nothing in it was changed.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus audit export --to audit.jsonl && argus audit verify audit.jsonl")]
pub(crate) struct Audit {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    List(list::List),
    Show(show::Show),
    Export(export::Export),
    Verify(verify::Verify),
    Keys(keys::Keys),
    Forget(forget::Forget),
}

impl Audit {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        match self.verb {
            Verb::List(list) => list.run(console),
            Verb::Show(show) => show.run(console),
            Verb::Export(export) => export.run(console),
            Verb::Verify(verify) => verify.run(console),
            Verb::Keys(keys) => keys.run(console),
            Verb::Forget(forget) => forget.run(console),
        }
    }
}
