//! Showing a project.

use argus_store::{ProjectId, project};

use crate::resource::Own;
use crate::view::ProjectView;
use crate::{Admin, AdminError, Call};

impl Admin {
    /// Shows a project. Whoever lacks `<organisation>/argus/projects:read` finds nothing.
    pub async fn show_project(&self, call: &Call, id: &str) -> Result<ProjectView, AdminError> {
        let id: ProjectId = id.parse().map_err(|_| AdminError::NotFound)?;
        let found = self.with_store(move |store| Ok(store.read(|conn| project::find_anywhere(conn, id))?)).await?;
        let (found, organisation) = found.ok_or(AdminError::NotFound)?;
        call.require_sight(&organisation, Own::Projects)?;
        Ok(ProjectView::new(found, &organisation))
    }
}
