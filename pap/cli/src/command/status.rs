//! `argus status`

use std::fmt::Write as _;

use clap::Args;
use serde_json::{Value, json};

use crate::client::{Client, Server, items, number, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Ask whether the decision point and the administration answer, and how they are. It ends with 1 where one isn't well.
///
/// With a key that may read argus/argus/nodes, all nodes of the installation are shown, and how long a revocation takes at
/// most to reach the last of them.
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
        let decisions = Client::without_key(decisions, console)?.get("/readyz", &[])?;
        let administration = Client::without_key(administration, console)?.get("/healthz", &[])?;
        let nodes = nodes(console);
        let is_well = text(&decisions, "status") == "ready" && text(&administration, "status") == "ok";
        if output == Output::Json {
            console.print_json(&json!({
                "decisions": decisions, "administration": administration, "nodes": nodes,
                "revocation_bound_seconds": bound(&decisions, &nodes),
            }))?;
        } else {
            console.print(in_words(&addresses, &decisions, &administration, &nodes))?;
        }
        Ok(if is_well { Exit::Done } else { Exit::No })
    }
}

/// What the administration tells of the nodes; null where the caller has no key that may ask.
fn nodes(console: &Console) -> Value {
    let asked = Client::administration(console).and_then(|client| client.get("/v1/nodes", &[("limit", "200")]));
    asked.unwrap_or(Value::Null)
}

/// The most seconds until a revocation is in force: on all nodes, where they are known, else on the one that was asked.
fn bound(decisions: &Value, nodes: &Value) -> Value {
    let (of, member) = match nodes {
        Value::Null => (decisions.get("snapshot").unwrap_or(&Value::Null), "longest_staleness_seconds"),
        known => (known, "revocation_bound_seconds"),
    };
    of.get(member).cloned().unwrap_or(Value::Null)
}

fn in_words(
    (of_decisions, of_administration): &(String, String),
    decisions: &Value,
    administration: &Value,
    nodes: &Value,
) -> String {
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
    for what in ["store", "clock"] {
        if let Some(problem) = decisions.get(what).and_then(|it| it.get("problem")).and_then(Value::as_str) {
            let _ = writeln!(words, "  {what:12}  {problem}");
        }
    }
    let _ = writeln!(words, "administration  {of_administration}  {}", text(administration, "status"));
    for (n, node) in items(nodes).iter().enumerate() {
        let _ = writeln!(words, "{:14}  {}", if n == 0 { "nodes" } else { "" }, node_in_words(node));
    }
    let _ = writeln!(words, "revocation      {}", bound_in_words(&bound(decisions, nodes), nodes));
    words
}

fn node_in_words(node: &Value) -> String {
    let (address, role, state) = (text(node, "address"), text(node, "role"), text(node, "state"));
    let (sequence, silent) = (number(node, "sequence"), number(node, "silent_for_seconds"));
    format!("{address}  {role}, {state}: change {sequence}, heard of {silent} s ago")
}

fn bound_in_words(bound: &Value, nodes: &Value) -> String {
    match (bound.as_u64(), nodes.is_null()) {
        (Some(0), false) => "in force when it is acknowledged: one process decides".to_owned(),
        (Some(most), false) => {
            format!("in force everywhere after {most} s at most: a node that is cut off for longer refuses every key")
        }
        (Some(most), true) => format!("in force here after {most} s at most; a key that may ask shows the other nodes"),
        (None, false) => "no bound: a node that is cut off goes on deciding".to_owned(),
        (None, true) => "in force when it is acknowledged, where this is the only process".to_owned(),
    }
}
