//! `argus anomaly list|show|acknowledge|snooze|false`

use chrono::{SecondsFormat, TimeDelta, Utc};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::client::{Client, ago, find_key, items, number, path_by_id, read_duration, table, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// See what stood out in the use of keys, and say what it was.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  argus anomaly list acme --state open --severity high\n  \
    argus anomaly false 01980a3c-… --reason 'a new fleet'")]
pub(crate) struct Anomaly {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    List(Box<List>),
    /// Show what stood out, with its figures.
    #[command(after_help = "Example:\n  argus anomaly show 01980a3c-…")]
    Show {
        /// Its id, from argus anomaly list.
        #[arg(value_name = "ANOMALY")]
        id: String,
    },
    /// Say that somebody has looked: while it goes on, it is not told again.
    #[command(after_help = "Example:\n  argus anomaly acknowledge 01980a3c-… --reason 'our load test'")]
    Acknowledge {
        /// Its id, from argus anomaly list.
        #[arg(value_name = "ANOMALY")]
        id: String,
        /// Why it need not be told again.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Say that it is not to be told again for a while.
    #[command(after_help = "Example:\n  argus anomaly snooze 01980a3c-… --for 2d")]
    Snooze {
        /// Its id, from argus anomaly list.
        #[arg(value_name = "ANOMALY")]
        id: String,
        /// For how long, such as 8h or 2d; at most 90d.
        #[arg(long = "for", value_name = "DURATION", value_parser = read_duration)]
        duration: u64,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Say that it was in order: the key's baseline learns it.
    #[command(after_help = "Example:\n  argus anomaly false 01980a3c-… --reason 'a new fleet'")]
    False {
        /// Its id, from argus anomaly list.
        #[arg(value_name = "ANOMALY")]
        id: String,
        /// What it was.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
}

/// List what stood out, the newest first.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus anomaly list acme --state open --severity high")]
struct List {
    /// Only that of this organisation (default: all that your key may read).
    #[arg(value_name = "ORG")]
    organisation: Option<String>,
    /// Only what concerns this key, by name or id.
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// Only what this detector found, such as shared-key.
    #[arg(long, value_name = "DETECTOR")]
    detector: Option<String>,
    /// Only what is of this severity or a higher one: low, medium, high or critical.
    #[arg(long, value_name = "SEVERITY")]
    severity: Option<String>,
    /// Only what is in this state: open, acknowledged, snoozed or false.
    #[arg(long, value_name = "STATE")]
    state: Option<String>,
    /// Only what was found first from this time on.
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Only what was found first before this time.
    #[arg(long, value_name = "TIME")]
    before: Option<String>,
}

impl Anomaly {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let client = Client::administration(console)?;
        let say = |id: &str, verb: &str, body: &Value| client.post(&format!("{}/{verb}", path(id)?), body);
        let answer = match self.verb {
            Verb::List(list) => list.read(&client)?,
            Verb::Show { id } => client.get(&path(&id)?, &[])?,
            Verb::Acknowledge { id, reason } => say(&id, "acknowledge", &json!({"reason": reason}))?,
            Verb::Snooze { id, duration, reason } => {
                let seconds = i64::try_from(duration).unwrap_or(i64::MAX);
                let until = TimeDelta::try_seconds(seconds).and_then(|span| Utc::now().checked_add_signed(span));
                let until = until.map(|until| until.to_rfc3339_opts(SecondsFormat::Secs, true));
                say(&id, "snooze", &json!({"until": until, "reason": reason}))?
            }
            Verb::False { id, reason } => say(&id, "false", &json!({"reason": reason}))?,
        };
        match output {
            Output::Json => console.print_json(&answer)?,
            _ if answer.get("items").is_some_and(|_| items(&answer).is_empty()) => {
                console.print("nothing stood out\n")?;
            }
            _ if answer.get("items").is_some() => console.print(table(
                ["SEEN", "KEY", "DETECTOR", "SEVERITY", "STATE", "WHAT", "ID"],
                items(&answer).iter().map(row).collect(),
            ))?,
            _ => console.print(one(&answer))?,
        }
        Ok(Exit::Done)
    }
}

impl List {
    fn read(&self, client: &Client) -> Result<Value, Failure> {
        let key = self.key.as_deref().map(|named| find_key(client, named)).transpose()?;
        let narrow = [
            ("organisation", self.organisation.as_deref()),
            ("key", key.as_ref().map(|key| text(key, "id"))),
            ("detector", self.detector.as_deref()),
            ("severity", self.severity.as_deref()),
            ("state", self.state.as_deref()),
            ("from", self.from.as_deref()),
            ("before", self.before.as_deref()),
        ];
        let query: Vec<_> = narrow.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        client.list("/v1/anomalies", &query)
    }
}

/// The path of an anomaly.
fn path(id: &str) -> Result<String, Failure> {
    path_by_id("anomaly", "anomalies", id)
}

fn row(of: &Value) -> [String; 7] {
    let cell = |name| text(of, name).to_owned();
    let seen = ago(text(of, "last_seen_at"), Utc::now()).unwrap_or_default();
    [seen, cell("key_path"), cell("detector"), cell("severity"), cell("state"), cell("explanation"), cell("id")]
}

fn one(of: &Value) -> String {
    let line = |what: &str, name: &str| match text(of, name) {
        "" => String::new(),
        value => format!("{what} {value}\n"),
    };
    format!(
        "{} ({}) on key {}: {}\n{}{}{}{}seen {} times, from {} to {}\nanomaly {}\n",
        text(of, "detector"),
        text(of, "severity"),
        text(of, "key_path"),
        text(of, "explanation"),
        line("state:", "state"),
        line("until:", "snoozed_until"),
        line("reason:", "reason"),
        line("done about it:", "response"),
        number(of, "times"),
        text(of, "first_seen_at"),
        text(of, "last_seen_at"),
        text(of, "id"),
    )
}
