//! `argus replay ID`

use std::path::{Path, PathBuf};

use argus_engine::evaluate::Environment;
use argus_engine::request::RequestError;
use argus_engine::types::ZoneOffset;
use argus_engine::value::Arena;
use argus_engine::wire;
use argus_engine::wire::answer::Answer;
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::decisions::path_of;
use super::eval;
use crate::client::{Client, text};
use crate::clock;
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::limit::LimitFlags;

/// Decide a logged request again, and say what differs: by the policies of then, of now, or of files.
///
/// At the time of the request, with what was known of its key then. Ends with 1 where another answer comes.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus replay 0197f3b0-0000-7000-8000-000000000000 --policies-of now\n  \
    argus replay 0197f3b0-0000-7000-8000-000000000000 --policy root.xml --policies policies")]
pub(crate) struct Replay {
    /// The id of the decision, as its answer has it; the n-th of several results is ID/N.
    #[arg(value_name = "ID")]
    id: String,
    /// By which policies: then, those in force at the decision, or now (default: then).
    #[arg(long, value_name = "WHEN", value_enum, hide_possible_values = true, conflicts_with = "policy")]
    policies_of: Option<When>,
    /// By the Policy or PolicySet in this file.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Folder of further documents that references may name.
    #[arg(long, value_name = "DIR", requires = "policy")]
    policies: Vec<PathBuf>,
    #[command(flatten)]
    limits: LimitFlags,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum When {
    Then,
    Now,
}

impl Replay {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let client = Client::administration(console)?;
        let replayed = if let Some(policy) = &self.policy {
            self.by_files(policy, &client.get(&path_of(&self.id), &[])?, console)?
        } else {
            let when = if self.policies_of == Some(When::Now) { "now" } else { "then" };
            client.get(&format!("{}/replay", path_of(&self.id)), &[("policies", when)])?
        };
        if output == Output::Json {
            console.print_json(&replayed)?;
        } else {
            console.print(in_words(&replayed))?;
        }
        Ok(if replayed.get("is_same") == Some(&Value::Bool(true)) { Exit::Done } else { Exit::No })
    }

    /// The same as the server does, by policies of one's own.
    fn by_files(&self, policy: &Path, logged: &Value, console: &Console) -> Result<Value, Failure> {
        if logged.get("is_evaluated") != Some(&Value::Bool(true)) {
            let why = format!("no policy was asked: the reason was `{}`", text(logged, "reason"));
            return Err(Failure::new(Exit::RequestRefused, "wrong-state", why));
        }
        let limits = self.limits.limits();
        let unreadable = |why: String| Failure::new(Exit::RequestRefused, "request-refused", why);
        let refused = |error: RequestError| unreadable(error.message);
        let program = eval::program(policy, &self.policies, limits, console)?;
        let now = clock::read(text(logged, "at"), ZoneOffset::UTC).map_err(unreadable)?;
        let environment = Environment { now, implicit_zone: ZoneOffset::UTC, limits, source: None };
        let [request, before] =
            ["request", "response"].map(|name| logged.get(name).unwrap_or(&Value::Null).to_string());
        let arena = Arena::new();
        let request = wire::read_json(&request, &arena, &limits).map_err(refused)?;
        let response = program.answer(&request, &environment, &arena).map_err(refused)?;
        let mut after = Vec::new();
        wire::write_json(&response, &mut after);
        let after = String::from_utf8(after).unwrap_or_default();
        let read = |text: &str| Answer::read(text.as_bytes()).map_err(refused);
        let differences = read(&after)?
            .differences(&read(&before)?)
            .into_iter()
            .map(|difference| json!({"part": difference.part, "before": difference.expected, "after": difference.got}));
        let differences: Vec<Value> = differences.collect();
        Ok(json!({
            "id": self.id,
            "policies": "files",
            "is_same": differences.is_empty(),
            "differences": differences,
            "before": logged.get("response"),
            "after": serde_json::from_str::<Value>(&after).unwrap_or_default(),
            "policy_before": logged.get("policy"),
            "policy_after": null,
            "redacted": logged.get("redacted"),
        }))
    }
}

fn in_words(of: &Value) -> String {
    let by = match text(of, "policies") {
        "then" => "the policies in force then",
        "now" => "the policies in force now",
        _ => "the policies in these files",
    };
    let decided = |name: &str| {
        let answer = of.get(name).and_then(|answer| answer.get("Response")).and_then(|answer| answer.get(0));
        answer.map(|answer| text(answer, "Decision").to_owned()).unwrap_or_default()
    };
    let differences = of.get("differences").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut words = if differences.is_empty() {
        format!("the same by {by}: {}\n", decided("after"))
    } else {
        format!("{} before, {} by {by}\n", decided("before"), decided("after"))
    };
    for difference in differences {
        let (part, before, after) = (text(difference, "part"), text(difference, "before"), text(difference, "after"));
        let line = match (before, after) {
            ("", after) => format!("  {part} only now: {after}\n"),
            (before, "") => format!("  {part} only before: {before}\n"),
            (before, after) => format!("  {part}: {before} before, {after} now\n"),
        };
        words.push_str(&line);
    }
    let redacted = of.get("redacted").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let redacted: Vec<&str> = redacted.iter().filter_map(Value::as_str).collect();
    if !redacted.is_empty() {
        words.extend(["  not in the log as it was, so that policies could not see it: ", &redacted.join(", "), "\n"]);
    }
    words
}
