//! Changing an organisation: what people call it, what its keys have to meet, what it asks of their life.

use argus_engine::scope::Action;
use argus_store::organisation::{self, Organisation, OrganisationChange};
use argus_store::{Conn, OrganisationId};
use serde_json::{Value, json};
use tracing::info;

use crate::body::{Body, Fields, conditions, display_name, policy, time_zone};
use crate::repeat::Keep;
use crate::resource::{HOST, Own};
use crate::view::{ConditionsView, OrganisationView, PolicyView, Seen};
use crate::{Admin, AdminError, Call};

impl Admin {
    /// Changes an organisation as a merge patch says, where the caller has seen what he changes. Needs
    /// `argus/argus/organisations:write`.
    pub async fn change_organisation(
        &self,
        call: &Call,
        id: &str,
        seen: &Seen,
        patch: Body,
    ) -> Result<OrganisationView, AdminError> {
        if !call.may(HOST, Own::Organisations, Action::Write)? {
            call.require_sight(HOST, Own::Organisations)?;
        }
        call.require(HOST, Own::Organisations, Action::Write)?;
        let id: OrganisationId = id.parse().map_err(|_| AdminError::NotFound)?;
        let found = self.with_store(move |store| Ok(store.read(|conn| organisation::find(conn, id))?)).await?;
        let present = found.ok_or(AdminError::NotFound)?;
        if !seen.includes(present.generation) {
            return Err(AdminError::Stale { what: "the organisation" });
        }
        let change = read(patch, &present)?;
        let (act, generation) = (call.act(id, self.now()), present.generation);
        let work = move |conn: &mut Conn| organisation::change(conn, &act, &change, Some(generation));
        let (changed, sequence) = self.act(call, work, |_| Keep::Nothing).await?;
        let changed = changed.map(OrganisationView::from).ok_or(AdminError::NotFound)?;
        info!(organisation.id = %id, request.id = call.request_id(), "changed organisation {}", changed.name());
        self.settle(sequence).await;
        Ok(changed)
    }
}

fn read(patch: Body, present: &Organisation) -> Result<OrganisationChange, AdminError> {
    let mut fields = Fields::of(patch.merged_into(document(present)));
    let change = OrganisationChange {
        display_name: Some(display_name(&mut fields)),
        conditions: Some(conditions(&mut fields)),
        policy: Some(policy(&mut fields)),
        time_zone: Some(time_zone(&mut fields)),
    };
    fields.finish()?;
    Ok(change)
}

/// What can be changed of it.
fn document(present: &Organisation) -> Value {
    json!({
        "display_name": present.display_name,
        "conditions": ConditionsView::from(present.conditions.clone()),
        "policy": PolicyView::from(present.policy.clone()),
        "time_zone": present.time_zone,
    })
}
