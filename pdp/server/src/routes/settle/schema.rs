//! The body and the answer of `POST /v1/settle`.

use serde::Serialize;
use utoipa::ToSchema;

/// What a use came to.
#[derive(ToSchema)]
#[schema(as = Settlement)]
#[expect(dead_code, reason = "described here, read by `decode`")]
pub(in crate::routes) struct SettlementBody {
    /// The decision that it was reserved with.
    decision_id: String,
    /// What it came to: at most what was reserved.
    #[schema(minimum = 0)]
    cost: i64,
}

/// What became of the rest.
#[derive(Serialize, ToSchema)]
#[schema(as = Settled)]
pub(in crate::routes) struct SettledBody {
    /// The decision.
    pub(super) decision_id: String,
    /// What the use came to.
    #[schema(minimum = 0, value_type = i64)]
    pub(super) cost: u64,
    /// What was reserved above that, and is given back to the limits that it still counts in.
    #[schema(minimum = 0, value_type = i64)]
    pub(super) returned: u64,
}
