//! Showing a logged decision, with its request and what the policies answered.

use argus_store::decision::{self, Decision};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::DecisionView;
use crate::resource::Own;
use crate::{Admin, AdminError, Call};

/// A decision, with what was asked and answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WholeDecision {
    #[serde(flatten)]
    decision: DecisionView,
    /// Ids of the attributes that were left out of the request, or have a network there in the place of an address.
    redacted: Vec<String>,
    /// The request as policies saw it, in the form of the JSON Profile: what is known of the key is in it, what was
    /// presented is not.
    #[schema(value_type = Object)]
    request: Value,
    /// What the policies answered, in that form.
    #[schema(value_type = Object)]
    response: Value,
}

impl Admin {
    /// Shows a logged decision. Whoever lacks `<organisation>/argus/decisions:read` finds nothing.
    pub async fn show_decision(&self, call: &Call, id: &str) -> Result<WholeDecision, AdminError> {
        let found = self.find_decision(call, id).await?;
        Ok(WholeDecision {
            decision: DecisionView::from(&found),
            redacted: serde_json::from_str(&found.redacted).unwrap_or_default(),
            request: serde_json::from_str(&found.request).unwrap_or_default(),
            response: serde_json::from_str(&found.response).unwrap_or_default(),
        })
    }

    /// A logged decision that the caller may see.
    pub(super) async fn find_decision(&self, call: &Call, id: &str) -> Result<Decision, AdminError> {
        let id = id.to_owned();
        let found = self.with_store(move |store| Ok(store.read(|conn| decision::find(conn, &id))?)).await?;
        let found = found.ok_or(AdminError::NotFound)?;
        call.require_sight(&found.organisation, Own::DecisionLog)?;
        Ok(found)
    }
}
