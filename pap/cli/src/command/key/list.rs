//! `argus key list [ORG[/PROJECT]]`

use chrono::Utc;
use clap::Args;
use serde_json::Value;

use crate::client::{Client, Path, ago, date, items, table, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// List API keys.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus key list acme/atlas --status active")]
pub(super) struct List {
    /// Only those of this organisation or project (default: all that your key may read).
    #[arg(value_name = "ORG[/PROJECT]")]
    place: Option<Path>,
    /// Only those in this state: active, suspended or revoked.
    #[arg(long, value_name = "STATUS", value_parser = ["active", "suspended", "revoked"], hide_possible_values = true)]
    status: Option<String>,
}

impl List {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let client = Client::administration(console)?;
        let mut query = Vec::new();
        if let Some(place) = &self.place {
            query.push(("organisation", place.organisation.as_str()));
            query.extend(place.project.as_deref().map(|project| ("project", project)));
        }
        query.extend(self.status.as_deref().map(|status| ("status", status)));
        let list = client.list("/v1/keys", &query)?;
        if output == Output::Json {
            console.print_json(&list)?;
        } else {
            console.print(table(
                ["KEY", "STATUS", "EXPIRES", "LAST USED", "MAY"],
                items(&list).iter().map(row).collect(),
            ))?;
        }
        Ok(Exit::Done)
    }
}

fn row(key: &Value) -> [String; 5] {
    let scopes = key.get("scopes").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let scopes: Vec<&str> = scopes.iter().filter_map(Value::as_str).collect();
    [
        text(key, "path").to_owned(),
        text(key, "status").to_owned(),
        date(text(key, "expires_at")).unwrap_or_else(|| "never".to_owned()),
        ago(text(key, "last_used_at"), Utc::now()).unwrap_or_else(|| "never".to_owned()),
        scopes.join(" "),
    ]
}
