//! `argus help [TOPIC]`

use clap::{Args, CommandFactory as _};

use crate::cli::Cli;
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::limit;
use crate::nearest::nearest;

/// Explain a command or a topic: backup, environment, exit-codes, limits, output, reasons, scopes.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus help exit-codes")]
pub(crate) struct Help {
    /// A topic, or the words of a command.
    #[arg(value_name = "TOPIC")]
    words: Vec<String>,
}

/// Writes a topic's text.
type Write = fn() -> String;

/// What is explained beside the commands.
static TOPICS: &[(&str, Write)] = &[
    ("backup", || include_str!("../topic/backup.txt").to_owned()),
    ("environment", || include_str!("../topic/environment.txt").to_owned()),
    ("exit-codes", || include_str!("../topic/exit-codes.txt").to_owned()),
    ("limits", limit::topic),
    ("output", || include_str!("../topic/output.txt").to_owned()),
    ("reasons", || include_str!("../topic/reasons.txt").to_owned()),
    ("scopes", || include_str!("../topic/scopes.txt").to_owned()),
];

impl Help {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        if let [topic] = self.words.as_slice()
            && let Some((_, text)) = TOPICS.iter().find(|(name, _)| name == topic)
        {
            console.print(text())?;
            return Ok(Exit::Done);
        }
        console.print(command_help(&self.words)?)?;
        Ok(Exit::Done)
    }
}

// What `argus WORDS --help` says, to the letter.
fn command_help(words: &[String]) -> Result<String, Failure> {
    let tree = Cli::tree();
    let mut command = &tree;
    for word in words {
        command = command.find_subcommand(word).ok_or_else(|| unknown(word, &tree))?;
    }
    let line = std::iter::once("argus").chain(words.iter().map(String::as_str)).chain(["--help"]);
    let help = Cli::command().try_get_matches_from(line).err();
    Ok(help.map(|help| help.render().to_string()).unwrap_or_default())
}

fn unknown(word: &str, tree: &clap::Command) -> Failure {
    let topics: Vec<&str> = TOPICS.iter().map(|(name, _)| *name).collect();
    let commands: Vec<&str> = tree.get_subcommands().map(clap::Command::get_name).collect();
    let help = match nearest(word, topics.iter().chain(&commands).copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("topics: {}; commands: {}", topics.join(", "), commands.join(", ")),
    };
    Failure::usage(format!("no command and no topic is named `{word}`")).help(help)
}
