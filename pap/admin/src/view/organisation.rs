//! An organisation, as it is shown.

use argus_store::OrganisationId;
use argus_store::organisation::Organisation;
use serde::Serialize;
use utoipa::ToSchema;

use super::{ConditionsView, PolicyView, Time};

/// An organisation.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Organisation)]
pub struct OrganisationView {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: OrganisationId,
    /// Its segment in resource paths.
    name: String,
    /// What people call it.
    display_name: Option<String>,
    /// What every key of it has to meet.
    conditions: ConditionsView,
    /// What it asks of the life of its keys.
    policy: PolicyView,
    /// Whose days and months its quotas follow: a name of the time zone database.
    time_zone: String,
    /// When it was made.
    created_at: Time,
    #[serde(skip)]
    pub(super) generation: i64,
}

impl OrganisationView {
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl From<Organisation> for OrganisationView {
    fn from(organisation: Organisation) -> Self {
        Self {
            id: organisation.id,
            name: organisation.name,
            display_name: organisation.display_name,
            conditions: organisation.conditions.into(),
            policy: organisation.policy.into(),
            time_zone: organisation.time_zone,
            created_at: Time(organisation.created_at),
            generation: organisation.generation,
        }
    }
}
