//! An organisation, as it is shown.

use argus_store::OrganisationId;
use argus_store::organisation::Organisation;
use serde::Serialize;
use utoipa::ToSchema;

use super::{ConditionsView, OverView, PolicyView, Tagged, Time};

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
    /// The name of its plan: what it may have at most.
    #[schema(example = "enterprise")]
    plan: String,
    /// Until when what was over its plan when it got it stays as it was; null where nothing was.
    #[schema(value_type = Option<String>, format = DateTime)]
    plan_grace_until: Option<Time>,
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
            plan: organisation.plan,
            plan_grace_until: organisation.plan_grace_until.map(Time),
            created_at: Time(organisation.created_at),
            generation: organisation.generation,
        }
    }
}

/// An organisation after a change, with what it has more of than its plan lets it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChangedOrganisation {
    /// The organisation.
    #[serde(flatten)]
    pub organisation: OrganisationView,
    /// What there is more of than the plan lets there be.
    pub over: Vec<OverView>,
}

impl Tagged for ChangedOrganisation {
    fn generation(&self) -> i64 {
        self.organisation.generation
    }

    /// That of the organisation as it is shown elsewhere.
    fn entity_tag(&self) -> String {
        self.organisation.entity_tag()
    }
}
