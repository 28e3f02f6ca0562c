//! `argus signing-key rotate`

use clap::Args;
use serde_json::{Value, json};

use crate::client::{Client, confirm, number, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Sign access tokens with another key, as soon as everybody who verifies them knows it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  argus signing-key rotate\n  argus signing-key rotate --emergency --yes")]
pub(super) struct Rotate {
    /// Sign with it at once, and refuse every token that was signed before: the old key is known to the wrong people.
    #[arg(long)]
    emergency: bool,
    /// Don't ask.
    #[arg(long)]
    yes: bool,
}

impl Rotate {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let client = Client::administration(console)?;
        if self.emergency && !confirm(console, "Refuse every access token that was issued until now", self.yes)? {
            console.say("nothing was changed\n");
            return Ok(Exit::No);
        }
        let rotated = client.post("/v1/signing-keys/rotate", &json!({"emergency": self.emergency}))?;
        match output {
            Output::Json => console.print_json(&rotated)?,
            _ => console.print(in_words(&rotated))?,
        }
        Ok(Exit::Done)
    }
}

fn in_words(rotated: &Value) -> String {
    let from = match text(rotated, "state") {
        "signing" => "it signs from now on".to_owned(),
        _ => format!("it signs from {}, when whoever verifies tokens knows it", text(rotated, "signs_from")),
    };
    let (by, of) = (number(rotated, "applied_by"), number(rotated, "decision_points"));
    let (kid, algorithm) = (text(rotated, "kid"), text(rotated, "algorithm"));
    format!("signing key {kid} ({algorithm}) is published: {from}\nknown to {by} of {of} decision points\n")
}
