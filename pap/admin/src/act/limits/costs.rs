//! What uses cost in an organisation that don't say: showing the table, and putting another in its place.

use argus_store::cost::{self, CostTable};
use argus_store::{Conn, OrganisationId, StoreError, organisation};
use serde_json::json;
use tracing::info;

use super::require_writing;
use crate::body::{Body, Fields, costs};
use crate::repeat::Keep;
use crate::resource::Own;
use crate::view::{CostsView, Seen};
use crate::{Admin, AdminError, Call};

impl Admin {
    /// Shows what uses cost. Whoever lacks `<organisation>/argus/limits:read` finds nothing.
    pub async fn show_costs(&self, call: &Call, organisation: &str) -> Result<CostsView, AdminError> {
        let found = self.find_costs(organisation).await?;
        call.require_sight(&found.name, Own::Limits)?;
        Ok(found.into())
    }

    /// Changes what uses cost as a merge patch says, where the caller has seen what he changes. Needs
    /// `<organisation>/argus/limits:write`.
    pub async fn change_costs(
        &self,
        call: &Call,
        organisation: &str,
        seen: &Seen,
        patch: Body,
    ) -> Result<CostsView, AdminError> {
        let present = self.find_costs(organisation).await?;
        require_writing(call, &present.name)?;
        if !seen.includes(present.generation) {
            return Err(AdminError::Stale { what: "the organisation" });
        }
        let mut fields = Fields::of(patch.merged_into(json!({ "costs": present.costs })));
        let costs = costs(&mut fields);
        fields.finish()?;
        let (id, generation) = (present.organisation_id, present.generation);
        let act = call.act(id, self.now());
        let work = move |conn: &mut Conn| cost::replace(conn, &act, &costs, generation);
        let (changed, sequence) = self.act(call, work, |_| Keep::Nothing).await?;
        info!(organisation.id = %id, request.id = call.request_id(), "changed what uses cost");
        self.settle(sequence).await;
        changed.map(CostsView::from).ok_or(AdminError::NotFound)
    }

    /// The table of an organisation, by its id or its name: who may change limits need not see organisations.
    async fn find_costs(&self, organisation: &str) -> Result<CostTable, AdminError> {
        let named = organisation.to_owned();
        let find = move |conn: &mut Conn| -> Result<_, StoreError> {
            if let Ok(id) = named.parse::<OrganisationId>() {
                return cost::find(conn, id);
            }
            let Some(found) = organisation::find_by_name(conn, &named)? else { return Ok(None) };
            cost::find(conn, found.id)
        };
        self.with_store(move |store| Ok(store.read(find)?)).await?.ok_or(AdminError::NotFound)
    }
}
