//! `argus plan list|show`

use clap::{Args, Subcommand};
use serde_json::Value;

use crate::client::{Client, items, table, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// List and show plans: what an organisation may have at most, and which features are its. `argus org update NAME --plan
/// PLAN` gives one.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  argus plan list\n  argus plan show professional\n\n\
    What a lower plan does to what is there, argus help plans says.")]
pub(crate) struct Plan {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the plans.
    #[command(after_help = "Example:\n  argus plan list")]
    List,
    /// Show a plan.
    #[command(after_help = "Example:\n  argus plan show professional")]
    Show {
        /// Its name, from argus plan list.
        name: String,
    },
}

/// The numbers of a plan, and what they are of.
const MAXIMA: [(&str, &str); 7] = [
    ("max_keys", "keys that haven't ended"),
    ("max_projects", "projects"),
    ("max_limits_per_key", "limits of a key"),
    ("max_shared_limits", "limits that keys share"),
    ("max_rate_per_second", "times in a second that a key is let through"),
    ("usage_days", "days for which usage is kept"),
    ("decision_days", "days for which logged decisions are kept"),
];

impl Plan {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let client = Client::administration(console)?;
        let answer = match self.verb {
            Verb::List => client.list("/v1/plans", &[])?,
            Verb::Show { name } => find(&client, &name)?,
        };
        match output {
            Output::Json => console.print_json(&answer)?,
            _ if answer.get("items").is_some() => console.print(as_table(&answer))?,
            _ => console.print(in_words(&answer))?,
        }
        Ok(Exit::Done)
    }
}

fn find(client: &Client, name: &str) -> Result<Value, Failure> {
    let all = client.list("/v1/plans", &[])?;
    let found = items(&all).iter().find(|plan| text(plan, "name") == name).cloned();
    found.ok_or_else(|| {
        Failure::new(Exit::No, "not-found", format!("there is no plan `{name}`"))
            .help("argus plan list shows those there are")
    })
}

fn most(plan: &Value, maximum: &str) -> Option<u64> {
    plan.get("maxima")?.get(maximum)?.as_u64()
}

fn features(plan: &Value) -> String {
    let features = plan.get("features").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    features.collect::<Vec<_>>().join(", ")
}

fn in_words(plan: &Value) -> String {
    let mut lines = vec![format!("plan {} ({})", text(plan, "name"), text(plan, "display_name"))];
    for (maximum, of) in MAXIMA {
        let most = most(plan, maximum).map_or_else(|| "any number of".to_owned(), |most| format!("at most {most}"));
        lines.push(format!("  {maximum:<20} {most} {of}"));
    }
    lines.push(format!("  {:<20} {}\n", "features", features(plan)));
    lines.join("\n")
}

fn as_table(list: &Value) -> String {
    let row = |plan: &Value| {
        let most = |maximum| most(plan, maximum).map_or_else(|| "any".to_owned(), |most| most.to_string());
        let rate = most("max_rate_per_second");
        let shared = most("max_shared_limits");
        [text(plan, "name").to_owned(), most("max_keys"), most("max_projects"), shared, rate, features(plan)]
    };
    table(
        ["NAME", "KEYS", "PROJECTS", "SHARED LIMITS", "PER SECOND", "FEATURES"],
        items(list).iter().map(row).collect(),
    )
}
