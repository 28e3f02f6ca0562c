//! The flags that say what a key is to be, alike for making one and for asking what it would be.

use clap::Args;
use serde_json::{Value, json};

use crate::client::{ConditionFlags, KeyName, read_duration};

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
    #[command(flatten)]
    conditions: ConditionFlags,
}

impl KeyFlags {
    /// The body of the request.
    pub(super) fn to_json(&self) -> Value {
        json!({
            "organisation": self.key.place.organisation,
            "project": self.key.place.project,
            "name": self.key.name,
            "owner": self.owner,
            "environment": self.environment,
            "scopes": self.scope,
            "conditions": self.conditions.to_json(),
            "tags": self.tag,
            "expires_in_seconds": self.expires,
            "expiry_exception": self.never_expires.as_ref().or(self.expiry_exception.as_ref()),
        })
    }
}
