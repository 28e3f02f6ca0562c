//! The acts upon limits that keys share, and upon what uses cost.

pub(super) mod account;
mod change;
mod costs;
mod create;
mod list;
mod remove;

use argus_engine::scope::Action;
use argus_store::limit::{self, SharedLimit};
use argus_store::{LimitId, Record, StoreError};

use crate::resource::Own;
use crate::view::LimitView;
use crate::{Admin, AdminError, Call};

impl Admin {
    /// A limit that the caller may see.
    async fn visible_limit(&self, call: &Call, id: &str) -> Result<SharedLimit, AdminError> {
        let found = self.find_limit(id).await?;
        call.require_sight(&found.organisation_name, Own::Limits)?;
        Ok(found)
    }

    /// One that he may change.
    async fn writable_limit(&self, call: &Call, id: &str) -> Result<SharedLimit, AdminError> {
        let found = self.find_limit(id).await?;
        require_writing(call, &found.organisation_name)?;
        Ok(found)
    }

    async fn find_limit(&self, id: &str) -> Result<SharedLimit, AdminError> {
        let id: LimitId = id.parse().map_err(|_| AdminError::NotFound)?;
        let found = self.with_store(move |store| Ok(store.read(|conn| limit::find_anywhere(conn, id))?)).await?;
        found.ok_or(AdminError::NotFound)
    }
}

/// Refuses whoever may not change limits. To whoever may not see them either, there are none.
fn require_writing(call: &Call, organisation: &str) -> Result<(), AdminError> {
    if !call.may(organisation, Own::Limits, Action::Write)? {
        call.require_sight(organisation, Own::Limits)?;
    }
    call.require(organisation, Own::Limits, Action::Write)
}

/// What an act upon a limit made of it. `None`: another act has removed it meanwhile.
fn done(limit: Option<SharedLimit>) -> Result<LimitView, StoreError> {
    let gone = || StoreError::NotFound { what: Record::Limit, name: "removed meanwhile".to_owned() };
    limit.map(LimitView::from).ok_or_else(gone)
}
