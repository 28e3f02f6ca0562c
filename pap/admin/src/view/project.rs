//! A project, as it is shown.

use argus_store::ProjectId;
use argus_store::project::Project;
use serde::Serialize;

use super::{ConditionsView, Time};

/// A project.
#[derive(Debug, Clone, Serialize)]
pub struct ProjectView {
    /// Its id.
    pub id: ProjectId,
    path: String,
    organisation: String,
    name: String,
    conditions: ConditionsView,
    created_at: Time,
}

impl ProjectView {
    pub(crate) fn new(project: Project, organisation: &str) -> Self {
        Self {
            id: project.id,
            path: format!("{organisation}/{}", project.name),
            organisation: organisation.to_owned(),
            name: project.name,
            conditions: project.conditions.into(),
            created_at: Time(project.created_at),
        }
    }
}
