//! `argus key credential revoke KEY CREDENTIAL`

use clap::Args;

use crate::client::{Client, confirm, find_key, in_force, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Revoke one way to present an API key for good. The others go on.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus key credential revoke acme/atlas/reader 4fT0nWq9ZxLk --yes")]
pub(super) struct Revoke {
    /// Its name, such as acme/atlas/reader, or its id.
    #[arg(value_name = "KEY")]
    key: String,
    /// The credential's id, as `argus key credential list` shows it.
    #[arg(value_name = "CREDENTIAL")]
    credential: String,
    /// Don't ask.
    #[arg(long)]
    yes: bool,
}

impl Revoke {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let client = Client::administration(console)?;
        let key = find_key(&client, &self.key)?;
        let act = format!("Revoke credential {} of {}", self.credential, text(&key, "path"));
        if !confirm(console, &act, self.yes)? {
            console.say("nothing was changed\n");
            return Ok(Exit::No);
        }
        let path = format!("/v1/keys/{}/credentials/{}/revoke", text(&key, "id"), self.credential);
        let revoked = client.post(&path, &serde_json::json!({}))?;
        if output == Output::Json {
            console.print_json(&revoked)?;
        } else {
            console.print(format!("revoked; {}", in_force(&revoked)))?;
        }
        Ok(Exit::Done)
    }
}
