//! A project, as it is shown.

use argus_store::ProjectId;
use argus_store::project::Project;
use serde::Serialize;
use utoipa::ToSchema;

use super::{ConditionsView, Time};

/// A project.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Project)]
pub struct ProjectView {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: ProjectId,
    /// Its organisation and its name, such as `acme/atlas`.
    path: String,
    /// The organisation that it belongs to.
    organisation: String,
    /// Its segment in resource paths.
    name: String,
    /// What every key of it has to meet.
    conditions: ConditionsView,
    /// When it was made.
    created_at: Time,
    #[serde(skip)]
    pub(super) generation: i64,
}

impl ProjectView {
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn new(project: Project, organisation: &str) -> Self {
        Self {
            id: project.id,
            path: format!("{organisation}/{}", project.name),
            organisation: organisation.to_owned(),
            name: project.name,
            conditions: project.conditions.into(),
            created_at: Time(project.created_at),
            generation: project.generation,
        }
    }
}
