//! `argus limit create|list|show|update|remove`

mod create;
mod flags;
mod update;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::client::{Client, confirm, duration_in_words, items, number, table, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Make, list and change limits that keys share: those of an organisation, a project or an owner.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  argus limit create acme all --limit 10000 --window 1m\n  \
    argus limit create acme writes --project atlas --limit 600 --window 1m --action write --action delete\n  \
    argus limit update acme/writes --limit 1200\n\n\
    How limits count, and what holds where several do: argus help limits.")]
pub(crate) struct Limit {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Create(create::Create),
    /// List the limits that keys of an organisation share.
    #[command(after_help = "Examples:\n  argus limit list acme\n  argus limit list acme --project atlas")]
    List {
        /// The organisation; by default that of your key.
        #[arg(value_name = "ORG")]
        organisation: Option<String>,
        /// Only those of this project.
        #[arg(long, value_name = "PROJECT")]
        project: Option<String>,
        /// Only those of this owner.
        #[arg(long, value_name = "OWNER")]
        owner: Option<String>,
    },
    /// Show a limit.
    #[command(after_help = "Example:\n  argus limit show acme/writes")]
    Show {
        /// Its organisation and name, such as acme/writes, or its id.
        #[arg(value_name = "LIMIT")]
        named: String,
    },
    Update(update::Update),
    /// Remove a limit. Within a second it refuses nothing any more, on every node.
    #[command(after_help = "Example:\n  argus limit remove acme/writes")]
    Remove {
        /// Its organisation and name, such as acme/writes, or its id.
        #[arg(value_name = "LIMIT")]
        named: String,
        /// Don't ask.
        #[arg(long)]
        yes: bool,
    },
}

impl Limit {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let client = Client::administration(console)?;
        let (answer, words) = match self.verb {
            Verb::Create(create) => described(create.run(&client)?),
            Verb::Update(update) => described(update.run(&client)?),
            Verb::Show { named } => described(find(&client, &named)?),
            Verb::List { organisation, project, owner } => {
                let asked = [("organisation", &organisation), ("project", &project), ("owner", &owner)];
                let query: Vec<_> = asked.iter().filter_map(|(name, value)| Some((*name, value.as_deref()?))).collect();
                let list = client.list("/v1/limits", &query)?;
                let words = table(["LIMIT", "SHARED BY", "HOW MUCH", "STRATEGY", "OF USES"], rows(&list));
                (list, words)
            }
            Verb::Remove { named, yes } => {
                let found = find(&client, &named)?;
                let act = format!("Remove the limit {}: {}", name(&found), how_much(&found));
                if !confirm(console, &act, yes)? {
                    console.say("nothing was changed\n");
                    return Ok(Exit::No);
                }
                let removed = client.post(&format!("{}/remove", path(&found)), &json!({}))?;
                let words = format!("removed limit {}\n", name(&removed));
                (removed, words)
            }
        };
        match output {
            Output::Json => console.print_json(&answer)?,
            _ => console.print(words)?,
        }
        Ok(Exit::Done)
    }
}

/// A limit by `ORG/NAME`, or by its id.
fn find(client: &Client, named: &str) -> Result<Value, Failure> {
    let not_there = || {
        let help = "argus limit list ORG shows those there are";
        Failure::usage(format!("`{}` is no limit", named.escape_debug())).help(help)
    };
    if let Some((organisation, name)) = named.split_once('/') {
        let list = client.list("/v1/limits", &[("organisation", organisation), ("name", name)])?;
        return items(&list).first().cloned().ok_or_else(not_there);
    }
    // An id is one segment, whatever was typed.
    if named.is_empty() || !named.bytes().all(|c| c.is_ascii_hexdigit() || c == b'-') {
        return Err(not_there());
    }
    client.get(&format!("/v1/limits/{named}"), &[])
}

fn path(limit: &Value) -> String {
    format!("/v1/limits/{}", text(limit, "id"))
}

fn name(limit: &Value) -> String {
    format!("{}/{}", text(limit, "organisation"), text(limit, "name"))
}

fn described(limit: Value) -> (Value, String) {
    let [name, shared_by, how_much, strategy, uses] = row(&limit);
    let words = format!(
        "limit {name}, {how_much} ({strategy})\nshared by: keys of {shared_by}\nof uses: {uses}\nid: {}\n",
        text(&limit, "id")
    );
    (limit, words)
}

fn rows(list: &Value) -> Vec<[String; 5]> {
    items(list).iter().map(row).collect()
}

fn row(limit: &Value) -> [String; 5] {
    let shared_by = match (text(limit, "project"), text(limit, "owner")) {
        ("", "") => text(limit, "organisation").to_owned(),
        ("", owner) => owner.to_owned(),
        (project, _) => format!("{}/{project}", text(limit, "organisation")),
    };
    [name(limit), shared_by, how_much(limit), strategy(limit), uses(limit)]
}

/// A limit of a key's own, in a line.
pub(super) fn in_a_line(limit: &Value) -> String {
    let uses = match uses(limit) {
        uses if uses == ALL_USES => String::new(),
        uses => format!(", of uses: {uses}"),
    };
    format!("limit {}, {} ({}){uses}", text(limit, "name"), how_much(limit), strategy(limit))
}

fn strategy(limit: &Value) -> String {
    let adds = if text(limit, "refill") == "add" { ", adds to what is left" } else { "" };
    format!("{}{adds}", text(limit, "strategy").replace('_', " "))
}

fn how_much(limit: &Value) -> String {
    let window = duration_in_words(number(limit, "window_seconds"));
    let burst = limit.get("burst").and_then(Value::as_u64).map_or(String::new(), |burst| format!(", {burst} at once"));
    format!("{} in {window}{burst}", number(limit, "limit"))
}

const ALL_USES: &str = "all";

/// Which uses a limit counts.
fn uses(limit: &Value) -> String {
    let words = |member: &str| {
        let words = limit.get(member).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or ")
    };
    match (words("actions"), words("resource_types")) {
        (actions, types) if actions.is_empty() && types.is_empty() => ALL_USES.to_owned(),
        (actions, types) if types.is_empty() => actions,
        (actions, types) if actions.is_empty() => format!("any of {types}"),
        (actions, types) => format!("{actions} of {types}"),
    }
}
