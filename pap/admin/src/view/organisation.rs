//! An organisation, as it is shown.

use argus_store::OrganisationId;
use argus_store::organisation::Organisation;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{ConditionsView, time};

/// An organisation.
#[derive(Debug, Clone, Serialize)]
pub struct OrganisationView {
    /// Its id.
    pub id: OrganisationId,
    name: String,
    display_name: Option<String>,
    conditions: ConditionsView,
    #[serde(serialize_with = "time")]
    created_at: DateTime<Utc>,
}

impl From<Organisation> for OrganisationView {
    fn from(organisation: Organisation) -> Self {
        Self {
            id: organisation.id,
            name: organisation.name,
            display_name: organisation.display_name,
            conditions: organisation.conditions.into(),
            created_at: organisation.created_at,
        }
    }
}
