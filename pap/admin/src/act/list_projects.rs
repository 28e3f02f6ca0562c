//! Listing the projects of an organisation, or finding one by its name.

use argus_engine::scope::Action;
use argus_store::project;

use super::{find_filtered, named_organisation};
use crate::cursor::{self, Stretch};
use crate::resource::Own;
use crate::view::{Listed, ProjectView};
use crate::{Admin, AdminError, Call, Query};

impl Admin {
    /// A page of the projects of an organisation (`organisation`, by default the caller's), or the one of a name
    /// (`name`). Needs `<organisation>/argus/projects:read`.
    pub async fn list_projects(&self, call: &Call, mut query: Query) -> Result<Listed<ProjectView>, AdminError> {
        let organisation = named_organisation(&mut query, call.caller().organisation())?;
        call.require(&organisation, Own::Projects, Action::Read)?;
        let name = query.take("name");
        let wanted = organisation.clone();
        let read = move |store: &argus_store::Store| {
            let id = store.read(|conn| find_filtered(conn, &mut query, &wanted))?;
            let filter = format!("projects {wanted}");
            let Stretch { after, size } = query.finish(&filter)?;
            let Some(id) = id else { return Err(AdminError::Unfinished) };
            if let Some(name) = name {
                let found = store.read(|conn| project::find_by_name(conn, id, &name))?;
                return Ok((found.into_iter().collect(), None));
            }
            let page = store.read(|conn| project::list(conn, id, after, size))?;
            let last = page.items.last().map(|last| last.id).filter(|_| page.more);
            Ok((page.items, last.map(|last| cursor::write(&last, &filter))))
        };
        let (items, next_cursor): (Vec<project::Project>, _) = self.with_store(read).await?;
        let items = items.into_iter().map(|project| ProjectView::new(project, &organisation)).collect();
        Ok(Listed { items, next_cursor })
    }
}
