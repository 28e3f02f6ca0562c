//! `GET /v1/organisations/{organisation}/plan`: what an organisation may have, and what it has more of.

use argus_engine::scope::Action;
use argus_store::{Conn, OrganisationId, organisation, plan};
use serde::Serialize;
use utoipa::ToSchema;

use crate::resource::{HOST, Own};
use crate::view::{OverView, PlanView, Time};
use crate::{Admin, AdminError, Call, FaultCode, Query};

/// What an organisation may have by a plan, and what it has more of.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlanStanding {
    /// The organisation.
    pub organisation: String,
    /// The name of the plan that it has.
    pub has: String,
    /// The plan that it is held against: its own, or the one that was asked about.
    pub plan: PlanView,
    /// Until when what is over its own plan stays as it was; null where nothing was over it when it got it.
    #[schema(value_type = Option<String>, format = DateTime)]
    grace_until: Option<Time>,
    /// What there is more of than the plan lets there be.
    pub over: Vec<OverView>,
}

impl Admin {
    /// Shows what an organisation has more of than its plan lets it, or than the one of `plan` would. Who may read
    /// neither `argus/argus/organisations` nor `<organisation>/argus/organisation` finds nothing.
    pub async fn show_organisation_plan(
        &self,
        call: &Call,
        id: &str,
        mut query: Query,
    ) -> Result<PlanStanding, AdminError> {
        let id: OrganisationId = id.parse().map_err(|_| AdminError::NotFound)?;
        let found = self.with_store(move |store| Ok(store.read(|conn| organisation::find(conn, id))?)).await?;
        let of = found.ok_or(AdminError::NotFound)?;
        if !call.may(HOST, Own::Organisations, Action::Read)? {
            call.require_sight(&of.name, Own::Organisation)?;
        }
        let asked = query.take("plan");
        let wanted = asked.clone().unwrap_or_else(|| of.plan.clone());
        let now = self.now();
        let read = move |conn: &mut Conn| {
            let Some(plan) = plan::find(conn, &wanted)? else { return Ok(None) };
            let over = plan::list_over(conn, &of, &plan, now)?;
            Ok(Some(PlanStanding {
                organisation: of.name,
                has: of.plan,
                plan: plan.into(),
                grace_until: of.plan_grace_until.map(Time),
                over: over.into_iter().map(OverView::from).collect(),
            }))
        };
        let standing = self.with_store(move |store| Ok(store.read(read)?)).await?;
        if standing.is_none() {
            let name = asked.unwrap_or_default();
            query.fault("plan", FaultCode::NotFound, format!("there is no plan `{}`", name.escape_debug()), None);
        }
        query.finish_without_page()?;
        standing.ok_or(AdminError::Unfinished)
    }
}
