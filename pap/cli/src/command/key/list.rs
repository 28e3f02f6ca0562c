//! `argus key list [ORG[/PROJECT]]`

use chrono::Utc;
use clap::Args;
use serde_json::Value;

use crate::client::{Client, Path, ago, date, find_key, items, table, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// List API keys.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus key list acme/atlas --state active")]
pub(super) struct List {
    /// Only those of this organisation or project (default: all that your key may read).
    #[arg(value_name = "ORG[/PROJECT]")]
    place: Option<Path>,
    /// Only those in this state: pending, active, rotating, expired, suspended or revoked.
    #[arg(long, value_name = "STATE", value_parser = STATES, hide_possible_values = true)]
    state: Option<String>,
    /// Only those that this one answers for.
    #[arg(long, value_name = "WHO")]
    owner: Option<String>,
    /// Only those with this tag.
    #[arg(long, value_name = "WORD")]
    tag: Option<String>,
    /// Only those for live or test.
    #[arg(long, value_name = "NAME", value_parser = ["live", "test"], hide_possible_values = true)]
    environment: Option<String>,
    /// Only those derived from this key directly, by name or id.
    #[arg(long, value_name = "KEY")]
    parent: Option<String>,
    /// Only those made at this time or later, such as 2027-02-22T12:00:00Z.
    #[arg(long, value_name = "TIME")]
    created_from: Option<String>,
    /// Only those made before this time.
    #[arg(long, value_name = "TIME")]
    created_before: Option<String>,
    /// Only those that never expire or may come from any address, without a recorded exception that says why.
    #[arg(long)]
    risk: bool,
}

/// The states of a key.
const STATES: [&str; 6] = ["pending", "active", "rotating", "expired", "suspended", "revoked"];

impl List {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let client = Client::administration(console)?;
        let mut query = Vec::new();
        if let Some(place) = &self.place {
            query.push(("organisation", place.organisation.as_str()));
            query.extend(place.project.as_deref().map(|project| ("project", project)));
        }
        let parent = self.parent.as_deref().map(|named| find_key(&client, named)).transpose()?;
        let narrow = [
            ("state", self.state.as_deref()),
            ("owner", self.owner.as_deref()),
            ("tag", self.tag.as_deref()),
            ("environment", self.environment.as_deref()),
            ("parent_key_id", parent.as_ref().map(|key| text(key, "id"))),
            ("created_from", self.created_from.as_deref()),
            ("created_before", self.created_before.as_deref()),
        ];
        query.extend(narrow.into_iter().filter_map(|(name, value)| Some((name, value?))));
        if self.risk {
            query.push(("risk", "true"));
        }
        let list = client.list("/v1/keys", &query)?;
        if output == Output::Json {
            console.print_json(&list)?;
        } else if self.risk {
            console.print(at_risk(items(&list)))?;
        } else {
            console.print(table(
                ["KEY", "STATUS", "EXPIRES", "LAST USED", "MAY"],
                items(&list).iter().map(row).collect(),
            ))?;
        }
        Ok(Exit::Done)
    }
}

fn at_risk(keys: &[Value]) -> String {
    if keys.is_empty() {
        return "every key expires and asks for a network, or has a recorded exception\n".to_owned();
    }
    table(["KEY", "RISKS", "EXPIRES", "OWNER", "MAY"], keys.iter().map(row_at_risk).collect())
}

fn row_at_risk(key: &Value) -> [String; 5] {
    let [path, _, expires, _, may] = row(key);
    let risks = key.get("risks").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let risks: Vec<&str> = risks.iter().filter_map(Value::as_str).collect();
    [path, risks.join(" "), expires, text(key, "owner").to_owned(), may]
}

fn row(key: &Value) -> [String; 5] {
    let scopes = key.get("scopes").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let scopes: Vec<&str> = scopes.iter().filter_map(Value::as_str).collect();
    [
        text(key, "path").to_owned(),
        text(key, "state").to_owned(),
        date(text(key, "expires_at")).unwrap_or_else(|| "never".to_owned()),
        ago(text(key, "last_used_at"), Utc::now()).unwrap_or_else(|| "never".to_owned()),
        scopes.join(" "),
    ]
}
