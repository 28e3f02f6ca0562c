//! Listing the limits that keys of an organisation share, and showing one.

use argus_engine::scope::Action;
use argus_store::limit::{self, LimitFilter};
use argus_store::{Conn, OrganisationId, StoreError, project};

use crate::act::{find_filtered, named_organisation, no_project};
use crate::cursor::{self, Stretch};
use crate::resource::Own;
use crate::view::{LimitView, Listed};
use crate::{Admin, AdminError, Call, FaultCode, Query};

impl Admin {
    /// A page of the limits that keys of an organisation share (`organisation`, by default the caller's): all, those of
    /// a `project`, those of an `owner`, or the one of a `name`. Needs `<organisation>/argus/limits:read`.
    pub async fn list_limits(&self, call: &Call, mut query: Query) -> Result<Listed<LimitView>, AdminError> {
        let organisation = named_organisation(&mut query, call.caller().organisation())?;
        call.require(&organisation, Own::Limits, Action::Read)?;
        self.with_store(move |store| {
            let read = |conn: &mut Conn| narrow(conn, &mut query, &organisation);
            let (id, filter) = store.read(read)?;
            let bound = format!("limits {organisation} {filter:?}");
            let Stretch { after, size } = query.finish(&bound)?;
            let Some(id) = id else { return Err(AdminError::Unfinished) };
            let page = store.read(|conn| limit::list(conn, id, &filter, after, size))?;
            let last = page.items.last().map(|last| last.id).filter(|_| page.more);
            Ok(Listed {
                next_cursor: last.map(|last| cursor::write(&last, &bound)),
                items: page.items.into_iter().map(LimitView::from).collect(),
            })
        })
        .await
    }

    /// Shows a limit. Whoever lacks `<organisation>/argus/limits:read` finds nothing.
    pub async fn show_limit(&self, call: &Call, id: &str) -> Result<LimitView, AdminError> {
        Ok(self.visible_limit(call, id).await?.into())
    }
}

/// Which limits are asked for. What isn't there is noted.
fn narrow(
    conn: &mut Conn,
    query: &mut Query,
    organisation: &str,
) -> Result<(Option<OrganisationId>, LimitFilter), StoreError> {
    let (project, owner, name) = (query.take("project"), query.take("owner"), query.take("name"));
    let mut filter = LimitFilter { project: None, owner, name };
    let id = find_filtered(conn, query, organisation)?;
    if let (Some(id), Some(project)) = (id, project) {
        filter.project = project::find_by_name(conn, id, &project)?.map(|project| project.id);
        if filter.project.is_none() {
            query.fault("project", FaultCode::NotFound, no_project(organisation, &project), None);
        }
    }
    Ok((id, filter))
}
