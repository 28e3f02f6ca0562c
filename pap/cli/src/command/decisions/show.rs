//! `argus decisions show ID`

use clap::Args;
use serde_json::Value;

use super::list::took;
use super::path_of;
use crate::client::{Client, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Show a logged decision: what was asked, as policies saw it, and what they answered.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus decisions show 0197f3b0-0000-7000-8000-000000000000")]
pub(super) struct Show {
    /// The id of the decision, as its answer has it; the n-th of several results is ID/N.
    #[arg(value_name = "ID")]
    id: String,
}

impl Show {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let decision = Client::administration(console)?.get(&path_of(&self.id), &[])?;
        if output == Output::Json {
            console.print_json(&decision)?;
        } else {
            console.print(in_words(&decision))?;
        }
        Ok(Exit::Done)
    }
}

fn in_words(of: &Value) -> String {
    let reason = match text(of, "reason") {
        "" => String::new(),
        reason => format!("  {reason}"),
    };
    let policy = of.get("policy").unwrap_or(&Value::Null);
    let redacted = of.get("redacted").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let redacted: Vec<&str> = redacted.iter().filter_map(Value::as_str).collect();
    let json = |name| of.get(name).map(|value| format!("{value:#}")).unwrap_or_default();
    let lines = [
        ("decision", format!("{}{reason}", text(of, "decision"))),
        ("action", text(of, "action").to_owned()),
        ("resource", text(of, "resource").to_owned()),
        ("from", text(of, "address").to_owned()),
        ("key", text(of, "key_id").to_owned()),
        ("asked by", format!("{} at {}", text(of, "caller_key_id"), text(of, "door"))),
        ("when", format!("{}, took {}", text(of, "at"), took(of))),
        ("policy", format!("{} {}, of {}", text(policy, "id"), text(policy, "version"), text(policy, "set"))),
        ("not kept", redacted.join(", ")),
        ("request", json("request")),
        ("response", json("response")),
    ];
    let line =
        |(name, value): (&str, String)| if value.is_empty() { String::new() } else { format!("{name:9} {value}\n") };
    lines.into_iter().map(line).collect()
}
