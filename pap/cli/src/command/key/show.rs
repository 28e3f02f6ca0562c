//! `argus key show KEY`

use std::fmt::Write as _;

use chrono::Utc;
use clap::Args;
use serde_json::Value;

use super::end;
use crate::client::{Client, ago, find_key, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Show an API key: what it may do, until when, how it is used. Never its secret.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus key show acme/atlas/reader")]
pub(super) struct Show {
    /// Its name, such as acme/atlas/reader, or its id.
    #[arg(value_name = "KEY")]
    key: String,
}

impl Show {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let client = Client::administration(console)?;
        let key = find_key(&client, &self.key)?;
        if output == Output::Json {
            console.print_json(&key)?;
        } else {
            console.print(in_words(&key))?;
        }
        Ok(Exit::Done)
    }
}

fn in_words(key: &Value) -> String {
    let mut words = format!("key {}, {}, {}\n{}\n", text(key, "path"), state(key), end(key), text(key, "summary"));
    let used = ago(text(key, "last_used_at"), Utc::now());
    let used = used.map_or_else(|| "never used".to_owned(), |ago| format!("last used {ago}"));
    let _ =
        writeln!(words, "id {}, {}, owner {}, {used}", text(key, "id"), text(key, "environment"), text(key, "owner"));
    let credentials = key.get("credentials").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    for credential in credentials {
        let revoked = text(credential, "revoked_at");
        let revoked = if revoked.is_empty() { String::new() } else { format!(", revoked {revoked}") };
        let _ =
            writeln!(words, "credential {}, made {}{revoked}", text(credential, "id"), text(credential, "created_at"));
    }
    words
}

fn state(key: &Value) -> String {
    match text(key, "state") {
        "revoked" => format!("revoked {} ({})", text(key, "revoked_at"), text(key, "revoked_reason")),
        state => state.to_owned(),
    }
}
