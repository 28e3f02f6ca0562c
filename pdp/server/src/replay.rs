//! A logged request, decided again: by the policies in force now, or by those of another time.
//!
//! Nothing is verified, enriched, counted or kept: what was known of the key then stands in the request.

use std::sync::Arc;

use argus_engine::evaluate::Environment;
use argus_engine::limits::Limits;
use argus_engine::types::ZoneOffset;
use argus_engine::value::Arena;
use argus_engine::wire;
use chrono::{DateTime, Utc};

use crate::moment::Moment;
use crate::pdp::Pdp;
use crate::policies::{Document, DocumentSet, InForce, Origin, PolicyVersion, build};

/// A request that was decided.
#[derive(Debug, Clone, Copy)]
pub struct PastRequest<'r> {
    /// The organisation whose policies decide.
    pub organisation: &'r str,
    /// The request as policies saw it, in the form of the JSON Profile.
    pub request: &'r str,
    /// When.
    pub at: DateTime<Utc>,
}

/// A policy document of another time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastDocument {
    /// Where it stood.
    pub path: String,
    /// The digest of its text.
    pub digest: String,
    /// Its text, where it is kept.
    pub text: Option<String>,
}

/// What is decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    /// The answer, in the form of the JSON Profile.
    pub response: String,
    /// Identifier of the root policy.
    pub policy_id: String,
    /// Its version.
    pub policy_version: String,
    /// All policies that decided.
    pub policies: Arc<PolicyVersion>,
}

/// Why nothing is decided.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayFault {
    /// The text of a policy is not kept.
    #[error("the text of the policy `{0}` is not kept any more")]
    Forgotten(String),
    /// The policies can't be evaluated by this version of the program.
    #[error("the policies of that time are refused: {0}")]
    Policies(String),
    /// The request can't be read.
    #[error("the logged request can't be read: {0}")]
    Request(String),
}

impl Pdp {
    /// Decides again, by what is in force now.
    pub fn replay(&self, past: PastRequest<'_>) -> Result<Replayed, ReplayFault> {
        replay(&self.snapshot().policies, past, self.limits())
    }

    /// Decides again, by the policies of another time, which are told by their digest.
    pub fn replay_by(
        &self,
        past: PastRequest<'_>,
        digest: &str,
        documents: Vec<PastDocument>,
    ) -> Result<Replayed, ReplayFault> {
        let now = Arc::clone(&self.snapshot().policies);
        if *now.version.digest == *digest {
            return replay(&now, past, self.limits());
        }
        let documents = documents.into_iter().map(restore).collect::<Result<_, _>>()?;
        let refused = |fault: crate::policies::PolicyFault| ReplayFault::Policies(fault.to_string());
        let built = build(&DocumentSet::new(documents), Origin::Store, self.limits(), &mut || {});
        let (then, _) = built.map_err(refused)?;
        replay(&then, past, self.limits())
    }
}

/// What isn't kept may be of the copy inside the program, which nobody imports.
fn restore(past: PastDocument) -> Result<Document, ReplayFault> {
    let PastDocument { path, digest, text } = past;
    let text = text.map(String::into_bytes).or_else(|| {
        let shipped = DocumentSet::shipped();
        let place = shipped.version().members.iter().position(|(_, of_shipped)| **of_shipped == *digest)?;
        shipped.documents.into_iter().nth(place).map(|document| document.bytes)
    });
    let bytes = text.ok_or_else(|| ReplayFault::Forgotten(path.clone()))?;
    Ok(Document { path, bytes })
}

fn replay(policies: &InForce, past: PastRequest<'_>, limits: Limits) -> Result<Replayed, ReplayFault> {
    let refused = |error: argus_engine::request::RequestError| ReplayFault::Request(error.message);
    let (domain, arena) = (policies.of(past.organisation), Arena::new());
    // What was known of the key has made it longer than the request that was let in.
    let limits = Limits { request_bytes: usize::MAX, ..limits };
    let request = wire::read_json(past.request, &arena, &limits).map_err(refused)?;
    let now = Moment { seconds: past.at.timestamp(), nanoseconds: past.at.timestamp_subsec_nanos() }.date_time();
    let environment = Environment { now, implicit_zone: ZoneOffset::UTC, limits, source: None };
    let response = domain.program.answer(&request, &environment, &arena).map_err(refused)?;
    let mut written = Vec::new();
    wire::write_json(&response, &mut written);
    Ok(Replayed {
        response: String::from_utf8(written).unwrap_or_default(),
        policy_id: domain.id.to_string(),
        policy_version: domain.version.to_string(),
        policies: Arc::clone(&policies.version),
    })
}
