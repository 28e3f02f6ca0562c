//! An anomaly, as it is shown.

use argus_store::anomaly::{Anomaly, AnomalyDetector, AnomalyState, Response, Severity};
use argus_store::{AnomalyId, KeyId};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Time, words};

/// Something that stood out in the use of a key.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Anomaly)]
pub struct AnomalyView {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: AnomalyId,
    /// The organisation of the key.
    organisation: String,
    /// The key.
    #[schema(value_type = String, format = Uuid)]
    key_id: KeyId,
    /// Where the key is: its organisation, its project, its name.
    key_path: String,
    /// What found it.
    #[schema(schema_with = words::detector)]
    detector: AnomalyDetector,
    /// How soon a person should look.
    #[schema(schema_with = words::severity)]
    severity: Severity,
    /// In words and numbers.
    explanation: String,
    /// How unusual, on the detector's own scale; 1 is where it begins to tell.
    score: f64,
    /// What is usual, on the detector's own scale.
    baseline: f64,
    /// What was seen, on the same scale.
    observed: f64,
    /// What the owner could do: `notify`, `rotate`, `suspend` or `revoke`.
    suggestion: String,
    /// Ids of the first decisions that showed it.
    request_ids: Vec<String>,
    /// When it was found first.
    first_seen_at: Time,
    /// When it was seen last.
    last_seen_at: Time,
    /// How many observations have shown it.
    times: i64,
    /// What people have said of it.
    #[schema(schema_with = words::anomaly_state)]
    pub state: AnomalyState,
    /// Until when it is not told again.
    snoozed_until: Option<Time>,
    /// Why, in their words.
    reason: Option<String>,
    /// What was done about it.
    #[schema(schema_with = words::response)]
    response: Option<Response>,
    /// When.
    responded_at: Option<Time>,
}

impl From<Anomaly> for AnomalyView {
    fn from(of: Anomaly) -> Self {
        Self {
            id: of.id,
            key_id: of.key_id,
            key_path: of.key_path(),
            organisation: of.organisation_name,
            detector: of.detector,
            severity: of.severity,
            explanation: of.explanation,
            score: of.evidence.score,
            baseline: of.evidence.baseline,
            observed: of.evidence.observed,
            suggestion: of.evidence.suggestion,
            request_ids: of.evidence.request_ids,
            first_seen_at: Time(of.first_seen_at),
            last_seen_at: Time(of.last_seen_at),
            times: of.times,
            state: of.state,
            snoozed_until: of.snoozed_until.map(Time),
            reason: of.note,
            response: of.response,
            responded_at: of.responded_at.map(Time),
        }
    }
}
