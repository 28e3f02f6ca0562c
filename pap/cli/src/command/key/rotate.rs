//! `argus key rotate KEY`

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use crate::client::{Client, SecretFile, confirm, find_key, keep_secret, number, read_duration, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Give an API key a new secret. The older one is good beside it for a grace, then never again.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  argus key rotate acme/atlas/reader --grace 24h --secret-to reader.key\n  \
    argus key rotate acme/atlas/reader --collect\n\n\
    A key has at most two secrets: to rotate it during a grace ends that grace, and retires the oldest secret at once. No\n\
    grace outlives its key.")]
pub(super) struct Rotate {
    /// Its name, such as acme/atlas/reader, or its id.
    #[arg(value_name = "KEY")]
    key: String,
    /// How long the older secret is good, such as 24h; at most 30d (default: as the key or its organisation says, else
    /// 24h).
    #[arg(long, value_name = "DURATION", value_parser = read_duration)]
    grace: Option<u64>,
    /// End the older secret at once: it is known to the wrong people.
    #[arg(long, conflicts_with_all = ["grace", "collect"])]
    emergency: bool,
    /// Let the key's holder fetch the secret with the older one. The grace begins then.
    #[arg(long, conflicts_with = "secret_to")]
    collect: bool,
    /// Write the secret to this new file, with mode 0600, instead of showing it.
    #[arg(long, value_name = "FILE")]
    secret_to: Option<PathBuf>,
    /// Don't ask.
    #[arg(long)]
    yes: bool,
}

impl Rotate {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let client = Client::administration(console)?;
        let key = find_key(&client, &self.key)?;
        let act = format!("End the secret of {} at once and give it a new one", text(&key, "path"));
        if self.emergency && !confirm(console, &act, self.yes)? {
            console.say("nothing was changed\n");
            return Ok(Exit::No);
        }
        // Before the secret is made: one that can't be written is lost.
        let file = self.secret_to.as_deref().map(SecretFile::create).transpose()?;
        let body = json!({"grace_seconds": self.grace, "emergency": self.emergency, "collect": self.collect});
        let mut rotated = client.post(&format!("/v1/keys/{}/rotate", text(&key, "id")), &body)?;
        let again = format!("argus key rotate {}", text(&key, "path"));
        let file = file.map(|file| keep_secret(file, &mut rotated, &again)).transpose()?;
        match output {
            Output::Json => console.print_json(&rotated)?,
            _ => console.print(in_words(&rotated, file.as_ref()))?,
        }
        Ok(Exit::Done)
    }
}

/// What a rotation came to.
pub(super) fn in_words(rotated: &Value, file: Option<&SecretFile>) -> String {
    let path = text(rotated, "path");
    let Some(rotation) = rotated.get("rotation") else {
        let (collect, credential) = (text(rotated, "collect"), text(rotated, "credential_id"));
        return format!(
            "a rotation of {path} is open: its holder collects the new secret once, with the older one\n  \
             argus key collect {} {credential} --secret-to FILE\n  POST {collect}\n",
            text(rotated, "id")
        );
    };
    let known = format!("{} of {}", number(rotation, "applied_by"), number(rotation, "decision_points"));
    let end = text(rotation, "grace_ends_at");
    let told = format!("the older one is good until {end}; known to {known} decision points");
    match file {
        Some(file) => {
            let file = file.path().display();
            format!("key {path} has a new secret, written to {file} (0600), shown nowhere else\n{told}\n")
        }
        None => format!("key {path} has a new secret, shown this once:\n{}\n{told}\n", text(rotated, "secret")),
    }
}
