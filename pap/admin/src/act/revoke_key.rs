//! Revoking a key: it is over when the decision points refuse it. Revoking it again changes nothing.

use argus_store::key::{self, Revocation};
use serde::Serialize;
use tracing::info;
use utoipa::ToSchema;

use super::in_force::{InForce, wait};
use super::revoke_keys::cause;
use crate::body::{Body, Fields};
use crate::repeat::Keep;
use crate::view::KeyView;
use crate::{Admin, AdminError, Answer, Call, FaultCode};

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
    /// Who knows.
    #[serde(flatten)]
    pub in_force: InForce,
}

/// The reason that is kept where none is said.
const MANUAL: &str = "manual";

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
        let keep = |key: &KeyView, _: &_| Keep::Answer(Answer::of(200, &revoked(key.clone(), InForce::default())));
        let (key, _, applied) = self.act_on_key(call, &key, work, keep).await?;
        let in_force = self.wait_everywhere(applied, patience).await;
        info!(key.id = %key.id, request.id = call.request_id(), "revoked key {}", key.path);
        Ok(revoked(key, in_force))
    }
}

fn revoked(key: KeyView, in_force: InForce) -> RevokedKey {
    RevokedKey {
        revoked_credentials: key.live_credentials(),
        revoked_delegated_keys: key.delegated_keys(),
        in_force,
        key,
    }
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
