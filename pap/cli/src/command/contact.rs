//! `argus contact create|list|show|update|rotate|test|remove`

mod create;
mod rotate;
mod update;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::client::{Client, confirm, items, path_by_id, table, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Make, list, try and remove contacts: who is told of what happens to keys, by e-mail or by webhook.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  argus contact create acme --email security@acme.example\n  \
    argus contact create acme --webhook https://hooks.acme.example/argus --secret-to hook.secret\n  \
    argus contact test 01980a3c-…\n\n\
    E-mail goes by the server that `argus serve --smtp-url` names. Webhooks are signed as Standard Webhooks has it.")]
pub(crate) struct Contact {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Create(create::Create),
    /// List the contacts of an organisation.
    #[command(after_help = "Example:\n  argus contact list acme")]
    List {
        /// The organisation; by default that of your key.
        #[arg(value_name = "ORG")]
        organisation: Option<String>,
    },
    /// Show a contact.
    #[command(after_help = "Example:\n  argus contact show 01980a3c-…")]
    Show {
        /// Its id, from argus contact list.
        #[arg(value_name = "CONTACT")]
        id: String,
    },
    Update(update::Update),
    Rotate(rotate::Rotate),
    /// Send a contact a trial. What became of it, argus delivery list shows.
    #[command(after_help = "Example:\n  argus contact test 01980a3c-…")]
    Test {
        /// Its id, from argus contact list.
        #[arg(value_name = "CONTACT")]
        id: String,
    },
    /// Remove a contact, with all that is on its way to it.
    #[command(after_help = "Example:\n  argus contact remove 01980a3c-…")]
    Remove {
        /// Its id, from argus contact list.
        #[arg(value_name = "CONTACT")]
        id: String,
        /// Don't ask.
        #[arg(long)]
        yes: bool,
    },
}

impl Contact {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let client = Client::administration(console)?;
        let (answer, words) = match self.verb {
            Verb::Create(create) => return create.run(console, output, &client),
            Verb::Rotate(rotate) => return rotate.run(console, output, &client),
            Verb::Update(update) => {
                let changed = update.run(&client)?;
                let words = one(&changed);
                (changed, words)
            }
            Verb::List { organisation } => {
                let query: Vec<_> = organisation.iter().map(|name| ("organisation", name.as_str())).collect();
                let list = client.list("/v1/contacts", &query)?;
                let words = table(["CONTACT", "KIND", "ADDRESS", "TOLD OF", "KEYS OF", "STATE"], rows(&list));
                (list, words)
            }
            Verb::Show { id } => {
                let found = client.get(&path(&id)?, &[])?;
                let words = one(&found);
                (found, words)
            }
            Verb::Test { id } => {
                let delivery = client.post(&format!("{}/test", path(&id)?), &json!({}))?;
                let words = format!(
                    "a trial is on its way; what becomes of it:\n  argus delivery show {}\n",
                    text(&delivery, "id")
                );
                (delivery, words)
            }
            Verb::Remove { id, yes } => {
                let found = client.get(&path(&id)?, &[])?;
                let act = format!("Remove the contact {}, with all that is on its way to it", text(&found, "address"));
                if !confirm(console, &act, yes)? {
                    console.say("nothing was changed\n");
                    return Ok(Exit::No);
                }
                let removed = client.post(&format!("{}/remove", path(&id)?), &json!({}))?;
                let words = format!("removed contact {}\n", text(&removed, "address"));
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

/// The path of a contact.
fn path(id: &str) -> Result<String, Failure> {
    path_by_id("contact", "contacts", id)
}

/// A contact in words.
fn one(contact: &Value) -> String {
    let [id, kind, address, events, owner, state] = row(contact);
    let reason = text(contact, "disabled_reason");
    let reason = if reason.is_empty() { String::new() } else { format!(" ({reason})") };
    format!("contact {id}, {kind} {address}\ntold of: {events}; keys of: {owner}\nstate: {state}{reason}\n")
}

fn rows(list: &Value) -> Vec<[String; 6]> {
    items(list).iter().map(row).collect()
}

fn row(contact: &Value) -> [String; 6] {
    let events = contact.get("events").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let events: Vec<&str> = events.iter().filter_map(Value::as_str).collect();
    let owner = text(contact, "owner");
    [
        text(contact, "id").to_owned(),
        text(contact, "kind").to_owned(),
        text(contact, "address").to_owned(),
        if events.is_empty() { "everything".to_owned() } else { events.join(" ") },
        if owner.is_empty() { "everybody".to_owned() } else { owner.to_owned() },
        text(contact, "state").to_owned(),
    ]
}
