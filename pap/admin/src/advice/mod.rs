//! Least privilege: what keys hold and don't use, and what about them makes their loss worse.
//!
//! What a key was used for is counted by day (see `argus_insight::usage`): which of its scopes permitted, and on what, up
//! to the third segment of the resource. What is done to Argus's own resources is counted beside decisions, and that
//! began later: a scope that reaches them is judged only where both are counted for long enough, and left as it is
//! elsewhere.

mod grant;
mod risks;
mod uses;

use argus_store::KeyId;
use serde::Serialize;
use utoipa::ToSchema;

pub(crate) use grant::advise;
pub(crate) use risks::{Terms, risks_of};
pub(crate) use uses::{Uses, counted_since, handed_on};

use crate::view::Time;

/// What a key holds, what it uses, and what would be enough.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct KeyAdvice {
    /// The key.
    #[schema(value_type = String, format = Uuid)]
    pub key_id: KeyId,
    /// Its name.
    pub path: String,
    /// For how many days a scope has to be unused.
    pub days: u32,
    /// Since when its uses are counted; null where they aren't.
    pub(crate) watched_since: Option<Time>,
    /// Since when its uses of Argus's own resources are counted as well: administrative acts, and the asking for
    /// decisions; null where they aren't.
    pub(crate) acts_watched_since: Option<Time>,
    /// Whether they are counted for that long. Else what is proposed may take away what is used once a quarter.
    pub is_watched_long_enough: bool,
    /// Permitted uses in these days, those of Argus's own resources left out.
    pub uses: u64,
    /// Permitted uses of Argus's own resources: each thing that a request needed leave for, and for the asking for
    /// decisions at least one a second.
    pub acts: u64,
    /// What it holds.
    pub scopes: Vec<ScopeUse>,
    /// What was used, as the smallest scopes that are told apart.
    pub exercised: Vec<ScopeUse>,
    /// The scopes that would have been enough; null where those that it has are, and where nothing was used.
    pub proposed_scopes: Option<Vec<String>>,
    /// What to type for that.
    pub command: Option<String>,
    /// What else about it deserves a look.
    pub risks: Vec<KeyRisk>,
}

/// A scope, and how often it was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ScopeUse {
    /// The scope.
    pub scope: String,
    /// How often; null where that isn't counted for as long as other scopes are, as for what administers after an update
    /// from a version that did not count it.
    pub uses: Option<u64>,
}

/// Something about a key that deserves a look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct KeyRisk {
    /// The key.
    #[schema(value_type = String, format = Uuid)]
    pub key_id: KeyId,
    /// Its name.
    pub path: String,
    /// Who answers for it.
    pub owner: String,
    /// How bad it is.
    pub severity: Severity,
    /// What it is.
    pub kind: RiskKind,
    /// The same in words and numbers.
    pub reason: String,
}

/// How bad a risk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Soon.
    High,
    /// At the next review.
    Medium,
    /// To be known.
    Low,
}

/// What makes the loss of a key worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RiskKind {
    /// It never ends.
    NoExpiry,
    /// Neither it nor a level above asks for anything.
    NoConditions,
    /// It is older than its organisation allows, or than 365 days.
    OverAge,
    /// It is used from many addresses.
    ManyAddresses,
    /// It was used, and isn't any more.
    Idle,
    /// It was never used.
    NeverUsed,
    /// It holds scopes that it doesn't use.
    UnusedScopes,
}
