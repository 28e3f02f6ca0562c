//! Revoking a key: it is over when the decision points refuse it. Revoking it again changes nothing.

use std::time::Duration;

use argus_store::key::{self, Revocation};
use serde::Serialize;
use tracing::info;
use utoipa::ToSchema;

use super::revoke_keys::cause;
use crate::body::{Body, Fields};
use crate::repeat::Keep;
use crate::view::KeyView;
use crate::{Admin, AdminError, Answer, Applied, Call, FaultCode, NodeView};

/// What a revocation has done.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RevokedKey {
    /// The key, as it is now.
    #[serde(flatten)]
    pub key: KeyView,
    /// Its credentials, all of which are refused now.
    pub revoked_credentials: usize,
    /// Keys derived from it, which are refused with it.
    pub revoked_delegated_keys: u32,
    /// The decision points that refuse it already.
    pub applied_by: u32,
    /// The decision points there are.
    pub decision_points: u32,
    /// How long it took until they did.
    pub applied_after_milliseconds: u64,
    /// The decision points that had not said so when this was answered.
    pub behind: Vec<NodeView>,
}

/// The reason that is kept where none is said.
const MANUAL: &str = "manual";

/// For how long the answer waits until every decision point refuses the key, where the caller doesn't say.
const WAIT_SECONDS: i64 = 1;

/// The longest that a caller may make it wait.
const LONGEST_WAIT_SECONDS: i64 = 20;

/// The longest reason, in characters.
const LONGEST_REASON: usize = 500;

impl Admin {
    /// Revokes a key. Needs `<organisation>/argus/keys:write`.
    pub async fn revoke_key(&self, call: &Call, id: &str, body: Body) -> Result<RevokedKey, AdminError> {
        let key = self.writable_key(call, id).await?;
        let mut fields = Fields::of(body);
        let revocation = Revocation { cause: cause(&mut fields), reason: reason(&mut fields) };
        let patience = wait(&mut fields);
        fields.finish()?;
        let id = key.id;
        let work = move |conn: &mut argus_store::Conn, act: &argus_store::Act| key::revoke(conn, act, id, &revocation);
        let keep =
            |key: &KeyView, _: &_| Keep::Answer(Answer::of(200, &revoked(key.clone(), Applied::NOWHERE, Vec::new())));
        let (key, _, applied) = self.act_on_key(call, &key, work, keep).await?;
        // It is done, whatever becomes of the waiting.
        let (applied, behind) = self.settle_everywhere(applied, patience).await;
        info!(key.id = %key.id, request.id = call.request_id(), "revoked key {}", key.path);
        Ok(revoked(key, applied, behind))
    }
}

fn revoked(key: KeyView, applied: Applied, behind: Vec<NodeView>) -> RevokedKey {
    RevokedKey {
        revoked_credentials: key.live_credentials(),
        revoked_delegated_keys: key.delegated_keys(),
        applied_by: applied.by,
        decision_points: applied.of,
        applied_after_milliseconds: u64::try_from(applied.after.as_millis()).unwrap_or(u64::MAX),
        behind,
        key,
    }
}

/// Reads the member `wait_seconds`.
fn wait(fields: &mut Fields) -> Duration {
    let seconds = fields.integer("wait_seconds").unwrap_or(WAIT_SECONDS);
    if !(0..=LONGEST_WAIT_SECONDS).contains(&seconds) {
        let detail = format!("a wait is 0 to {LONGEST_WAIT_SECONDS} seconds, this is {seconds}");
        fields.fault("wait_seconds", FaultCode::InvalidField, detail, None);
    }
    Duration::from_secs(u64::try_from(seconds).unwrap_or_default())
}

/// Reads the member `reason`.
pub(super) fn reason(fields: &mut Fields) -> String {
    let reason = fields.text("reason").map_or_else(|| MANUAL.to_owned(), |text| text.trim().to_owned());
    if reason.is_empty() || reason.chars().count() > LONGEST_REASON || reason.chars().any(char::is_control) {
        let detail = format!("a reason has 1 to {LONGEST_REASON} characters, in one line");
        fields.fault("reason", FaultCode::InvalidField, detail, None);
    }
    reason
}
