//! Making a project of an organisation.

use argus_engine::scope::Action;
use argus_store::project::{self, NewProject};
use argus_store::{Conn, ProjectId, organisation};
use tracing::info;

use super::no_organisation;
use super::plan::room;
use crate::body::{Body, Fields, Kind, conditions, name};
use crate::repeat::Keep;
use crate::resource::Own;
use crate::view::{ProjectView, Tagged as _};
use crate::{Admin, AdminError, Answer, Call, FaultCode};

impl Admin {
    /// Makes a project. Needs `<organisation>/argus/projects:write`.
    pub async fn create_project(&self, call: &Call, body: Body) -> Result<ProjectView, AdminError> {
        let mut fields = Fields::of(body);
        let organisation = name(&mut fields, "organisation", Kind::Organisation);
        if let Some(organisation) = &organisation {
            call.require(organisation, Own::Projects, Action::Write)?;
        }
        let name = name(&mut fields, "name", Kind::Project);
        let conditions = conditions(&mut fields);
        let Some(organisation) = organisation else {
            return Err(fields.finish().err().unwrap_or(AdminError::Unfinished));
        };

        let wanted = organisation.clone();
        let found =
            self.with_store(move |store| Ok(store.read(|conn| organisation::find_by_name(conn, &wanted))?)).await?;
        if found.is_none() {
            fields.fault("organisation", FaultCode::NotFound, no_organisation(&organisation), None);
        }
        fields.finish()?;
        let (Some(name), Some(owner)) = (name, found) else { return Err(AdminError::Unfinished) };

        let at = self.now();
        let act = call.act(owner.id, at);
        let new = NewProject { id: ProjectId::new(at), name, conditions };
        let work = move |conn: &mut Conn| {
            room::for_project(conn, act.organisation)?;
            Ok(ProjectView::new(project::create(conn, &act, &new)?, &organisation))
        };
        let keep = |made: &ProjectView| {
            Keep::Answer(Answer::created(format!("/v1/projects/{}", made.id), made.entity_tag(), made))
        };
        let (made, sequence) = self.act(call, work, keep).await?;
        let (id, path) = (made.id, made.path());
        info!(project.id = %id, organisation.id = %owner.id, request.id = call.request_id(), "created project {path}");
        self.settle(sequence).await;
        Ok(made)
    }
}
