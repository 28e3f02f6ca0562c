//! `argus audit export [ORG]`

use std::fs::File;
use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::Args;

use crate::client::Client;
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Export the audit as JSON Lines, signed, for `argus audit verify` without a server. It names no person.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus audit export acme --to audit.jsonl")]
pub(super) struct Export {
    /// Only the entries of this organisation, the others as digests (default: all that your key may read).
    #[arg(value_name = "ORG")]
    organisation: Option<String>,
    /// Where it is written (default: standard output).
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

impl Export {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        console.output(&[Output::Human, Output::Json])?;
        let client = Client::administration(console)?;
        let query: Vec<_> = self.organisation.iter().map(|name| ("organisation", name.as_str())).collect();
        match &self.to {
            None => client.download("/v1/audit/export", &query, |piece| console.print(piece))?,
            Some(path) => {
                let failed = |error: io::Error| Failure::unwritable(format_args!("`{}`", path.display()), &error);
                let mut file = File::create(path).map_err(failed)?;
                client.download("/v1/audit/export", &query, |piece| file.write_all(piece).map_err(failed))?;
                file.sync_all().map_err(failed)?;
            }
        }
        Ok(Exit::Done)
    }
}
