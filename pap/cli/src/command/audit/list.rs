//! `argus audit list [ORG]`

use clap::Args;
use serde_json::Value;

use crate::client::{Client, KeyName, find_key, items, table, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// List audit entries, oldest first.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus audit list acme --target acme/atlas/reader --from 2026-11-01T00:00:00Z")]
pub(super) struct List {
    /// Only those of this organisation (default: all that your key may read).
    #[arg(value_name = "ORG")]
    organisation: Option<String>,
    /// Only acts of this one: a key by its name or id, host, argus or nobody.
    #[arg(long, value_name = "ACTOR")]
    actor: Option<String>,
    /// Only acts upon this: a key by its name, or anything by its id.
    #[arg(long, value_name = "TARGET")]
    target: Option<String>,
    /// Only this event, such as key.revoked.
    #[arg(long, value_name = "EVENT")]
    event: Option<String>,
    /// Only from this time on.
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Only before this time.
    #[arg(long, value_name = "TIME")]
    before: Option<String>,
}

impl List {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let client = Client::administration(console)?;
        let (actor, target) = (id(&client, self.actor)?, id(&client, self.target)?);
        let all = [
            ("organisation", &self.organisation),
            ("actor", &actor),
            ("target", &target),
            ("event", &self.event),
            ("from", &self.from),
            ("before", &self.before),
        ];
        let query: Vec<_> = all.iter().filter_map(|(name, value)| Some((*name, value.as_deref()?))).collect();
        let list = client.list("/v1/audit", &query)?;
        if output == Output::Json {
            console.print_json(&list)?;
        } else {
            let rows = items(&list).iter().map(row).collect();
            console.print(table(["ENTRY", "WHEN", "WHAT", "OF", "BY", "FROM"], rows))?;
        }
        Ok(Exit::Done)
    }
}

/// The id of what is named like a key; what isn't is an id already.
fn id(client: &Client, named: Option<String>) -> Result<Option<String>, Failure> {
    match named {
        Some(name) if name.contains('/') && name.parse::<KeyName>().is_ok() => {
            Ok(Some(text(&find_key(client, &name)?, "id").to_owned()))
        }
        other => Ok(other),
    }
}

fn row(entry: &Value) -> [String; 6] {
    let refused = if text(entry, "outcome") == "refused" { " (refused)" } else { "" };
    [
        entry.get("sequence").map(Value::to_string).unwrap_or_default(),
        text(entry, "at").split('.').next().unwrap_or_default().to_owned() + "Z",
        format!("{}{refused}", text(entry, "event")),
        target(entry),
        actor(entry),
        person(entry.get("source")).unwrap_or_default(),
    ]
}

pub(super) fn target(entry: &Value) -> String {
    let target = entry.get("target").unwrap_or(&Value::Null);
    let path = text(target, "path");
    if path.is_empty() { format!("{} {}", text(target, "kind"), text(target, "id")) } else { path.to_owned() }
}

pub(super) fn actor(entry: &Value) -> String {
    let actor = entry.get("actor").unwrap_or(&Value::Null);
    let name = [text(actor, "path"), text(actor, "id"), text(actor, "kind")];
    let name = name.into_iter().find(|name| !name.is_empty()).unwrap_or_default();
    match person(actor.get("owner")) {
        Some(owner) => format!("{name} ({owner})"),
        None => name.to_owned(),
    }
}

/// A person, as far as the server still knows him.
pub(super) fn person(value: Option<&Value>) -> Option<String> {
    let value = value?;
    match text(value, "name") {
        "" => Some(format!("forgotten {}", text(value, "person").split('-').next().unwrap_or_default())),
        name => Some(name.to_owned()),
    }
}
