//! Changing an organisation: what people call it, what its keys have to meet, what it asks of their life, its plan.

use argus_engine::scope::Action;
use argus_store::organisation::{self, Organisation, OrganisationChange};
use argus_store::plan::{self, Plan};
use argus_store::{Conn, OrganisationId, StoreError};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tracing::info;

use super::plan::room;
use crate::body::{Body, Fields, conditions, display_name, policy, time_zone};
use crate::repeat::Keep;
use crate::resource::{HOST, Own};
use crate::view::{ChangedOrganisation, ConditionsView, OverView, PolicyView, Seen};
use crate::{Admin, AdminError, Call, FaultCode};

/// The plan of an organisation that nobody has given another.
const FULL: &str = "enterprise";

impl Admin {
    /// Changes an organisation as a merge patch says, where the caller has seen what he changes, and says what it has more
    /// of than its plan lets it. Needs `argus/argus/organisations:write`: who runs the installation gives plans.
    pub async fn change_organisation(
        &self,
        call: &Call,
        id: &str,
        seen: &Seen,
        patch: Body,
    ) -> Result<ChangedOrganisation, AdminError> {
        if !call.may(HOST, Own::Organisations, Action::Write)? {
            call.require_sight(HOST, Own::Organisations)?;
        }
        call.require(HOST, Own::Organisations, Action::Write)?;
        let id: OrganisationId = id.parse().map_err(|_| AdminError::NotFound)?;
        let read_both = move |conn: &mut Conn| Ok((organisation::find(conn, id)?, plan::list(conn)?));
        let (found, plans) = self.with_store(move |store| Ok(store.read(read_both)?)).await?;
        let present = found.ok_or(AdminError::NotFound)?;
        if !seen.includes(present.generation) {
            return Err(AdminError::Stale { what: "the organisation" });
        }
        let change = read(patch, &present, &plans)?;
        let (act, generation) = (call.act(id, self.now()), present.generation);
        let work = move |conn: &mut Conn| {
            let changed = organisation::change(conn, &act, &change, Some(generation))?;
            changed.map(|changed| with_over(conn, changed, act.at)).transpose()
        };
        let (changed, sequence) = self.act(call, work, |_| Keep::Nothing).await?;
        let changed = changed.ok_or(AdminError::NotFound)?;
        let name = changed.organisation.name();
        info!(organisation.id = %id, request.id = call.request_id(), "changed organisation {name}");
        self.settle(sequence).await;
        Ok(changed)
    }
}

/// An organisation, and what it has more of than its plan lets it.
fn with_over(conn: &mut Conn, of: Organisation, at: DateTime<Utc>) -> Result<ChangedOrganisation, StoreError> {
    let plan = plan::find_of(conn, &of)?;
    let over = plan::list_over(conn, &of, &plan, at)?;
    Ok(ChangedOrganisation { organisation: of.into(), over: over.into_iter().map(OverView::from).collect() })
}

fn read(patch: Body, present: &Organisation, plans: &[Plan]) -> Result<OrganisationChange, AdminError> {
    let mut fields = Fields::of(patch.merged_into(document(present)));
    let change = OrganisationChange {
        display_name: Some(display_name(&mut fields)),
        conditions: Some(conditions(&mut fields)),
        policy: Some(policy(&mut fields)),
        time_zone: Some(time_zone(&mut fields)),
        plan: Some(plan_name(&mut fields, plans)),
    };
    fields.finish()?;
    let plan = plans.iter().find(|plan| change.plan.as_ref() == Some(&plan.name));
    if let (Some(plan), Some(wanted)) = (plan, &change.policy) {
        room::for_responses(plan, &present.policy, wanted)?;
    }
    Ok(change)
}

/// Reads the member `plan`; the one without maxima where it isn't there. A fault is noted.
fn plan_name(fields: &mut Fields, plans: &[Plan]) -> String {
    let Some(name) = fields.text("plan") else { return FULL.to_owned() };
    if plans.iter().all(|plan| plan.name != name) {
        let names: Vec<String> = plans.iter().map(|plan| format!("`{}`", plan.name)).collect();
        let help = format!("the plans are {}", names.join(", "));
        fields.fault("plan", FaultCode::NotFound, format!("there is no plan `{}`", name.escape_debug()), Some(help));
    }
    name
}

/// What can be changed of it.
fn document(present: &Organisation) -> Value {
    json!({
        "display_name": present.display_name,
        "conditions": ConditionsView::from(present.conditions.clone()),
        "policy": PolicyView::from(present.policy.clone()),
        "time_zone": present.time_zone,
        "plan": present.plan,
    })
}
