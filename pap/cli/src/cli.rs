//! The command line as a whole: the global flags and the tree of commands.

use clap::{CommandFactory, Parser};

use crate::command::Command;
use crate::console::GlobalFlags;

/// Argus decides who may do what: a XACML 3.0 policy decision point with API keys, in one program.
#[derive(Debug, Parser)]
#[command(
    name = "argus",
    version,
    propagate_version = false,
    disable_help_subcommand = true,
    arg_required_else_help = true,
    max_term_width = 100,
    after_help = "Example:\n  argus check policies/\n\nTopics: `argus help backup`, `exit-codes`, `environment`, `output`, `problems`, `reasons`, `scopes`."
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) flags: GlobalFlags,
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Cli {
    /// The tree, for completions and help.
    pub(crate) fn tree() -> clap::Command {
        let mut tree = Self::command();
        tree.build();
        tree
    }
}
