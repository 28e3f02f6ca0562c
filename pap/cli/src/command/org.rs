//! `argus org create|list|show`

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::client::{Client, ConditionFlags, date, items, table, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Make, list and show organisations.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus org create acme")]
pub(crate) struct Org {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Make an organisation.
    #[command(after_help = "Example:\n  argus org create acme --display-name 'ACME Ltd'")]
    Create {
        /// Its name: small letters, digits, `-`, `_` and `.`.
        name: String,
        /// What people call it.
        #[arg(long, value_name = "TEXT")]
        display_name: Option<String>,
        #[command(flatten)]
        conditions: ConditionFlags,
    },
    /// List all organisations.
    #[command(after_help = "Example:\n  argus org list")]
    List,
    /// Show an organisation.
    #[command(after_help = "Example:\n  argus org show acme")]
    Show {
        /// Its name.
        name: String,
    },
}

impl Org {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let client = Client::administration(console)?;
        let answer = match self.verb {
            Verb::Create { name, display_name, conditions } => {
                let body = json!({"name": name, "display_name": display_name, "conditions": conditions.to_json()});
                client.post("/v1/organisations", &body)?
            }
            Verb::List => client.list("/v1/organisations", &[])?,
            Verb::Show { name } => find(&client, &name)?,
        };
        if output == Output::Json {
            console.print_json(&answer)?;
        } else if answer.get("items").is_some() {
            console.print(as_table(&answer))?;
        } else {
            console.print(in_words(&answer))?;
        }
        Ok(Exit::Done)
    }
}

fn find(client: &Client, name: &str) -> Result<Value, Failure> {
    let found = client.get("/v1/organisations", &[("name", name)])?;
    let first = items(&found).first().cloned();
    first.ok_or_else(|| {
        Failure::new(Exit::No, "not-found", format!("there is no organisation `{name}`"))
            .help("argus org list shows those there are")
    })
}

fn in_words(organisation: &Value) -> String {
    let display = text(organisation, "display_name");
    let display = if display.is_empty() { String::new() } else { format!(" ({display})") };
    format!("organisation {}{display}\n", text(organisation, "name"))
}

fn as_table(list: &Value) -> String {
    let row = |organisation: &Value| {
        let made = date(text(organisation, "created_at")).unwrap_or_default();
        [text(organisation, "name").to_owned(), text(organisation, "display_name").to_owned(), made]
    };
    table(["NAME", "CALLED", "MADE"], items(list).iter().map(row).collect())
}
