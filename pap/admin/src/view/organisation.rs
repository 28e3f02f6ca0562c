//! An organisation, as it is shown.

use argus_store::OrganisationId;
use argus_store::organisation::Organisation;
use serde::Serialize;

use super::{ConditionsView, Time};

/// An organisation.
#[derive(Debug, Clone, Serialize)]
pub struct OrganisationView {
    /// Its id.
    pub id: OrganisationId,
    name: String,
    display_name: Option<String>,
    conditions: ConditionsView,
    created_at: Time,
}

impl From<Organisation> for OrganisationView {
    fn from(organisation: Organisation) -> Self {
        Self {
            id: organisation.id,
            name: organisation.name,
            display_name: organisation.display_name,
            conditions: organisation.conditions.into(),
            created_at: Time(organisation.created_at),
        }
    }
}
