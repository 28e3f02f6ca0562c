//! The flags that say what a key is to be, alike for making one and for asking what it would be.

use clap::Args;
use serde_json::{Value, json};

use super::limit_flag::LimitFlag;
use crate::client::{Client, ConditionFlags, KeyName, find_key, read_duration, text};
use crate::failure::Failure;

/// What a key is to be.
#[derive(Debug, Args)]
pub(super) struct KeyFlags {
    /// Where it belongs and its name: `acme/atlas/reader`, or `acme/reader` for a key of no project.
    #[arg(value_name = "ORG[/PROJECT]/NAME")]
    key: KeyName,
    /// What it may do: `<path>:<action>`, the action one of read, write, delete, execute, admin; repeat for more.
    #[arg(long, value_name = "SCOPE", required = true)]
    scope: Vec<String>,
    /// How long it lives, such as 90d or 12h (default 90d; more than 365d needs --expiry-exception).
    #[arg(long, value_name = "DURATION", value_parser = read_duration)]
    expires: Option<u64>,
    /// Let it live without end, for this reason, which is kept with the key.
    #[arg(long, value_name = "REASON", conflicts_with_all = ["expires", "expiry_exception"])]
    never_expires: Option<String>,
    /// Let it live for more than 365 days, for this reason, which is kept with the key.
    #[arg(long, value_name = "REASON", requires = "expires")]
    expiry_exception: Option<String>,
    /// Who answers for it (default: the owner of your key).
    #[arg(long, value_name = "WHO")]
    owner: Option<String>,
    /// What it is used on: live or test.
    #[arg(long, value_name = "NAME", default_value = "live", value_parser = ["live", "test"], hide_possible_values = true)]
    environment: String,
    /// A word to find it by; repeat for more.
    #[arg(long, value_name = "WORD")]
    tag: Vec<String>,
    /// Derive it from this key, by name or id: it may do at most what that key may, and ends with it.
    #[arg(long, value_name = "KEY")]
    parent: Option<String>,
    /// From when it may be used, such as 2027-02-22T12:00:00Z.
    #[arg(long, value_name = "TIME")]
    not_before: Option<String>,
    /// How often it gets a new secret, such as 30d.
    #[arg(long, value_name = "DURATION", value_parser = read_duration)]
    rotate_every: Option<u64>,
    /// How long an older secret is good beside a new one, such as 24h; at most 30d.
    #[arg(long, value_name = "DURATION", value_parser = read_duration)]
    grace: Option<u64>,
    /// Answer no use of it before it is written to the journal of the node: a crash loses none of them.
    #[arg(long)]
    durable: bool,
    /// How much it may be used, such as rpm=60/1m or daily=1000/1d/quota; repeat for more (argus help limits).
    #[arg(long, value_name = "NAME=NUMBER/WINDOW[/STRATEGY[/REFILL]]", value_parser = LimitFlag::read)]
    limit: Vec<LimitFlag>,
    #[command(flatten)]
    conditions: ConditionFlags,
}

impl KeyFlags {
    /// The body of the request.
    pub(super) fn to_json(&self, client: &Client) -> Result<Value, Failure> {
        let parent = self.parent.as_deref().map(|named| find_key(client, named)).transpose()?;
        Ok(json!({
            "organisation": self.key.place.organisation,
            "project": self.key.place.project,
            "name": self.key.name,
            "parent_key_id": parent.as_ref().map(|key| text(key, "id")),
            "not_before": self.not_before,
            "rotation_interval_seconds": self.rotate_every,
            "grace_seconds": self.grace,
            "durable": self.durable,
            "owner": self.owner,
            "environment": self.environment,
            "scopes": self.scope,
            "conditions": self.conditions.to_json(),
            "limits": self.limit.iter().map(LimitFlag::to_json).collect::<Vec<_>>(),
            "tags": self.tag,
            "expires_in_seconds": self.expires,
            "expiry_exception": self.never_expires.as_ref().or(self.expiry_exception.as_ref()),
        }))
    }
}
