//! `argus project create|list|show|update`

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::client::{Client, ConditionFlags, Patch, Path, date, items, table, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Make, list, show and update the projects of an organisation.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus project create acme/atlas")]
pub(crate) struct Project {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Make a project.
    #[command(after_help = "Example:\n  argus project create acme/atlas")]
    Create {
        /// The organisation and the name: `acme/atlas`.
        #[arg(value_name = "ORG/PROJECT", value_parser = read_path)]
        path: Named,
        #[command(flatten)]
        conditions: ConditionFlags,
    },
    /// List the projects of an organisation.
    #[command(after_help = "Example:\n  argus project list acme")]
    List {
        /// The organisation; by default that of your key.
        #[arg(value_name = "ORG")]
        organisation: Option<String>,
    },
    /// Show a project.
    #[command(after_help = "Example:\n  argus project show acme/atlas")]
    Show {
        /// The organisation and the name: `acme/atlas`.
        #[arg(value_name = "ORG/PROJECT", value_parser = read_path)]
        path: Named,
    },
    /// Change a project. What isn't named stays as it is.
    #[command(after_help = "Example:\n  argus project update acme/atlas --country DE --unset conditions.networks")]
    Update {
        /// The organisation and the name: `acme/atlas`.
        #[arg(value_name = "ORG/PROJECT", value_parser = read_path)]
        path: Named,
        #[command(flatten)]
        conditions: ConditionFlags,
        /// Unset this; repeat for more.
        #[arg(long, value_name = "WHAT", value_parser = [
            "conditions", "conditions.networks", "conditions.countries", "conditions.windows",
            "conditions.network_types", "conditions.device_compliant",
        ])]
        unset: Vec<String>,
    },
}

/// A project by its organisation and its name.
#[derive(Debug, Clone)]
struct Named {
    organisation: String,
    name: String,
}

fn read_path(text: &str) -> Result<Named, String> {
    match text.parse()? {
        Path { organisation, project: Some(name) } => Ok(Named { organisation, name }),
        Path { .. } => Err("write `organisation/project`".to_owned()),
    }
}

impl Project {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let client = Client::administration(console)?;
        let answer = match self.verb {
            Verb::Create { path, conditions } => {
                let (organisation, name) = (path.organisation, path.name);
                let body = json!({"organisation": organisation, "name": name, "conditions": conditions.to_json()});
                client.post("/v1/projects", &body)?
            }
            Verb::List { organisation } => {
                let query: Vec<_> = organisation.iter().map(|name| ("organisation", name.as_str())).collect();
                client.list("/v1/projects", &query)?
            }
            Verb::Show { path } => find(&client, &path)?,
            Verb::Update { path, conditions, unset } => update(&client, &path, &conditions, &unset)?,
        };
        if output == Output::Json {
            console.print_json(&answer)?;
        } else if answer.get("items").is_some() {
            console.print(as_table(&answer))?;
        } else {
            console.print(format!("project {}\n", text(&answer, "path")))?;
        }
        Ok(Exit::Done)
    }
}

fn update(client: &Client, named: &Named, conditions: &ConditionFlags, unset: &[String]) -> Result<Value, Failure> {
    let mut patch = Patch::default();
    patch.set_within("conditions", conditions.to_json()).unset(unset);
    let patch = patch.finish()?;
    let path = format!("/v1/projects/{}", text(&find(client, named)?, "id"));
    let (_, tag) = client.get_tagged(&path)?;
    client.patch(&path, &tag, &patch)
}

fn find(client: &Client, Named { organisation, name }: &Named) -> Result<Value, Failure> {
    let found = client.get("/v1/projects", &[("organisation", organisation), ("name", name)])?;
    let first = items(&found).first().cloned();
    first.ok_or_else(|| {
        Failure::new(Exit::No, "not-found", format!("there is no project `{organisation}/{name}`"))
            .help(format!("argus project list {organisation} shows those there are"))
    })
}

fn as_table(list: &Value) -> String {
    let row =
        |project: &Value| [text(project, "path").to_owned(), date(text(project, "created_at")).unwrap_or_default()];
    table(["PROJECT", "MADE"], items(list).iter().map(row).collect())
}
