//! What keys of one organisation share: limits, by what they are attached to, and what uses cost.

use std::sync::Arc;

use argus_store::cost::Cost;
use argus_store::limit::SharedLimit;
use argus_store::{Limit, ProjectId};
use rustc_hash::FxHashMap;

use crate::limits::{Level, PriceList};

/// The limits and the costs of an organisation.
#[derive(Debug, Default)]
pub(super) struct OrganisationLimits {
    of_all: Vec<(Level, Limit)>,
    of_projects: FxHashMap<ProjectId, Vec<(Level, Limit)>>,
    of_owners: FxHashMap<Box<str>, Vec<(Level, Limit)>>,
    pub(super) costs: Arc<PriceList>,
}

impl OrganisationLimits {
    pub(super) fn new(limits: Vec<SharedLimit>, costs: &[Cost]) -> Self {
        let mut sorted = Self { costs: Arc::new(PriceList::new(costs)), ..Self::default() };
        for limit in limits {
            sorted.add(limit);
        }
        sorted
    }

    pub(super) fn add(&mut self, limit: SharedLimit) {
        let SharedLimit { id, project_id, owner, definition, .. } = limit;
        match (project_id, owner) {
            (Some(project), _) => {
                self.of_projects.entry(project).or_default().push((Level::Project(id), definition));
            }
            (None, Some(owner)) => {
                self.of_owners.entry(owner.into()).or_default().push((Level::Owner(id), definition));
            }
            (None, None) => self.of_all.push((Level::Organisation(id), definition)),
        }
    }

    /// Those that bound a key of this project and this owner.
    pub(super) fn that_bound(&self, project: Option<ProjectId>, owner: &str) -> impl Iterator<Item = (Level, &Limit)> {
        let of_project = project.and_then(|project| self.of_projects.get(&project));
        let some = of_project.into_iter().chain(self.of_owners.get(owner)).flatten();
        self.of_all.iter().chain(some).map(|(level, limit)| (*level, limit))
    }
}
