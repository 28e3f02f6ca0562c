//! Changing a project: what its keys have to meet.

use argus_engine::scope::Action;
use argus_store::project::{self, Project, ProjectChange};
use argus_store::{Conn, ProjectId};
use serde_json::json;
use tracing::info;

use crate::body::{Body, Fields, conditions};
use crate::repeat::Keep;
use crate::resource::Own;
use crate::view::{ConditionsView, ProjectView, Seen};
use crate::{Admin, AdminError, Call};

impl Admin {
    /// Changes a project as a merge patch says, where the caller has seen what he changes. Needs
    /// `<organisation>/argus/projects:write`.
    pub async fn change_project(
        &self,
        call: &Call,
        id: &str,
        seen: &Seen,
        patch: Body,
    ) -> Result<ProjectView, AdminError> {
        let id: ProjectId = id.parse().map_err(|_| AdminError::NotFound)?;
        let found = self.with_store(move |store| Ok(store.read(|conn| project::find_anywhere(conn, id))?)).await?;
        let (present, organisation) = found.ok_or(AdminError::NotFound)?;
        if !call.may(&organisation, Own::Projects, Action::Write)? {
            call.require_sight(&organisation, Own::Projects)?;
        }
        call.require(&organisation, Own::Projects, Action::Write)?;
        if !seen.includes(present.generation) {
            return Err(AdminError::Stale { what: "the project" });
        }
        let change = read(patch, &present)?;
        let act = call.act(present.organisation_id, self.now());
        let work = move |conn: &mut Conn| project::change(conn, &act, id, &change, Some(present.generation));
        let (changed, sequence) = self.act(call, work, |_| Keep::Nothing).await?;
        let changed = ProjectView::new(changed.ok_or(AdminError::NotFound)?, &organisation);
        let path = changed.path();
        info!(project.id = %id, request.id = call.request_id(), "changed project {path}");
        self.settle(sequence).await;
        Ok(changed)
    }
}

fn read(patch: Body, present: &Project) -> Result<ProjectChange, AdminError> {
    let document = json!({ "conditions": ConditionsView::from(present.conditions.clone()) });
    let mut fields = Fields::of(patch.merged_into(document));
    let change = ProjectChange { conditions: Some(conditions(&mut fields)) };
    fields.finish()?;
    Ok(change)
}
