//! `argus contact rotate CONTACT`

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::{one, path};
use crate::client::{Client, SecretFile, keep_secret, read_duration, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Give a webhook another secret. The one before signs beside it for a grace, so that nothing is missed.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus contact rotate 01980a3c-… --grace 1h --secret-to hook.secret")]
pub(super) struct Rotate {
    /// Its id, from argus contact list.
    #[arg(value_name = "CONTACT")]
    id: String,
    /// How long the secret before signs as well, such as 1h; at most 30d (default: 24h).
    #[arg(long, value_name = "DURATION", value_parser = read_duration)]
    grace: Option<u64>,
    /// Write the secret to this new file, with mode 0600, instead of showing it.
    #[arg(long, value_name = "FILE")]
    secret_to: Option<PathBuf>,
}

impl Rotate {
    pub(super) fn run(self, console: &Console, output: Output, client: &Client) -> Result<Exit, Failure> {
        let path = path(&self.id)?;
        // Before the secret is made: one that can't be written is lost.
        let file = self.secret_to.as_deref().map(SecretFile::create).transpose()?;
        let mut rotated = client.post(&format!("{path}/rotate"), &json!({ "grace_seconds": self.grace }))?;
        let again = format!("argus contact rotate {}", self.id);
        let file = file.map(|file| keep_secret(file, &mut rotated, &again)).transpose()?;
        if output == Output::Json {
            console.print_json(&rotated)?;
        } else {
            let (words, until) = (one(&rotated), text(&rotated, "older_secret_until"));
            let secret = secret_in_words(&rotated, file.as_ref());
            console.print(format!("{words}{secret}the one before signs as well until {until}\n"))?;
        }
        Ok(Exit::Done)
    }
}

/// Where the secret is, or the secret itself. E-mail has none.
pub(super) fn secret_in_words(contact: &Value, file: Option<&SecretFile>) -> String {
    match (file, text(contact, "secret")) {
        (Some(file), _) => {
            format!("its secret is written to {} (0600), shown nowhere else\n", file.path().display())
        }
        (None, "") => String::new(),
        (None, secret) => format!("what its requests are signed with, shown this once:\n{secret}\n"),
    }
}
