//! Listing organisations, or finding one by its name.

use argus_engine::scope::Action;
use argus_store::organisation;

use crate::cursor::{self, Stretch};
use crate::resource::{HOST, Own};
use crate::view::{Listed, OrganisationView};
use crate::{Admin, AdminError, Call, Query};

const FILTER: &str = "organisations";

impl Admin {
    /// A page of all organisations, or the one of a name (`name`). Needs `argus/argus/organisations:read`.
    pub async fn list_organisations(
        &self,
        call: &Call,
        mut query: Query,
    ) -> Result<Listed<OrganisationView>, AdminError> {
        call.require(HOST, Own::Organisations, Action::Read)?;
        let name = query.take("name");
        let Stretch { after, size } = query.finish(FILTER)?;
        if let Some(name) = name {
            let found =
                self.with_store(move |store| Ok(store.read(|conn| organisation::find_by_name(conn, &name))?)).await?;
            return Ok(Listed { items: found.into_iter().map(OrganisationView::from).collect(), next_cursor: None });
        }
        let page = self.with_store(move |store| Ok(store.read(|conn| organisation::list(conn, after, size))?)).await?;
        let last = page.items.last().map(|last| last.id).filter(|_| page.more);
        Ok(Listed {
            next_cursor: last.map(|last| cursor::write(&last, FILTER)),
            items: page.items.into_iter().map(OrganisationView::from).collect(),
        })
    }
}
