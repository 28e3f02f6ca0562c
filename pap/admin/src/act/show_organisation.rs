//! Showing an organisation.

use argus_store::{OrganisationId, organisation};

use crate::resource::{HOST, Own};
use crate::view::OrganisationView;
use crate::{Admin, AdminError, Call};

impl Admin {
    /// Shows an organisation. Whoever lacks `argus/argus/organisations:read` finds nothing.
    pub async fn show_organisation(&self, call: &Call, id: &str) -> Result<OrganisationView, AdminError> {
        call.require_sight(HOST, Own::Organisations)?;
        let id: OrganisationId = id.parse().map_err(|_| AdminError::NotFound)?;
        let found = self.with_store(move |store| Ok(store.read(|conn| organisation::find(conn, id))?)).await?;
        found.map(OrganisationView::from).ok_or(AdminError::NotFound)
    }
}
