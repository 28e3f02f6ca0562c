//! `argus key credential list KEY`

use clap::Args;
use serde_json::Value;

use super::in_words;
use crate::client::{Client, date, find_key, items, table, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// List the ways to present an API key.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus key credential list acme/atlas/reader")]
pub(super) struct List {
    /// Its name, such as acme/atlas/reader, or its id.
    #[arg(value_name = "KEY")]
    key: String,
}

impl List {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let client = Client::administration(console)?;
        let key = find_key(&client, &self.key)?;
        let list = client.list(&format!("/v1/keys/{}/credentials", text(&key, "id")), &[])?;
        if output == Output::Json {
            console.print_json(&list)?;
        } else {
            let rows = items(&list).iter().map(row).collect();
            console.print(table(["CREDENTIAL", "KIND", "STATE", "EXPIRES", "CHECKED AGAINST"], rows))?;
        }
        Ok(Exit::Done)
    }
}

fn row(credential: &Value) -> [String; 5] {
    [
        text(credential, "id").to_owned(),
        text(credential, "kind").to_owned(),
        text(credential, "state").to_owned(),
        date(text(credential, "expires_at")).unwrap_or_else(|| "with its key".to_owned()),
        in_words(credential),
    ]
}
