//! `argus key update KEY`

use chrono::{SecondsFormat, TimeDelta, Utc};
use clap::Args;
use serde_json::Value;

use super::end;
use super::limit_flag::LimitFlag;
use crate::client::{Client, ConditionFlags, Patch, age, find_key, read_duration, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Change an API key: its name, its owner, what it may do, when, and until when. What isn't named stays as it is.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus key update acme/atlas/reader --owner ada@acme.example --network 10.0.0.0/8")]
pub(super) struct Update {
    /// Its name, such as acme/atlas/reader, or its id.
    #[arg(value_name = "KEY")]
    key: String,
    /// Call it so.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Who answers for it.
    #[arg(long, value_name = "WHO")]
    owner: Option<String>,
    /// What it may do, in the place of all that it may do now: `<path>:<action>`; repeat for more.
    #[arg(long, value_name = "SCOPE")]
    scope: Vec<String>,
    /// A word to find it by, in the place of all that it has now; repeat for more.
    #[arg(long, value_name = "WORD")]
    tag: Vec<String>,
    /// How long it lives from now, such as 90d.
    #[arg(long, value_name = "DURATION", value_parser = read_duration)]
    expires: Option<u64>,
    /// Let it live without end, for this reason, which is kept with the key.
    #[arg(long, value_name = "REASON", conflicts_with_all = ["expires", "expiry_exception"])]
    never_expires: Option<String>,
    /// Let it become older than 365 days, for this reason, which is kept with the key.
    #[arg(long, value_name = "REASON")]
    expiry_exception: Option<String>,
    /// How often it gets a new secret, such as 30d.
    #[arg(long, value_name = "DURATION", value_parser = read_duration)]
    rotate_every: Option<u64>,
    /// How long an older secret is good beside a new one, such as 24h; at most 30d.
    #[arg(long, value_name = "DURATION", value_parser = read_duration)]
    grace: Option<u64>,
    /// Answer no use of it before it is written to the journal of the node: a crash loses none of them.
    #[arg(long)]
    durable: bool,
    /// How much it may be used, in the place of all limits that it has now, such as rpm=60/1m; repeat for more.
    #[arg(long, value_name = "NAME=NUMBER/WINDOW[/STRATEGY[/REFILL]]", value_parser = LimitFlag::read)]
    limit: Vec<LimitFlag>,
    #[command(flatten)]
    conditions: ConditionFlags,
    /// Unset this; repeat for more. A rule of conditions is named such as conditions.networks.
    #[arg(long, value_name = "WHAT", value_parser = [
        "conditions", "conditions.networks", "conditions.countries", "conditions.windows", "conditions.network_types",
        "conditions.device_compliant", "tags", "limits", "rotation_interval_seconds", "grace_seconds", "durable",
        "expiry_exception",
    ])]
    unset: Vec<String>,
}

impl Update {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let named = self.key.clone();
        let patch = self.into_patch()?;
        let client = Client::administration(console)?;
        let key = find_key(&client, &named)?;
        let path = format!("/v1/keys/{}", text(&key, "id"));
        let (_, tag) = client.get_tagged(&path)?;
        let changed = client.patch(&path, &tag, &patch)?;
        match output {
            Output::Json => console.print_json(&changed)?,
            _ => console.print(in_words(&changed))?,
        }
        Ok(Exit::Done)
    }

    fn into_patch(self) -> Result<Value, Failure> {
        let mut patch = Patch::default();
        patch.set("name", self.name).set("owner", self.owner);
        patch.set_list("scopes", self.scope).set_list("tags", self.tag);
        let limits: Vec<_> = self.limit.iter().map(LimitFlag::to_json).cloned().collect();
        patch.set("limits", (!limits.is_empty()).then_some(limits));
        patch.set("expires_at", self.expires.and_then(after));
        if let Some(reason) = self.never_expires {
            patch.unset(&["expires_at".to_owned()]).set("expiry_exception", Some(reason));
        }
        patch.set("expiry_exception", self.expiry_exception);
        patch.set("rotation_interval_seconds", age(self.rotate_every)).set("grace_seconds", age(self.grace));
        patch.set("durable", self.durable.then_some(true));
        patch.set_within("conditions", self.conditions.to_json()).unset(&self.unset);
        patch.finish()
    }
}

/// The time in so many seconds. One beyond the calendar is for the server to refuse.
fn after(seconds: u64) -> Option<String> {
    let life = TimeDelta::try_seconds(i64::try_from(seconds).ok()?)?;
    Utc::now().checked_add_signed(life).map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true))
}

fn in_words(key: &Value) -> String {
    format!("key {}, {}\n{:23}{}\n", text(key, "path"), end(key), "", text(key, "summary"))
}
