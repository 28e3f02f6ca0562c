//! `argus key collect KEY-ID CREDENTIAL`

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::rotate;
use crate::client::{Client, SecretFile, find_key, keep_secret, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Collect the new secret of your own API key, once, where a rotation of it was opened. The older secret is good beside
/// it for a grace, which begins now.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus key collect 0197f3a2-1111-7000-8000-000000000001 4fTkW9aBcDeF \\\n      \
    --key-file reader.key --secret-to reader-new.key\n\n\
    It is authenticated by the older secret. Both ids stand in the notice that the rotation was opened.")]
pub(super) struct Collect {
    /// The key's id, or its name where your key may read it.
    #[arg(value_name = "KEY")]
    key: String,
    /// The credential that waits.
    #[arg(value_name = "CREDENTIAL")]
    credential: String,
    /// Write the secret to this new file, with mode 0600, instead of showing it.
    #[arg(long, value_name = "FILE")]
    secret_to: Option<PathBuf>,
}

impl Collect {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let client = Client::administration(console)?;
        // Most keys may not even read themselves: an id is taken as it is.
        let id = if self.key.contains('/') { text(&find_key(&client, &self.key)?, "id").to_owned() } else { self.key };
        // Before the secret is made: one that can't be written is lost.
        let file = self.secret_to.as_deref().map(SecretFile::create).transpose()?;
        let path = format!("/v1/keys/{id}/credentials/{}/collect", self.credential);
        let mut collected: Value = client.post(&path, &json!({}))?;
        let again = format!("ask for `argus key rotate {} --collect`", text(&collected, "path"));
        let file = file.map(|file| keep_secret(file, &mut collected, &again)).transpose()?;
        match output {
            Output::Json => console.print_json(&collected)?,
            _ => console.print(rotate::in_words(&collected, file.as_ref()))?,
        }
        Ok(Exit::Done)
    }
}
