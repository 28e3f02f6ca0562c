//! A limit that keys share, and what uses cost, as they are shown.

use argus_store::cost::{Cost, CostTable};
use argus_store::limit::SharedLimit;
use argus_store::{LimitId, LimitStrategy, Refill};
use serde::Serialize;
use utoipa::ToSchema;

use super::Time;

/// A limit that keys share.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SharedLimit)]
pub struct LimitView {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: LimitId,
    /// The organisation whose keys share it.
    organisation: String,
    /// The project whose keys share it; null: it is not that of a project.
    project: Option<String>,
    /// The owner whose keys share it; null: it is not that of an owner.
    owner: Option<String>,
    /// Its name, unlike that of any other limit of the organisation.
    name: String,
    /// How it counts.
    #[schema(value_type = crate::schema::Strategy)]
    strategy: LimitStrategy,
    /// How much is let through in a window.
    limit: u64,
    /// How long a window is.
    window_seconds: u64,
    /// How much a token bucket holds, where that is not `limit`.
    burst: Option<u64>,
    /// What a new period of a quota does; null: it is no quota.
    #[schema(value_type = Option<crate::schema::Refill>)]
    refill: Option<Refill>,
    /// What a use costs that doesn't say, and that no row of the table of costs is of; null: 1.
    cost: Option<u64>,
    /// Uses of which actions it counts; empty: of all.
    actions: Vec<String>,
    /// Uses of resources of which types it counts; empty: of all.
    resource_types: Vec<String>,
    /// When it was made.
    created_at: Time,
    #[serde(skip)]
    pub(super) generation: i64,
}

impl From<SharedLimit> for LimitView {
    fn from(limit: SharedLimit) -> Self {
        let definition = limit.definition;
        Self {
            id: limit.id,
            organisation: limit.organisation_name,
            project: limit.project_name,
            owner: limit.owner,
            name: definition.name,
            strategy: definition.strategy,
            limit: definition.limit,
            window_seconds: definition.window_seconds,
            burst: definition.burst,
            refill: (definition.strategy == LimitStrategy::Quota).then_some(definition.refill),
            cost: definition.cost,
            actions: definition.actions,
            resource_types: definition.resource_types,
            created_at: Time(limit.created_at),
            generation: limit.generation,
        }
    }
}

/// What uses cost in an organisation that don't say.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Costs)]
pub struct CostsView {
    /// The organisation.
    organisation: String,
    /// The rows. Of several that a use fits, the one that names both its action and the type of its resource holds; then
    /// the one that names the action; then the one that names the type.
    #[schema(value_type = Vec<crate::schema::Cost>)]
    costs: Vec<Cost>,
    #[serde(skip)]
    pub(super) generation: i64,
}

impl From<CostTable> for CostsView {
    fn from(CostTable { name, costs, generation, .. }: CostTable) -> Self {
        Self { organisation: name, costs, generation }
    }
}
