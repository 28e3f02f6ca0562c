//! `argus outbox list`

use clap::{Args, Subcommand};
use serde_json::Value;

use crate::client::{Client, find_key, items, table, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// List what owners of keys are told.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus outbox list acme --waiting")]
pub(crate) struct Outbox {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    List(List),
}

/// List what owners of keys are told: that a key ends or is rotated soon, what happened to it, who still uses an older
/// secret.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus outbox list acme --type key.old_secret_used")]
struct List {
    /// The organisation of the keys (default: that of your key).
    #[arg(value_name = "ORG")]
    organisation: Option<String>,
    /// Only notices about this key, by name or id.
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// Only notices of this type, such as key.expiry_ahead.
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<String>,
    /// Only notices that were not handed over yet.
    #[arg(long)]
    waiting: bool,
}

impl Outbox {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let Verb::List(list) = self.verb;
        let output = console.output(&[Output::Human, Output::Json])?;
        let client = Client::administration(console)?;
        let key = list.key.as_deref().map(|named| find_key(&client, named)).transpose()?;
        let narrow = [
            ("organisation", list.organisation.as_deref()),
            ("key_id", key.as_ref().map(|key| text(key, "id"))),
            ("type", list.kind.as_deref()),
            ("handed", list.waiting.then_some("false")),
        ];
        let query: Vec<_> = narrow.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        let notices = client.list("/v1/outbox", &query)?;
        match output {
            Output::Json => console.print_json(&notices)?,
            _ => console.print(table(
                ["WRITTEN", "TYPE", "KEY", "TELLS", "HANDED OVER"],
                items(&notices).iter().map(row).collect(),
            ))?,
        }
        Ok(Exit::Done)
    }
}

fn row(notice: &Value) -> [String; 5] {
    let data = notice.get("data").unwrap_or(&Value::Null);
    let handed = text(notice, "handed_at");
    [
        text(notice, "created_at").to_owned(),
        text(notice, "type").to_owned(),
        text(data, "path").to_owned(),
        text(notice, "recipient").to_owned(),
        if handed.is_empty() { "waits".to_owned() } else { handed.to_owned() },
    ]
}
