//! Who asks for an act, from where, and what he may.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use argus_engine::scope::Action;
use argus_store::{Act, Actor, OrganisationId};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};

use crate::refusals::{Refusal, Refusals, Refused};
use crate::resource::Own;
use crate::{AdminError, Caller, Clock, Repeatable, Ruling};

/// One request for an act.
#[derive(Clone)]
pub struct Call {
    caller: Arc<dyn Caller>,
    request_id: String,
    source: Option<IpAddr>,
    /// The first decision that let the caller do more than read.
    permitted_by: Arc<OnceLock<String>>,
    told: Option<(Refusals, Clock)>,
    repeatable: Option<Repeatable>,
}

impl Call {
    /// A request of a caller whose key was verified, from an address that isn't known.
    pub fn new(caller: Arc<dyn Caller>, request_id: String) -> Self {
        Self { caller, request_id, source: None, permitted_by: Arc::default(), told: None, repeatable: None }
    }

    /// The same, from an address.
    #[must_use]
    pub fn from(self, source: Option<IpAddr>) -> Self {
        Self { source, ..self }
    }

    /// The same, whose refusals are told to the audit.
    pub(crate) fn told_to(self, refusals: Refusals, clock: Clock) -> Self {
        Self { told: Some((refusals, clock)), ..self }
    }

    /// This request by what its caller calls it. `route` is the method and the path.
    pub fn named(&self, route: String, idempotency_key: String, body: &[u8]) -> Repeatable {
        let body_digest = URL_SAFE_NO_PAD.encode(Sha256::digest(body));
        Repeatable { caller: self.caller.key_id(), route, idempotency_key, body_digest }
    }

    /// The same, of a request that may be repeated.
    #[must_use]
    pub fn repeatable_as(self, request: Repeatable) -> Self {
        Self { repeatable: Some(request), ..self }
    }

    pub(crate) fn repeatable(&self) -> Option<&Repeatable> {
        self.repeatable.as_ref()
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
        let ruling = self.ask(organisation, own, action)?;
        if ruling.is_permitted {
            return Ok(());
        }
        self.tell(organisation, own, action, ruling)?;
        Err(AdminError::NotPermitted { needed_scope: own.needed_scope(organisation, action) })
    }

    /// Refuses to show what may not be read, as if it were not there.
    pub(crate) fn require_sight(&self, organisation: &str, own: Own) -> Result<(), AdminError> {
        let ruling = self.ask(organisation, own, Action::Read)?;
        if ruling.is_permitted {
            return Ok(());
        }
        self.tell(organisation, own, Action::Read, ruling)?;
        Err(AdminError::NotFound)
    }

    pub(crate) fn may(&self, organisation: &str, own: Own, action: Action) -> Result<bool, AdminError> {
        Ok(self.ask(organisation, own, action)?.is_permitted)
    }

    fn ask(&self, organisation: &str, own: Own, action: Action) -> Result<Ruling, AdminError> {
        let ruling = self.caller.may(organisation, &own.path(organisation)?, action);
        if ruling.is_permitted && action != Action::Read {
            // A later one permits a part of the same act.
            let _ = self.permitted_by.set(ruling.decision_id.clone());
        }
        Ok(ruling)
    }

    fn tell(&self, organisation: &str, own: Own, action: Action, ruling: Ruling) -> Result<(), AdminError> {
        let Some((refusals, clock)) = &self.told else { return Ok(()) };
        let what = Refused::Act {
            caller: self.caller.key_id(),
            own: self.caller.organisation().to_owned(),
            organisation: organisation.to_owned(),
            path: own.path(organisation)?.to_string(),
            action: action.to_string(),
            decision_id: ruling.decision_id,
        };
        refusals.tell(Refusal { at: clock(), request_id: self.request_id.clone(), source: self.source, what });
        Ok(())
    }

    /// What the store is told of an act in an organisation.
    pub(crate) fn act(&self, organisation: OrganisationId, at: DateTime<Utc>) -> Act {
        Act {
            actor: Actor::Key(self.caller.key_id()),
            organisation,
            at,
            request_id: self.request_id.clone(),
            source: self.source,
            decision_id: self.permitted_by.get().cloned(),
        }
    }
}

impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Call")
            .field("key", &self.caller.key_id())
            .field("organisation", &self.caller.organisation())
            .field("request_id", &self.request_id)
            .field("repeatable", &self.repeatable)
            .finish_non_exhaustive()
    }
}
