//! `argus delivery list|show|replay`

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::client::{Client, items, number, path_by_id, table, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// List what is on its way to contacts, and send again what could not be delivered.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  argus delivery list acme --state dead\n  argus delivery replay 01980a3c-…")]
pub(crate) struct Delivery {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    List(List),
    /// Show a delivery.
    #[command(after_help = "Example:\n  argus delivery show 01980a3c-…")]
    Show {
        /// Its id, from argus delivery list.
        #[arg(value_name = "DELIVERY")]
        id: String,
    },
    /// Send again what could not be delivered, under the id that it had.
    #[command(after_help = "Example:\n  argus delivery replay 01980a3c-…")]
    Replay {
        /// Its id, from argus delivery list.
        #[arg(value_name = "DELIVERY")]
        id: String,
    },
}

/// List what is, or was, on its way to the contacts of an organisation.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus delivery list acme --state dead")]
struct List {
    /// The organisation (default: that of your key).
    #[arg(value_name = "ORG")]
    organisation: Option<String>,
    /// Only what goes to this contact, by its id.
    #[arg(long, value_name = "CONTACT")]
    contact: Option<String>,
    /// Only what brings this notice, by its id.
    #[arg(long, value_name = "NOTICE")]
    notice: Option<String>,
    /// Only what is in this state: waiting, delivered or dead.
    #[arg(long, value_name = "STATE", value_parser = ["waiting", "delivered", "dead"], hide_possible_values = true)]
    state: Option<String>,
}

impl Delivery {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let client = Client::administration(console)?;
        let answer = match self.verb {
            Verb::List(list) => list.read(&client)?,
            Verb::Show { id } => client.get(&path(&id)?, &[])?,
            Verb::Replay { id } => client.post(&format!("{}/replay", path(&id)?), &json!({}))?,
        };
        match output {
            Output::Json => console.print_json(&answer)?,
            _ if answer.get("items").is_some() => console.print(table(
                ["DELIVERY", "TYPE", "CONTACT", "STATE", "TRIED", "FAULT"],
                items(&answer).iter().map(row).collect(),
            ))?,
            _ => console.print(one(&answer))?,
        }
        Ok(Exit::Done)
    }
}

impl List {
    fn read(&self, client: &Client) -> Result<Value, Failure> {
        let narrow = [
            ("organisation", self.organisation.as_deref()),
            ("contact_id", self.contact.as_deref()),
            ("notice_id", self.notice.as_deref()),
            ("state", self.state.as_deref()),
        ];
        let query: Vec<_> = narrow.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        client.list("/v1/deliveries", &query)
    }
}

/// The path of a delivery.
fn path(id: &str) -> Result<String, Failure> {
    path_by_id("delivery", "deliveries", id)
}

fn one(delivery: &Value) -> String {
    let [id, kind, contact, state, tried, fault] = row(delivery);
    let fault = if fault.is_empty() { fault } else { format!("; the last time: {fault}") };
    let next = match state.as_str() {
        "waiting" => format!("tried next at {}\n", text(delivery, "due_at")),
        "dead" => format!("send it again: argus delivery replay {id}\n"),
        _ => String::new(),
    };
    format!("delivery {id}: {kind} to contact {contact}\n{state}, tried {tried} times{fault}\n{next}")
}

fn row(delivery: &Value) -> [String; 6] {
    [
        text(delivery, "id").to_owned(),
        text(delivery, "type").to_owned(),
        text(delivery, "contact_id").to_owned(),
        text(delivery, "state").to_owned(),
        number(delivery, "attempts").to_string(),
        text(delivery, "fault").to_owned(),
    ]
}
