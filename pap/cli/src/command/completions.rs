//! `argus completions SHELL`

use clap::Args;
use clap_complete::Shell;

use crate::cli::Cli;
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;

/// Write the completion script of a shell.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus completions bash > ~/.local/share/bash-completion/completions/argus")]
pub(crate) struct Completions {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::tree(), "argus", &mut script);
        console.print(script)?;
        Ok(Exit::Done)
    }
}
