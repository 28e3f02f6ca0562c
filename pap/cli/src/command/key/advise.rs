//! `argus key advise [KEY]`

use std::fmt::Write as _;

use clap::Args;
use serde_json::Value;

use crate::client::{Client, find_key, items, number, table, text};
use crate::command::org::plan::over_in_words;
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Say what a key holds and doesn't use, with a smaller grant to put in its place; without a key, what about an
/// organisation's keys makes their loss worse.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  argus key advise acme/atlas/reader --days 30\n  argus key advise --org acme")]
pub(super) struct Advise {
    /// Its name, such as acme/atlas/reader, or its id.
    #[arg(value_name = "KEY")]
    key: Option<String>,
    /// The organisation whose keys are looked at (default: that of your key).
    #[arg(long, value_name = "ORG", conflicts_with = "key")]
    org: Option<String>,
    /// For how many days a scope or a key has to be unused (default: 90).
    #[arg(long, value_name = "DAYS")]
    days: Option<u32>,
}

impl Advise {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let client = Client::administration(console)?;
        let days = self.days.map(|days| days.to_string());
        let mut query: Vec<(&str, &str)> = days.iter().map(|days| ("days", days.as_str())).collect();
        let (answer, in_words): (Value, fn(&Value) -> String) = if let Some(named) = &self.key {
            let key = find_key(&client, named)?;
            (client.get(&format!("/v1/keys/{}/advice", text(&key, "id")), &query)?, of_key)
        } else {
            query.extend(self.org.as_deref().map(|org| ("organisation", org)));
            (client.get("/v1/risks", &query)?, of_organisation)
        };
        match output {
            Output::Json => console.print_json(&answer)?,
            _ => console.print(in_words(&answer))?,
        }
        Ok(Exit::Done)
    }
}

fn list<'v>(value: &'v Value, member: &str) -> &'v [Value] {
    value.get(member).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn of_key(advice: &Value) -> String {
    let days = number(advice, "days");
    let (uses, acts) = (number(advice, "uses"), number(advice, "acts"));
    let mut words = format!("key {}: {uses} permitted uses in {days} days", text(advice, "path"));
    if acts > 0 {
        let _ = write!(words, ", and {acts} of Argus itself");
    }
    words.push('\n');
    let rows = list(advice, "scopes").iter().map(|one| {
        let uses = one.get("uses").and_then(Value::as_u64);
        let uses = uses.map_or_else(|| "not counted".to_owned(), |uses| uses.to_string());
        [text(one, "scope").to_owned(), uses]
    });
    words.push_str(&table(["SCOPE", "USES"], rows.collect()));
    for risk in list(advice, "risks") {
        let _ = writeln!(words, "{}: {}", text(risk, "severity"), text(risk, "reason"));
    }
    match advice.get("is_watched_long_enough").and_then(Value::as_bool) {
        Some(true) => {}
        _ if text(advice, "watched_since").is_empty() => words.push_str("uses are not counted: `--usage on`\n"),
        _ => words.push_str(&since_in_words(advice)),
    }
    match text(advice, "command") {
        "" => words.push_str("it holds no more than it uses\n"),
        command => {
            let _ = writeln!(words, "enough would be:\n  {command}");
        }
    }
    words
}

/// Since when its uses are counted, and those that administer, where these are since later.
fn since_in_words(advice: &Value) -> String {
    let (since, acts) = (text(advice, "watched_since"), text(advice, "acts_watched_since"));
    let mut words = format!("uses are counted since {since} only: what is used seldom may be missing\n");
    if acts.is_empty() {
        words.push_str(
            "administrative uses are not counted by all nodes: scopes that administer are left as they are\n",
        );
    } else if acts > since {
        let _ = writeln!(words, "administrative uses are counted since {acts} only");
    }
    words
}

fn of_organisation(risks: &Value) -> String {
    let rows = items(risks)
        .iter()
        .map(|risk| ["severity", "path", "owner", "reason"].map(|member| text(risk, member).to_owned()));
    let rows: Vec<_> = rows.collect();
    let (at_risk, in_use) = (number(risks, "keys_at_risk"), number(risks, "keys_in_use"));
    let total = format!("{at_risk} of {in_use} keys of {} deserve a look\n", text(risks, "organisation"));
    let total = total + &over_in_words(risks);
    if rows.is_empty() { total } else { table(["SEVERITY", "KEY", "OWNER", "REASON"], rows) + &total }
}
