//! `argus key revoke KEY`

use chrono::Utc;
use clap::Args;
use serde_json::{Value, json};

use crate::client::{Client, Wait, ago, confirm, find_key, in_force, number, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Revoke an API key for good. When this ends, the decision points refuse it, or those that don't yet are named.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus key revoke acme/atlas/reader --reason 'no longer needed' --yes")]
pub(super) struct Revoke {
    /// Its name, such as acme/atlas/reader, or its id.
    #[arg(value_name = "KEY")]
    key: String,
    /// Why; kept with the key (default: manual).
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    wait: Wait,
    /// Don't ask.
    #[arg(long)]
    yes: bool,
}

impl Revoke {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let client = Client::administration(console)?;
        let key = find_key(&client, &self.key)?;
        // To revoke it again changes nothing, and is nothing to be asked about.
        let is_revoked = text(&key, "state") == "revoked";
        if !is_revoked && !confirm(console, &act(&key), self.yes)? {
            console.say("nothing was changed\n");
            return Ok(Exit::No);
        }
        let asked = json!({"reason": self.reason, "wait_seconds": self.wait.seconds});
        let revoked = client.post(&format!("/v1/keys/{}/revoke", text(&key, "id")), &asked)?;
        if output == Output::Json {
            console.print_json(&revoked)?;
        } else if is_revoked {
            let (at, reason) = (text(&revoked, "revoked_at"), text(&revoked, "revoked_reason"));
            console.print(format!("it is revoked already, since {at}, reason {reason}\n"))?;
        } else {
            console.print(format!("revoked; {}", in_force(&revoked)))?;
        }
        Ok(self.wait.exit(&revoked))
    }
}

fn act(key: &Value) -> String {
    let credentials = key.get("credentials").and_then(Value::as_array).map_or(0, Vec::len);
    let used = ago(text(key, "last_used_at"), Utc::now());
    let used = used.map_or_else(|| "never used".to_owned(), |ago| format!("last used {ago}"));
    let credentials = counted(credentials as u64, "credential");
    let delegated = counted(number(key, "delegated_keys"), "delegated key");
    format!("Revoke {} ({credentials}, {delegated}, {used})", text(key, "path"))
}

fn counted(number: u64, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}
