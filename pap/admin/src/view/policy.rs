//! What an organisation asks of the life of its keys, in the form in which it is sent.

use argus_store::organisation::{OrganisationPolicy, ResponseRule};
use serde::Serialize;
use utoipa::ToSchema;

/// What an organisation asks of the life of its keys. What is `null` isn't asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = OrganisationPolicy)]
pub(crate) struct PolicyView {
    /// How old a key may become.
    max_age_seconds: Option<i64>,
    /// How long a key may be unused.
    max_idle_seconds: Option<i64>,
    /// How often a key gets a new secret, where the key doesn't say.
    rotation_interval_seconds: Option<i64>,
    /// How long an older secret is good beside a new one, where the key doesn't say.
    grace_seconds: Option<i64>,
    /// What is done about anomalies without anybody's asking. Of several that apply, the strongest is done.
    responses: Vec<ResponseRuleView>,
    /// Days, or days in a row with both ends, on which its keys rest: silence and an unusual volume are told of none.
    #[schema(example = json!(["2026-12-25", "2026-12-24/2027-01-01"]))]
    holidays: Vec<String>,
}

/// What is done about anomalies of one detector, or of all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ResponseRule)]
pub(crate) struct ResponseRuleView {
    /// Of this detector; `null`: of all.
    #[schema(example = "shared-key")]
    detector: Option<String>,
    /// From this severity on: `low`, `medium`, `high` or `critical`.
    #[schema(example = "critical")]
    severity: String,
    /// What is done: `notify`, `rotate`, `suspend` or `revoke`.
    #[schema(example = "suspend")]
    response: String,
}

impl From<ResponseRule> for ResponseRuleView {
    fn from(rule: ResponseRule) -> Self {
        Self {
            detector: rule.detector.map(|detector| detector.to_string()),
            severity: rule.severity.to_string(),
            response: rule.response.to_string(),
        }
    }
}

impl From<OrganisationPolicy> for PolicyView {
    fn from(policy: OrganisationPolicy) -> Self {
        Self {
            max_age_seconds: policy.max_age_seconds,
            max_idle_seconds: policy.max_idle_seconds,
            rotation_interval_seconds: policy.rotation_interval_seconds,
            grace_seconds: policy.grace_seconds,
            responses: policy.responses.into_iter().map(ResponseRuleView::from).collect(),
            holidays: policy.holidays.iter().map(ToString::to_string).collect(),
        }
    }
}
