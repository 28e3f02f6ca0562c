//! What is told of each decision to whoever counts them, of what it came to afterwards, and of each use of Argus's own
//! resources. Who counts, and how, is not known here.

use std::fmt::Debug;
use std::net::IpAddr;
use std::sync::Arc;

use argus_credentials::CredentialId;
use argus_engine::decision::Decision;
use argus_engine::scope::Scope;
use argus_store::quota::QuotaPeriod;
use argus_store::{KeyId, NodeId, StoreError};
use serde_json::value::RawValue;

use crate::decision_id::DecisionId;
use crate::moment::Moment;
use crate::places::PlaceNames;
use crate::reason::Reason;

/// One decision, as far as it is counted.
#[derive(Debug, Clone, Copy)]
pub struct Use<'u> {
    /// When it was asked for.
    pub at: Moment,
    /// The organisation that decided.
    pub organisation: &'u Arc<str>,
    /// The key that was presented: none where it isn't known, or its secret was wrong.
    pub key: Option<KeyId>,
    /// What was answered.
    pub decision: Decision,
    /// Why it is no Permit.
    pub reason: Option<Reason>,
    /// How long it took, from the arrival of the request.
    pub seconds: f64,
    /// What it costs; nothing yet, where that is told [later](UsageSink::note_cost).
    pub cost: u64,
    /// The client's address.
    pub address: Option<IpAddr>,
    /// The resource.
    pub resource: Option<&'u str>,
    /// The action.
    pub action: Option<&'u str>,
    /// The id of the answer.
    pub id: DecisionId,
    /// What the client calls itself.
    pub user_agent: Option<&'u str>,
    /// What was presented.
    pub presented: Shown,
    /// What the key grants.
    pub scopes: &'u [Scope],
}

/// What was presented for a decision. Of a credential the id, where it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// A credential of the key; or none, or one that is refused for what it and everybody knows.
    Own,
    /// One that was taken from its key.
    Retired(Option<CredentialId>),
    /// A wrong secret of this key's: who did so does not hold the key.
    Guessed(KeyId, Option<CredentialId>),
}

/// A permitted use of which only the most that it costs is known: what has to be told of it again when it is settled.
#[derive(Debug, Clone)]
pub struct ReservedUse {
    /// When it was asked for.
    pub at: Moment,
    /// The organisation that decided, which is that of the key.
    pub organisation: Arc<str>,
    /// The key.
    pub key: KeyId,
    /// The client's address.
    pub address: Option<IpAddr>,
    /// The action.
    pub action: Box<str>,
}

/// A permitted use of Argus's own resources: an act of administration, or the asking for decisions.
#[derive(Debug, Clone, Copy)]
pub struct OwnUse<'u> {
    /// When.
    pub at: Moment,
    /// The organisation that the key belongs to.
    pub organisation: &'u Arc<str>,
    /// The key.
    pub key: KeyId,
    /// What the key grants.
    pub scopes: &'u [Scope],
    /// The resource, such as `acme/argus/keys`.
    pub resource: &'u str,
    /// The action.
    pub action: &'u str,
}

/// What became of the uses that were noted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UsesNoted {
    /// Those that were taken.
    pub taken: u64,
    /// Those that were not, for want of room.
    pub dropped: u64,
    /// Those that wait to be written.
    pub waiting: u64,
    /// Those that are in the store.
    pub written: u64,
    /// Attempts to write them that failed, and are repeated.
    pub failures: u64,
    /// Uses of Argus's own resources that were taken. They are among none of the others.
    pub acts: u64,
    /// Those of them that were not, for want of room.
    pub acts_dropped: u64,
}

/// Whoever counts decisions. Nothing here may wait for anything, unless it says so.
pub trait UsageSink: Debug + Send + Sync {
    /// Takes note of a decision.
    fn note(&self, of: &Use<'_>);

    /// Takes note of what a use came to that was noted as costing nothing.
    fn note_cost(&self, of: &ReservedUse, cost: u64);

    /// What a journal is to keep of a decision, which is counted by that and not [noted](Self::note); with the country and
    /// the autonomous system of the client's address. Nothing where nothing is to be counted.
    fn journal(&self, of: &Use<'_>, place: PlaceNames) -> Option<Box<RawValue>>;

    /// The same of what a use came to that was noted as costing nothing.
    fn journal_cost(&self, of: &ReservedUse, cost: u64, place: PlaceNames) -> Option<Box<RawValue>>;

    /// Counts what a journal has kept in one segment, with what was used of quotas: all of it or nothing, and once however
    /// often it is handed in under its number. How many of the uses could not be read. Blocks.
    fn count_journaled(
        &self,
        segment: (NodeId, i64),
        uses: &[&RawValue],
        quotas: &[(QuotaPeriod, i64)],
    ) -> Result<usize, StoreError>;

    /// Takes note of a use of Argus's own resources.
    fn note_act(&self, of: &OwnUse<'_>);

    /// What became of those noted so far.
    fn noted(&self) -> UsesNoted;
}
