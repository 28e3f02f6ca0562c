//! Waiting until every decision point knows what was stopped: one way, one time-out and one answer for every act that
//! stops something.

use std::time::Duration;

use serde::Serialize;
use utoipa::ToSchema;

use crate::body::Fields;
use crate::{Admin, Applied, FaultCode, NodeView};

/// How far an act has come when it is answered. It is done, and kept, whatever is missing here.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct InForce {
    /// The decision points that know it already.
    pub applied_by: u32,
    /// The decision points there are.
    pub decision_points: u32,
    /// How long it took until they did.
    pub applied_after_milliseconds: u64,
    /// The decision points that had not said so when this was answered.
    pub behind: Vec<NodeView>,
}

/// For how long the answer waits, where the caller doesn't say.
const WAIT_SECONDS: i64 = 1;

/// The longest that a caller may make it wait.
const LONGEST_WAIT_SECONDS: i64 = 20;

/// The same for an act whose request has no body to say it in.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);

impl Admin {
    /// Waits until every decision point knows what `settled` tells of, or `patience` ends. The act is done, whatever
    /// becomes of the waiting.
    pub(super) async fn wait_everywhere(&self, settled: Applied, patience: Duration) -> InForce {
        let (applied, behind) = self.settle_everywhere(settled, patience).await;
        InForce {
            applied_by: applied.by,
            decision_points: applied.of,
            applied_after_milliseconds: u64::try_from(applied.after.as_millis()).unwrap_or(u64::MAX),
            behind,
        }
    }
}

/// Reads the member `wait_seconds`.
pub(super) fn wait(fields: &mut Fields) -> Duration {
    let seconds = fields.integer("wait_seconds").unwrap_or(WAIT_SECONDS);
    if !(0..=LONGEST_WAIT_SECONDS).contains(&seconds) {
        let detail = format!("a wait is 0 to {LONGEST_WAIT_SECONDS} seconds, this is {seconds}");
        fields.fault("wait_seconds", FaultCode::InvalidField, detail, None);
    }
    Duration::from_secs(u64::try_from(seconds).unwrap_or_default())
}
