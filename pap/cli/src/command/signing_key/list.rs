//! `argus signing-key list`

use clap::Args;
use serde_json::Value;

use crate::client::{Client, items, table, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// List the keys that access tokens are signed with, and those that still verify some.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus signing-key list")]
pub(super) struct List {}

impl List {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let Self {} = self;
        let output = console.output(&[Output::Human, Output::Json])?;
        let list = Client::administration(console)?.list("/v1/signing-keys", &[])?;
        match output {
            Output::Json => console.print_json(&list)?,
            _ => console.print(in_words(items(&list)))?,
        }
        Ok(Exit::Done)
    }
}

fn in_words(keys: &[Value]) -> String {
    if keys.is_empty() {
        return "no key yet: the first is made when the first token is asked for\n".to_owned();
    }
    let heads = ["SIGNING KEY", "ALGORITHM", "STATE", "SIGNS FROM", "PUBLISHED UNTIL"];
    table(heads, keys.iter().map(row).collect())
}

fn row(key: &Value) -> [String; 5] {
    let until = text(key, "published_until");
    [
        text(key, "kid").to_owned(),
        text(key, "algorithm").to_owned(),
        text(key, "state").to_owned(),
        text(key, "signs_from").to_owned(),
        if until.is_empty() { "another has taken its place".to_owned() } else { until.to_owned() },
    ]
}
