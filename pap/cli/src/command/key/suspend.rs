//! `argus key suspend KEY` and `argus key resume KEY`

use clap::Args;
use serde_json::{Value, json};

use crate::client::{Client, Wait, find_key, in_force, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Suspend an API key: it, and every key derived from it, is refused until it is resumed.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus key suspend acme/atlas/reader")]
pub(super) struct Suspend {
    /// Its name, such as acme/atlas/reader, or its id.
    #[arg(value_name = "KEY")]
    key: String,
    #[command(flatten)]
    wait: Wait,
}

/// Resume a suspended API key.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus key resume acme/atlas/reader")]
pub(super) struct Resume {
    /// Its name, such as acme/atlas/reader, or its id.
    #[arg(value_name = "KEY")]
    key: String,
    #[command(flatten)]
    wait: Wait,
}

impl Suspend {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        change(console, (&self.key, self.wait), "suspend", "suspended")
    }
}

impl Resume {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        change(console, (&self.key, self.wait), "resume", "resumed")
    }
}

fn change(console: &Console, (named, wait): (&str, Wait), act: &str, done: &str) -> Result<Exit, Failure> {
    let output = console.output(&[Output::Human, Output::Json])?;
    let client = Client::administration(console)?;
    let key = find_key(&client, named)?;
    let changed =
        client.post(&format!("/v1/keys/{}/{act}", text(&key, "id")), &json!({"wait_seconds": wait.seconds}))?;
    match output {
        Output::Json => console.print_json(&changed)?,
        _ => console.print(in_words(&changed, done))?,
    }
    Ok(wait.exit(&changed))
}

fn in_words(changed: &Value, done: &str) -> String {
    format!("{done} {}; {}", text(changed, "path"), in_force(changed))
}
