//! `argus usage [ORG]`

mod chart;

use clap::{Args, ValueEnum};
use serde_json::Value;

use crate::client::{Client, find_key, items, number, table, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Show what keys were used for: how many decisions, what they came to, how long they took.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  argus usage acme --by key --from 2026-11-01 --granularity day\n  \
    argus usage acme --by key,country --granularity day\n\n\
    A decision is counted within two seconds. Durations are within 1 %, numbers of different addresses and resources\n\
    within 2 %; all else is exact.")]
pub(crate) struct Usage {
    /// Only that of this organisation (default: all that your key may read).
    #[arg(value_name = "ORG")]
    organisation: Option<String>,
    /// Only that of this key, by name or id.
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// How long the stretches are: minute, hour or day, of UTC (default: hour).
    #[arg(
        long,
        value_name = "STRETCH",
        value_enum,
        default_value = "hour",
        hide_default_value = true,
        hide_possible_values = true
    )]
    granularity: Granularity,
    /// Divide each by key, project, owner, organisation, reason, country, network or action; or by one of the first four
    /// and one of the others, such as key,country.
    #[arg(long, value_name = "WHAT")]
    by: Option<String>,
    /// Only from this time or date on (default: an hour, a day or 30 days before the end, as the stretches are).
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Only up to this time, or the beginning of this date in UTC (default: now).
    #[arg(long, value_name = "TIME")]
    before: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Granularity {
    Minute,
    Hour,
    Day,
}

impl Usage {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let client = Client::administration(console)?;
        let key = self.key.as_deref().map(|named| find_key(&client, named)).transpose()?;
        let all = [
            ("organisation", self.organisation.as_deref()),
            ("key", key.as_ref().map(|key| text(key, "id"))),
            ("granularity", Some(self.granularity.as_str())),
            ("group_by", self.by.as_deref()),
            ("from", self.from.as_deref()),
            ("before", self.before.as_deref()),
        ];
        let query: Vec<_> = all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        let list = client.list("/v1/usage", &query)?;
        match output {
            Output::Json => console.print_json(&list)?,
            _ if items(&list).is_empty() => console.print("nothing was decided in this time\n")?,
            _ => console.print(in_words(items(&list), self.by.as_deref()))?,
        }
        Ok(Exit::Done)
    }
}

impl Granularity {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }
}

fn in_words(lines: &[Value], by: Option<&str>) -> String {
    let most = lines.iter().map(|line| number(line, "requests")).max().unwrap_or_default();
    let rows = lines.iter().map(|line| row(line, most)).collect();
    let group = by.map(|by| by.to_uppercase().replace(',', ", ")).unwrap_or_default();
    // Without groups the column has nothing in it.
    let head = ["FROM", &group, "", "REQUESTS", "PERMITTED", "DENIED", "ERRORS", "P50", "P99", "ADDRESSES"];
    format!("{}\n{}\n", table(head, rows), total(lines))
}

fn row(line: &Value, most: u64) -> [String; 10] {
    let requests = number(line, "requests");
    let count = |name| number(line, name).to_string();
    [
        text(line, "starts_at").to_owned(),
        group(line),
        chart::bar(requests, most),
        requests.to_string(),
        count("permits"),
        count("denials"),
        count("errors"),
        duration(line, "p50_microseconds"),
        duration(line, "p99_microseconds"),
        line.get("addresses").and_then(Value::as_u64).map(|count| count.to_string()).unwrap_or_default(),
    ]
}

fn group(line: &Value) -> String {
    let (group, part) = (text(line, "group"), line.get("part").and_then(Value::as_str));
    part.map_or_else(|| group.to_owned(), |part| format!("{group}, {part}"))
}

fn duration(line: &Value, name: &str) -> String {
    let microseconds = line.get("latency").and_then(|latency| latency.get(name)).and_then(Value::as_f64);
    microseconds.map(|microseconds| format!("{:.2} ms", microseconds / 1e3)).unwrap_or_default()
}

fn total(lines: &[Value]) -> String {
    let sum = |name| lines.iter().map(|line| number(line, name)).sum::<u64>();
    format!(
        "{} decisions: {} permitted, {} denied, {} errors",
        sum("requests"),
        sum("permits"),
        sum("denials"),
        sum("errors")
    )
}
