//! What is told of each decision to whoever counts them. Who counts, and how, is not known here.

use std::fmt::Debug;
use std::net::IpAddr;
use std::sync::Arc;

use argus_credentials::CredentialId;
use argus_engine::decision::Decision;
use argus_engine::scope::Scope;
use argus_store::KeyId;

use crate::decision_id::DecisionId;
use crate::moment::Moment;
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
    /// What it costs.
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
    /// The key and the credential for which a wrong secret was presented: who did so does not hold the key.
    pub guessed: Option<(KeyId, Option<CredentialId>)>,
    /// Whether what was presented is a credential that was taken from its key.
    pub is_retired: bool,
    /// What the key grants.
    pub scopes: &'u [Scope],
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
}

/// Whoever counts decisions.
pub trait UsageSink: Debug + Send + Sync {
    /// Takes note of a decision. It must not wait for anything.
    fn note(&self, of: &Use<'_>);

    /// What became of those noted so far.
    fn noted(&self) -> UsesNoted;
}
