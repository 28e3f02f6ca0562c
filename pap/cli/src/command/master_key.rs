//! `argus master-key destroy`

mod destroy;

use clap::{Args, Subcommand};

use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;

/// Destroy the master key and all that is sealed under it.
// Its other name is the one that control maps of FIPS 140 have for it.
#[derive(Debug, Args)]
#[command(alias = "keys", after_help = "Example:\n  argus master-key destroy --data-dir /var/lib/argus")]
pub(crate) struct MasterKey {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Destroy(destroy::Destroy),
}

impl MasterKey {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let Verb::Destroy(destroy) = self.verb;
        destroy.run(console)
    }
}
