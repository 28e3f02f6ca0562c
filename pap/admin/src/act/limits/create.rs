//! Making a limit that keys share: all of an organisation, those of a project, or those of an owner.

use argus_engine::scope::Action;
use argus_store::limit::{self, NewSharedLimit};
use argus_store::{Conn, LimitId, OrganisationId, ProjectId, StoreError, organisation, project};
use tracing::info;

use super::account;
use crate::act::plan::room;
use crate::act::{no_organisation, no_project};
use crate::body::{Body, Fields, Kind, LONGEST_OWNER, limit, line, name};
use crate::repeat::Keep;
use crate::resource::Own;
use crate::view::{LimitView, Tagged as _};
use crate::{Admin, AdminError, Answer, Call, FaultCode};

impl Admin {
    /// Makes a limit that keys share. Needs `<organisation>/argus/limits:write`.
    pub async fn create_limit(&self, call: &Call, body: Body) -> Result<LimitView, AdminError> {
        let mut fields = Fields::of(body);
        let organisation = name(&mut fields, "organisation", Kind::Organisation);
        if let Some(organisation) = &organisation {
            call.require(organisation, Own::Limits, Action::Write)?;
        }
        let project = fields.text("project");
        let owner = line(&mut fields, "owner", LONGEST_OWNER);
        if project.is_some() && owner.is_some() {
            let detail = "a limit is that of a project or of an owner, not of both";
            fields.fault("owner", FaultCode::InvalidField, detail, Some("make one limit for each".to_owned()));
        }
        let at = self.now();
        let mut definition = limit(&mut fields);
        account::begin(definition.as_mut_slice(), at);
        let Some(organisation) = organisation else {
            return Err(fields.finish().err().unwrap_or(AdminError::Unfinished));
        };
        let (of, project_id) = self.find_limited(&mut fields, &organisation, project).await?;
        fields.finish()?;
        let (Some(definition), Some(of)) = (definition, of) else { return Err(AdminError::Unfinished) };

        let act = call.act(of, at);
        let new = NewSharedLimit { id: LimitId::new(at), project_id, owner, definition };
        let work = move |conn: &mut Conn| {
            room::for_shared_limit(conn, act.organisation)?;
            limit::create(conn, &act, &new).map(LimitView::from)
        };
        let keep = |made: &LimitView| {
            Keep::Answer(Answer::created(format!("/v1/limits/{}", made.id), made.entity_tag(), made))
        };
        let (made, sequence) = self.act(call, work, keep).await?;
        let id = made.id;
        info!(limit.id = %id, organisation.id = %of, request.id = call.request_id(), "created limit {id}");
        self.settle(sequence).await;
        Ok(made)
    }

    /// The organisation and the project of these names. What isn't there is noted.
    async fn find_limited(
        &self,
        fields: &mut Fields,
        organisation: &str,
        project: Option<String>,
    ) -> Result<(Option<OrganisationId>, Option<ProjectId>), AdminError> {
        let (wanted, within) = (organisation.to_owned(), project.clone());
        let find = move |conn: &mut Conn| -> Result<_, StoreError> {
            let Some(of) = organisation::find_by_name(conn, &wanted)? else { return Ok((None, None)) };
            let project = match &within {
                Some(name) => project::find_by_name(conn, of.id, name)?.map(|project| project.id),
                None => None,
            };
            Ok((Some(of.id), project))
        };
        let (of, project_id) = self.with_store(move |store| Ok(store.read(find)?)).await?;
        if of.is_none() {
            fields.fault("organisation", FaultCode::NotFound, no_organisation(organisation), None);
        } else if let (Some(name), None) = (&project, project_id) {
            fields.fault("project", FaultCode::NotFound, no_project(organisation, name), None);
        }
        Ok((of, project_id))
    }
}
