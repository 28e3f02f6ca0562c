//! `argus key revoke KEY`

use std::fmt::Write as _;

use chrono::Utc;
use clap::Args;
use serde_json::{Value, json};

use crate::client::{Client, ago, confirm, find_key, number, text};
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
    /// For how long to wait until every decision point refuses it; ends with 1 where one doesn't (default: 1, at most 20).
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u8).range(0..=20))]
    wait: Option<u8>,
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
        let asked = json!({"reason": self.reason, "wait_seconds": self.wait});
        let revoked = client.post(&format!("/v1/keys/{}/revoke", text(&key, "id")), &asked)?;
        if output == Output::Json {
            console.print_json(&revoked)?;
        } else if is_revoked {
            let (at, reason) = (text(&revoked, "revoked_at"), text(&revoked, "revoked_reason"));
            console.print(format!("it is revoked already, since {at}, reason {reason}\n"))?;
        } else {
            console.print(applied(&revoked))?;
        }
        let is_everywhere = number(&revoked, "applied_by") >= number(&revoked, "decision_points");
        Ok(if is_everywhere || self.wait.is_none() { Exit::Done } else { Exit::No })
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

fn applied(revoked: &Value) -> String {
    let (by, of) = (number(revoked, "applied_by"), number(revoked, "decision_points"));
    let after = number(revoked, "applied_after_milliseconds");
    let mut words = format!("revoked; applied by {by} of {of} decision points after {after} ms\n");
    let behind = revoked.get("behind").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    for node in behind {
        let (address, silent) = (text(node, "address"), number(node, "silent_for_seconds"));
        let until = node.get("longest_staleness_seconds").and_then(Value::as_u64);
        let until = until.map_or_else(String::new, |most| format!("; cut off, it refuses every key after {most} s"));
        let _ = writeln!(words, "  not yet by {address}, heard of {silent} s ago{until}");
    }
    words
}

fn counted(number: u64, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}
