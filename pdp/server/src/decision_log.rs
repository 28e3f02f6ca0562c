//! What is told of each decision to whoever keeps a log of them. Who keeps it, where and for how long, is not known
//! here.
//!
//! Nothing of a credential is in what is told: enrichment takes it out of the request before any policy sees it.

use std::fmt::{self, Debug};
use std::sync::Arc;

use argus_engine::request::{Attribute, Attributes, Individual, Request};
use argus_engine::response::{Duty, Response, Result as DecisionResult};
use argus_engine::wire;
use argus_store::KeyId;

use crate::decision_id::DecisionId;
use crate::metrics::Door;
use crate::names;
use crate::policies::{DomainPolicy, PolicyVersion};
use crate::usage::{Use, UsesNoted};

/// One decision, beside what is counted of it.
#[derive(Clone, Copy)]
pub struct LoggedDecision<'d> {
    /// The answer's id.
    pub id: DecisionId,
    /// Which of several results it is, from 1; `None` where it is the only one.
    pub place: Option<usize>,
    /// The enforcement point's key.
    pub caller: KeyId,
    /// All policies that were in force.
    pub policies: &'d Arc<PolicyVersion>,
    /// Whether they were asked.
    pub is_evaluated: bool,
    pub(crate) door: Door,
    pub(crate) policy: &'d DomainPolicy,
    pub(crate) request: Individual<'d>,
    pub(crate) result: &'d DecisionResult<'d>,
}

/// What is left out of requests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Redaction {
    /// Attributes of these ids.
    pub attributes: Vec<String>,
    /// The XML content of categories.
    pub content: bool,
}

/// A request as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedRequest {
    /// In the form of the JSON Profile.
    pub json: String,
    /// What was left out: ids of attributes, and `content`.
    pub redacted: Vec<String>,
}

/// Whoever keeps a log of decisions.
pub trait DecisionLog: Debug + Send + Sync {
    /// Takes note of a decision. It must not wait for anything.
    fn note(&self, of: &Use<'_>, decision: &LoggedDecision<'_>);

    /// What became of those noted so far.
    fn noted(&self) -> UsesNoted;
}

impl LoggedDecision<'_> {
    /// By which door it was asked for.
    pub fn door(&self) -> &'static str {
        self.door.as_str()
    }

    /// Identifier and version of the root policy.
    pub fn policy(&self) -> (&str, &str) {
        (&self.policy.id, &self.policy.version)
    }

    /// The request as policies saw it, without what is to be left out.
    pub fn request(&self, redaction: &Redaction) -> LoggedRequest {
        let mut redacted = Vec::new();
        let mut kept: Vec<Vec<Attribute<'_>>> = Vec::with_capacity(self.request.attributes.len());
        for attributes in self.request.attributes {
            let is_kept = |attribute: &&Attribute<'_>| {
                let is_kept = !redaction.attributes.iter().any(|id| id == attribute.id);
                if !is_kept && !redacted.iter().any(|id| id == attribute.id) {
                    redacted.push(attribute.id.to_owned());
                }
                is_kept
            };
            kept.push(attributes.attributes.iter().filter(is_kept).copied().collect());
        }
        let whole = self.request.attributes.iter().zip(&kept);
        let attributes = whole.map(|(attributes, kept)| {
            let content = attributes.content.filter(|_| !redaction.content);
            Attributes { attributes: kept, content, ..**attributes }
        });
        let attributes: Vec<Attributes<'_>> = attributes.collect();
        if redaction.content && self.request.attributes.iter().any(|attributes| attributes.content.is_some()) {
            redacted.push("content".to_owned());
        }
        let Individual { xpath_version, return_policy_id_list, .. } = self.request;
        let request = Request { return_policy_id_list, xpath_version, attributes: &attributes, ..Request::default() };
        LoggedRequest { json: wire::to_json(&request), redacted }
    }

    /// What the policies answered, in the form of the JSON Profile, without what Argus added or sent back.
    pub fn response(&self) -> String {
        let mut result = DecisionResult { attributes: &[], ..self.result.clone() };
        let is_carried_out = |duty: &mut Duty<'_>| {
            duty.assignments.retain(|assignment| assignment.id != names::CARRIED_OUT_BY);
        };
        result.obligations.iter_mut().for_each(is_carried_out);
        let mut written = Vec::with_capacity(256);
        wire::write_json(&Response { results: vec![result] }, &mut written);
        String::from_utf8(written).unwrap_or_default()
    }
}

impl fmt::Debug for LoggedDecision<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoggedDecision").field("id", &self.id).field("place", &self.place).finish_non_exhaustive()
    }
}
