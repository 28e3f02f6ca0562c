//! `argus cost show|set`

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::client::{Client, number, table, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Show and set what uses cost in an organisation that don't say: by action, by type of resource, or by both.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  argus cost show acme\n  argus cost set acme read:report=5 delete=20 :export=10\n\n\
    A use takes its cost from every limit that counts it: argus help limits."
)]
pub(crate) struct Cost {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Show what uses cost.
    #[command(after_help = "Example:\n  argus cost show acme")]
    Show {
        /// The organisation.
        #[arg(value_name = "ORG")]
        organisation: String,
    },
    /// Set what uses cost. What is named takes the place of the whole table; nothing empties it.
    #[command(
        after_help = "Examples:\n  argus cost set acme read:report=5 delete=20 :export=10\n  argus cost set acme\n\n\
        Of several that a use fits, ACTION:TYPE holds, then ACTION, then :TYPE."
    )]
    Set {
        /// The organisation.
        #[arg(value_name = "ORG")]
        organisation: String,
        /// An action, a type of resources, or both, and what such a use costs.
        #[arg(value_name = "ACTION[:TYPE]=COST", value_parser = read)]
        costs: Vec<Row>,
    },
}

/// A row of the table.
#[derive(Debug, Clone)]
struct Row(Value);

fn read(text: &str) -> Result<Row, String> {
    let wrong = || "write it like delete=20, read:report=5 or :export=10".to_owned();
    let (of, cost) = text.rsplit_once('=').ok_or_else(wrong)?;
    let cost: u64 = cost.parse().map_err(|_| format!("`{cost}` is no whole number"))?;
    let (action, kind) = of.split_once(':').map_or((of, ""), |(action, kind)| (action, kind));
    let mut row = json!({ "cost": cost });
    for (member, word) in [("action", action), ("resource_type", kind)] {
        if let (Some(row), false) = (row.as_object_mut(), word.is_empty()) {
            row.insert(member.to_owned(), word.into());
        }
    }
    Ok(Row(row))
}

impl Cost {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let client = Client::administration(console)?;
        let shown = match self.verb {
            Verb::Show { organisation } => client.get(&path(&organisation)?, &[])?,
            Verb::Set { organisation, costs } => {
                let path = path(&organisation)?;
                let (_, tag) = client.get_tagged(&path)?;
                let rows: Vec<Value> = costs.into_iter().map(|Row(row)| row).collect();
                client.patch(&path, &tag, &json!({ "costs": rows }))?
            }
        };
        match output {
            Output::Json => console.print_json(&shown)?,
            _ => console.print(in_words(&shown))?,
        }
        Ok(Exit::Done)
    }
}

/// The path of an organisation's table. A name is one segment, whatever was typed.
fn path(organisation: &str) -> Result<String, Failure> {
    let is_plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.');
    let is_segment = organisation.bytes().all(is_plain) && organisation.bytes().any(|c| c != b'.');
    if is_segment {
        return Ok(format!("/v1/organisations/{organisation}/costs"));
    }
    Err(Failure::usage(format!("`{}` is no name of an organisation", organisation.escape_debug())))
}

fn in_words(shown: &Value) -> String {
    let rows = shown.get("costs").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let or_any = |word: &str| if word.is_empty() { "any".to_owned() } else { word.to_owned() };
    let row = |row: &Value| {
        [or_any(text(row, "action")), or_any(text(row, "resource_type")), number(row, "cost").to_string()]
    };
    table(["ACTION", "RESOURCE TYPE", "COST"], rows.iter().map(row).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_is_typed_with_what_it_is_of() {
        let row = |text| read(text).map(|Row(row)| row);
        assert_eq!(row("delete=20"), Ok(json!({"action": "delete", "cost": 20})));
        assert_eq!(row("read:report=5"), Ok(json!({"action": "read", "resource_type": "report", "cost": 5})));
        assert_eq!(row(":export=0"), Ok(json!({"resource_type": "export", "cost": 0})));
        assert_eq!(row("urn:x=3").unwrap()["resource_type"], "x");
        assert!(row("delete").is_err() && row("delete=-1").unwrap_err().contains("`-1`"));
    }
}
