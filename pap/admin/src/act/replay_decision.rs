//! Deciding a logged request again, and saying what differs.

use argus_engine::wire::answer::{Answer, Difference};
use argus_store::decision::{self, ADDRESSES_CUT_UP_TO, Decision};
use argus_store::{Conn, StoreError, setting};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::DecisionPolicy;
use crate::authority::{PastDecision, PastPolicies};
use crate::network::cut_answer;
use crate::{Admin, AdminError, Call, FaultCode, Query};

/// A logged request that was decided again.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReplayedDecision {
    /// The decision that was logged.
    id: String,
    /// By which policies it is decided again: those `then` in force, or those in force `now`.
    policies: String,
    /// Whether the same is answered.
    is_same: bool,
    /// What differs.
    differences: Vec<ReplayDifference>,
    /// What was answered.
    #[schema(value_type = Object)]
    before: Value,
    /// What is answered again.
    #[schema(value_type = Object)]
    after: Value,
    /// The policies by which it was decided.
    policy_before: DecisionPolicy,
    /// The policies by which it is decided again.
    policy_after: DecisionPolicy,
    /// Ids of attributes that are missing in the log, or have a network there in the place of an address, and that policies
    /// may have asked for.
    redacted: Vec<String>,
}

/// A difference between two answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReplayDifference {
    /// Where: `decision`, `status code`, `obligation`, `advice` or `applicable` (policies).
    part: String,
    /// What was answered; none where there was nothing.
    before: Option<String>,
    /// What is answered again; none where there is nothing.
    after: Option<String>,
}

impl Admin {
    /// Decides a logged request again, by the policies `then` in force (unless told) or those in force `now`, at the
    /// time of the request. Nothing comes of it. Whoever lacks `<organisation>/argus/decisions:read` finds nothing.
    pub async fn replay_decision(
        &self,
        call: &Call,
        id: &str,
        mut query: Query,
    ) -> Result<ReplayedDecision, AdminError> {
        let policies = query.take("policies").unwrap_or_else(|| "then".to_owned());
        if !matches!(policies.as_str(), "then" | "now") {
            query.fault(
                "policies",
                FaultCode::InvalidField,
                format!("`{}` is neither `then` nor `now`", policies.escape_debug()),
                None,
            );
        }
        query.finish_without_page()?;
        let found = self.find_decision(call, id).await?;
        if !found.is_evaluated {
            let reason = found.reason.as_deref().unwrap_or("none");
            return Err(AdminError::WrongState(format!("no policy was asked: the reason was `{reason}`")));
        }
        let past = if policies == "then" { Some(self.policies_of(&found).await?) } else { None };
        let authority = self.shared_authority();
        let work = move || {
            let asked = PastDecision {
                organisation: &found.organisation,
                request: &found.request,
                at: found.at,
                policies: past,
            };
            authority.replay(&asked).map(|replay| (replay, found))
        };
        // Compiling the policies of another time takes a core for a while.
        let (replay, found) = self.derive(move || work().map_err(AdminError::WrongState)).await?;
        // What was cut in the log is no difference.
        let is_cut = self.with_store(|store| Ok(store.read(|conn| setting::find(conn, ADDRESSES_CUT_UP_TO))?)).await?;
        let is_cut = is_cut.is_some_and(|up_to| found.id <= up_to);
        let response = if is_cut { cut_answer(&replay.response) } else { replay.response };
        let differences = compare(&found.response, &response)?;
        Ok(ReplayedDecision {
            policies,
            is_same: differences.is_empty(),
            differences,
            before: serde_json::from_str(&found.response).unwrap_or_default(),
            after: serde_json::from_str(&response).unwrap_or_default(),
            policy_before: DecisionPolicy::of(&found),
            policy_after: DecisionPolicy {
                id: replay.policy_id,
                version: replay.policy_version,
                set: replay.policy_set,
            },
            redacted: serde_json::from_str(&found.redacted).unwrap_or_default(),
            id: found.id,
        })
    }

    /// The policies that a decision was made by, as far as they are kept.
    async fn policies_of(&self, of: &Decision) -> Result<PastPolicies, AdminError> {
        let digest = of.policy_set.clone();
        let read = move |conn: &mut Conn| -> Result<Option<PastPolicies>, StoreError> {
            let Some(set) = decision::find_policy_set(conn, &digest)? else { return Ok(None) };
            let members: Vec<(String, String)> = serde_json::from_str(&set.members).unwrap_or_default();
            let digests: Vec<String> = members.iter().map(|(_, digest)| digest.clone()).collect();
            let texts = decision::find_policy_texts(conn, &digests)?;
            let documents = members.into_iter().map(|(path, digest)| {
                let text = texts.get(&digest).cloned();
                (path, digest, text)
            });
            Ok(Some(PastPolicies { digest: set.digest, documents: documents.collect() }))
        };
        let found = self.with_store(move |store| Ok(store.read(read)?)).await?;
        found.ok_or_else(|| AdminError::WrongState("the policies of that time are not known any more".to_owned()))
    }
}

fn compare(before: &str, after: &str) -> Result<Vec<ReplayDifference>, AdminError> {
    let read = |text: &str| {
        let unreadable = |error: argus_engine::request::RequestError| {
            AdminError::WrongState(format!("the answer can't be read: {}", error.message))
        };
        Answer::read(text.as_bytes()).map_err(unreadable)
    };
    let (before, after) = (read(before)?, read(after)?);
    Ok(after.differences(&before).into_iter().map(ReplayDifference::from).collect())
}

impl From<Difference> for ReplayDifference {
    fn from(of: Difference) -> Self {
        Self { part: of.part.to_owned(), before: of.expected, after: of.got }
    }
}
