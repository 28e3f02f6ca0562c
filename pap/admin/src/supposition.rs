//! A key that somebody thinks of making, uses of it that are tried in thought, and what the decision point says of them.

use std::net::IpAddr;

use argus_engine::scope::{Action, ResourcePath, Scope};
use argus_store::{Conditions, KeyId};
use chrono::{DateTime, Utc};

/// A key that isn't there.
#[derive(Debug, Clone)]
pub struct Supposition {
    /// The organisation that it would belong to.
    pub organisation: String,
    /// Its project.
    pub project: Option<String>,
    /// Its name.
    pub name: String,
    /// Who would answer for it.
    pub owner: String,
    /// What it would grant, along the chain above it.
    pub scopes: Vec<Scope>,
    /// The keys above it, the nearest first.
    pub chain: Vec<KeyId>,
    /// Its own conditions.
    pub conditions: Conditions,
    /// Those of the keys above it.
    pub inherited: Vec<Conditions>,
    /// Those of its project.
    pub project_conditions: Conditions,
    /// Those of its organisation.
    pub organisation_conditions: Conditions,
}

/// One use.
#[derive(Debug, Clone)]
pub struct Trial {
    /// What is done.
    pub action: Action,
    /// To what.
    pub resource: ResourcePath,
    /// In which surroundings.
    pub surroundings: Surroundings,
}

/// All that is known of a client, and the time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surroundings {
    /// Its address.
    pub ip: Option<IpAddr>,
    /// The country that lies in.
    pub country: Option<String>,
    /// The type of its network.
    pub network: Option<String>,
    /// Whether its device complies.
    pub device_compliant: Option<bool>,
    /// When.
    pub at: DateTime<Utc>,
}

/// What is decided about a use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Why it is denied, by the word that enforcement points are told; `None` is Permit.
    pub refused: Option<&'static str>,
    /// The scope that covers the use.
    pub matched_scope: Option<String>,
}
