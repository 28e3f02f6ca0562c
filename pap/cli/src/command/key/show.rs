//! `argus key show KEY`

use std::fmt::Write as _;

use chrono::Utc;
use clap::Args;
use serde_json::Value;

use super::super::limit::in_a_line;
use super::end;
use crate::client::{Client, ago, date, duration_in_words, find_key, number, text, to_the_second};
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
    let interval = number(key, "rotation_interval_seconds");
    if interval > 0 {
        let next = date(text(key, "rotate_at")).map_or_else(String::new, |next| format!(", next {next}"));
        let _ = writeln!(words, "rotated every {}{next}", duration_in_words(interval));
    }
    if key.get("durable") == Some(&Value::Bool(true)) {
        let _ = writeln!(words, "durable: no use of it is answered before it stands in a journal");
    }
    for limit in list(key, "limits") {
        let _ = writeln!(words, "{}", in_a_line(limit));
    }
    let mut credentials: Vec<&Value> = list(key, "credentials").iter().collect();
    credentials.sort_by_key(|credential| text(credential, "created_at"));
    for credential in credentials {
        let _ = writeln!(words, "{}", credential_in_words(credential));
    }
    words
}

fn list<'a>(key: &'a Value, member: &str) -> &'a [Value] {
    key.get(member).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn credential_in_words(credential: &Value) -> String {
    let at = |words: &str, when: Option<String>| when.map_or_else(String::new, |when| format!(", {words} {when}"));
    let used = ago(text(credential, "last_used_at"), Utc::now());
    format!(
        "credential {}, {}, {}{}{}{}, {}",
        text(credential, "id"),
        text(credential, "kind").replace('_', " "),
        text(credential, "state"),
        at("made", date(text(credential, "created_at"))),
        at("good until", to_the_second(text(credential, "expires_at"))),
        at("revoked", to_the_second(text(credential, "revoked_at"))),
        used.map_or_else(|| "never used".to_owned(), |ago| format!("last used {ago}"))
    )
}

fn state(key: &Value) -> String {
    match text(key, "state") {
        "revoked" => format!("revoked {} ({})", text(key, "revoked_at"), text(key, "revoked_reason")),
        state => state.to_owned(),
    }
}
