//! Revoking a key: it is over when the decision points refuse it. Revoking it again changes nothing.

use argus_engine::scope::Action;
use argus_store::{KeyId, change, key};
use serde::Serialize;
use tracing::info;

use super::read_key;
use crate::body::{Body, Fields};
use crate::resource::Own;
use crate::view::KeyView;
use crate::{Admin, AdminError, Applied, Call, FaultCode};

/// What a revocation has done.
#[derive(Debug, Clone, Serialize)]
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
}

/// The reason that is kept where none is said.
const MANUAL: &str = "manual";

/// The longest reason, in characters.
const LONGEST_REASON: usize = 500;

impl Admin {
    /// Revokes a key. Needs `<organisation>/argus/keys:write`.
    pub async fn revoke_key(&self, call: &Call, id: &str, body: Body) -> Result<RevokedKey, AdminError> {
        let id: KeyId = id.parse().map_err(|_| AdminError::NotFound)?;
        let organisation = self.organisation_of_key(id).await?;
        if !call.may(&organisation, Own::Keys, Action::Write)? {
            call.require_sight(&organisation, Own::Keys)?;
        }
        call.require(&organisation, Own::Keys, Action::Write)?;
        let reason = reason(Fields::of(body))?;

        let (at, call_of_act) = (self.now(), call.clone());
        let write = move |store: &argus_store::Store| {
            Ok(store.write(|conn| {
                let Some(found) = key::find(conn, id)? else { return Ok(None) };
                key::revoke(conn, &call_of_act.act(found.organisation_id, at), id, &reason)?;
                let Some(view) = read_key(conn, id)? else { return Ok(None) };
                Ok(Some((view, change::find_latest_sequence(conn)?)))
            })?)
        };
        let (key, sequence) = self.with_store(write).await?.ok_or(AdminError::NotFound)?;
        info!(key.id = %key.id, request.id = call.request_id(), "revoked key {}", key.path);
        let applied = self.settle(sequence).await;
        Ok(revoked(key, applied))
    }
}

fn revoked(key: KeyView, applied: Applied) -> RevokedKey {
    RevokedKey {
        revoked_credentials: key.live_credentials(),
        revoked_delegated_keys: key.delegated_keys(),
        applied_by: applied.by,
        decision_points: applied.of,
        applied_after_milliseconds: u64::try_from(applied.after.as_millis()).unwrap_or(u64::MAX),
        key,
    }
}

fn reason(mut fields: Fields) -> Result<String, AdminError> {
    let reason = fields.text("reason").map_or_else(|| MANUAL.to_owned(), |text| text.trim().to_owned());
    if reason.is_empty() || reason.chars().count() > LONGEST_REASON || reason.chars().any(char::is_control) {
        let detail = format!("a reason has 1 to {LONGEST_REASON} characters, in one line");
        fields.fault("reason", FaultCode::InvalidField, detail, None);
    }
    fields.finish()?;
    Ok(reason)
}
