//! Who asks for an act, and what he may.

use std::sync::Arc;

use argus_engine::scope::Action;
use argus_store::{Act, Actor, OrganisationId};
use chrono::{DateTime, Utc};

use crate::resource::Own;
use crate::{AdminError, Caller};

/// One request for an act.
#[derive(Clone)]
pub struct Call {
    caller: Arc<dyn Caller>,
    request_id: String,
}

impl Call {
    /// A request of a caller whose key was verified.
    pub fn new(caller: Arc<dyn Caller>, request_id: String) -> Self {
        Self { caller, request_id }
    }

    /// Who calls.
    pub fn caller(&self) -> &dyn Caller {
        &*self.caller
    }

    /// The id of the request.
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// Refuses an act that the policy doesn't permit, naming the scope that would have sufficed.
    pub(crate) fn require(&self, organisation: &str, own: Own, action: Action) -> Result<(), AdminError> {
        if self.may(organisation, own, action)? {
            return Ok(());
        }
        Err(AdminError::NotPermitted { needed_scope: own.needed_scope(organisation, action) })
    }

    /// Refuses to show what may not be read, as if it were not there.
    pub(crate) fn require_sight(&self, organisation: &str, own: Own) -> Result<(), AdminError> {
        if self.may(organisation, own, Action::Read)? { Ok(()) } else { Err(AdminError::NotFound) }
    }

    pub(crate) fn may(&self, organisation: &str, own: Own, action: Action) -> Result<bool, AdminError> {
        Ok(self.caller.may(organisation, &own.path(organisation)?, action))
    }

    /// What the store is told of an act in an organisation.
    pub(crate) fn act(&self, organisation: OrganisationId, at: DateTime<Utc>) -> Act {
        Act {
            actor: Actor::Key(self.caller.key_id()),
            organisation,
            at,
            request_id: self.request_id.clone(),
            source: None,
            decision_id: None,
        }
    }
}

impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Call")
            .field("key", &self.caller.key_id())
            .field("organisation", &self.caller.organisation())
            .field("request_id", &self.request_id)
            .finish()
    }
}
