//! `argus key preview ORG[/PROJECT]/NAME --scope SCOPE…`

use std::fmt::Write as _;

use chrono::Utc;
use clap::Args;
use serde_json::Value;

use super::asked::KeyFlags;
use super::end;
use crate::client::{Client, days_until, table, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Say what an API key could do and what is wrong with it, without making it. Ends with 1 where it would not be made.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus key preview acme/atlas/reader --scope acme/atlas/evidence:read \\\n      \
    --network 10.0.0.0/8")]
pub(super) struct Preview {
    #[command(flatten)]
    key: KeyFlags,
}

impl Preview {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let client = Client::administration(console)?;
        let preview = client.post("/v1/keys/preview", &self.key.to_json(&client)?)?;
        if output == Output::Json {
            console.print_json(&preview)?;
        } else {
            console.print(in_words(&preview))?;
        }
        let would_be_made = preview.get("would_be_made").and_then(Value::as_bool) == Some(true);
        Ok(if would_be_made { Exit::Done } else { Exit::No })
    }
}

fn in_words(preview: &Value) -> String {
    let mut words = String::new();
    let faults = list(preview, "faults");
    for fault in faults {
        let _ = writeln!(words, "error: {}: {}", text(fault, "pointer"), text(fault, "detail"));
        if !text(fault, "help").is_empty() {
            let _ = writeln!(words, "help: {}", text(fault, "help"));
        }
    }
    if faults.is_empty() {
        let days = days_until(text(preview, "expires_at"), Utc::now());
        let days = days.map_or(String::new(), |days| format!(" ({days} days)"));
        let _ = writeln!(words, "key {}, not made, {}{days}", text(preview, "path"), end(preview));
    }
    let _ = writeln!(words, "{}", text(preview, "summary"));
    let decisions = list(preview, "decisions");
    if !decisions.is_empty() {
        words.push('\n');
        words.push_str(&table(["DECISION", "REASON", "USE", "TRIED"], decisions.iter().map(row).collect()));
    }
    words
}

fn row(decision: &Value) -> [String; 4] {
    [
        text(decision, "decision").to_owned(),
        text(decision, "reason").to_owned(),
        format!("{}:{}", text(decision, "resource"), text(decision, "action")),
        text(decision, "about").to_owned(),
    ]
}

fn list<'v>(value: &'v Value, member: &str) -> &'v [Value] {
    value.get(member).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
