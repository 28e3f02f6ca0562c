//! `argus status`

use std::fmt::Write as _;

use clap::Args;
use serde_json::{Value, json};

use crate::client::{Client, Server, number, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Ask whether the decision point and the administration answer, and how they are. It ends with 1 where one isn't well.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus status")]
pub(crate) struct Status {
    /// Address of the decision point.
    #[arg(long, value_name = "URL", env = "ARGUS_PDP_URL", hide_env = true)]
    pdp_url: Option<String>,
}

impl Status {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let (decisions, administration) =
            (Server::decisions(self.pdp_url.as_deref())?, Server::administration(console)?);
        let addresses = (decisions.as_str().to_owned(), administration.as_str().to_owned());
        let decisions = Client::without_key(decisions)?.get("/readyz", &[])?;
        let administration = Client::without_key(administration)?.get("/healthz", &[])?;
        let is_well = text(&decisions, "status") == "ready" && text(&administration, "status") == "ok";
        if output == Output::Json {
            console.print_json(&json!({ "decisions": decisions, "administration": administration }))?;
        } else {
            console.print(in_words(&addresses, &decisions, &administration))?;
        }
        Ok(if is_well { Exit::Done } else { Exit::No })
    }
}

fn in_words((of_decisions, of_administration): &(String, String), decisions: &Value, administration: &Value) -> String {
    let nothing = Value::Null;
    let snapshot = decisions.get("snapshot").unwrap_or(&nothing);
    let policies = decisions.get("policies").unwrap_or(&nothing);
    let (documents, origin) = (number(policies, "documents"), text(policies, "origin"));
    let (sequence, age) = (number(snapshot, "sequence"), number(snapshot, "age_seconds"));
    let mut words = format!(
        "decisions       {of_decisions}  {}: {documents} policy documents ({origin}), change {sequence}, read {age} s ago\n",
        text(decisions, "status").replace('_', " ")
    );
    let problems = policies.get("problems").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    for problem in problems {
        let (file, line, message) = (text(problem, "file"), number(problem, "line"), text(problem, "message"));
        let _ = writeln!(words, "  not in force  {file}:{line}: {message}");
    }
    let _ = writeln!(words, "administration  {of_administration}  {}", text(administration, "status"));
    words
}
