//! `argus audit show NUMBER`

use clap::Args;
use serde_json::Value;

use super::list::{actor, person, target};
use crate::client::{Client, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Show an audit entry: what was done, by whom, and what was another thing before.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus audit show 42")]
pub(super) struct Show {
    /// The number of the entry.
    #[arg(value_name = "NUMBER")]
    number: u64,
}

impl Show {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let client = Client::administration(console)?;
        let entry = client.get(&format!("/v1/audit/{}", self.number), &[])?;
        if output == Output::Json {
            console.print_json(&entry)?;
        } else {
            console.print(in_words(&entry))?;
        }
        Ok(Exit::Done)
    }
}

fn in_words(entry: &Value) -> String {
    let mut lines = vec![
        ("what", format!("{} ({})", text(entry, "event"), text(entry, "outcome"))),
        ("of", target(entry)),
        ("when", text(entry, "at").to_owned()),
        ("by", actor(entry)),
        ("from", person(entry.get("source")).unwrap_or_default()),
        ("decision", text(entry, "decision_id").to_owned()),
        ("request", text(entry, "request_id").to_owned()),
    ];
    for part in ["before", "after", "details"] {
        lines.push((part, entry.get(part).map(Value::to_string).unwrap_or_default()));
    }
    lines.push(("hash", text(entry, "hash").to_owned()));
    let line =
        |(name, value): (&str, String)| if value.is_empty() { String::new() } else { format!("{name:9} {value}\n") };
    lines.into_iter().map(line).collect()
}
