//! `argus decisions list [ORG]`

use clap::Args;
use serde_json::Value;

use crate::client::{Client, find_key, items, number, table, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// List logged decisions, the newest first.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus decisions list acme --key acme/atlas/reader --reason scope_missing")]
pub(super) struct List {
    /// Only those of this organisation (default: all that your key may read).
    #[arg(value_name = "ORG")]
    organisation: Option<String>,
    /// Only those about this key, by name or id.
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// Only those with this answer, such as Deny.
    #[arg(long, value_name = "DECISION")]
    decision: Option<String>,
    /// Only those with this reason, such as scope_missing.
    #[arg(long, value_name = "REASON")]
    reason: Option<String>,
    /// Only those from this time on.
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Only those before this time.
    #[arg(long, value_name = "TIME")]
    before: Option<String>,
    /// At most so many, up to 200 (default: 50).
    #[arg(long, value_name = "COUNT")]
    limit: Option<u32>,
    /// Go on behind a list: its `next_cursor`.
    #[arg(long, value_name = "CURSOR")]
    cursor: Option<String>,
}

impl List {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let client = Client::administration(console)?;
        let key = self.key.as_deref().map(|named| find_key(&client, named)).transpose()?;
        let limit = self.limit.map(|limit| limit.to_string());
        let all = [
            ("organisation", self.organisation.as_deref()),
            ("key", key.as_ref().map(|key| text(key, "id"))),
            ("decision", self.decision.as_deref()),
            ("reason", self.reason.as_deref()),
            ("from", self.from.as_deref()),
            ("before", self.before.as_deref()),
            ("limit", limit.as_deref()),
            ("cursor", self.cursor.as_deref()),
        ];
        let query: Vec<_> = all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        // One page: a log has no end.
        let list = client.get("/v1/decisions", &query)?;
        match output {
            Output::Json => console.print_json(&list)?,
            _ if items(&list).is_empty() => console.print("no decision is logged\n")?,
            _ => {
                let head = ["WHEN", "DECISION", "REASON", "ACTION", "RESOURCE", "TOOK", "ID"];
                console.print(table(head, items(&list).iter().map(row).collect()))?;
                if let Some(cursor) = list.get("next_cursor").and_then(Value::as_str) {
                    console.say(&format!("there are more: --cursor {cursor}\n"));
                }
            }
        }
        Ok(Exit::Done)
    }
}

fn row(of: &Value) -> [String; 7] {
    let cell = |name| text(of, name).to_owned();
    [cell("at"), cell("decision"), cell("reason"), cell("action"), cell("resource"), took(of), cell("id")]
}

#[expect(clippy::cast_precision_loss, reason = "to a hundredth of a millisecond")]
pub(super) fn took(of: &Value) -> String {
    format!("{:.2} ms", number(of, "microseconds") as f64 / 1e3)
}
