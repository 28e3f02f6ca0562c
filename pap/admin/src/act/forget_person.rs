//! Forgetting a person: the key under which the audit speaks of him is destroyed.

use argus_engine::scope::Action;
use argus_store::audit::{self, Forgotten};
use argus_store::{PersonId, Store};
use serde::Serialize;
use tracing::info;
use utoipa::ToSchema;

use super::audit::find_organisation;
use super::no_organisation;
use crate::body::{Body, Fields, Kind, name};
use crate::resource::Own;
use crate::{Admin, AdminError, Call, FaultCode};

/// What was done.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ForgottenPerson {
    /// What the entries call the person from now on; null where the audit knows nobody of that name.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub person: Option<PersonId>,
    /// Keys that have ended in which the name was written over.
    pub keys_written_over: usize,
}

impl Admin {
    /// Destroys the key under which the audit of an organisation speaks of an owner of keys. Needs
    /// `<organisation>/argus/audit:write`.
    ///
    /// Nobody can undo it: the entries stay, and the chain holds, but who it was and from where can't be read any more.
    pub async fn forget_person(&self, call: &Call, body: Body) -> Result<ForgottenPerson, AdminError> {
        let mut fields = Fields::of(body);
        let organisation = name(&mut fields, "organisation", Kind::Organisation);
        if let Some(organisation) = &organisation {
            call.require(organisation, Own::Audit, Action::Write)?;
        }
        let owner = fields.required_text("owner");
        let named = organisation.unwrap_or_default();
        let wanted = named.clone();
        let found = self.with_store(move |store| Ok(store.read(|conn| find_organisation(conn, &wanted))?)).await?;
        if found.is_none() && !named.is_empty() {
            fields.fault("organisation", FaultCode::NotFound, no_organisation(&named), None);
        }
        fields.finish()?;
        let (Some(id), Some(owner)) = (found, owner) else { return Err(AdminError::Unfinished) };
        let act = call.act(id, self.now());
        let forget = move |store: &Store| Ok(store.write(|conn| audit::forget(conn, &act, &owner))?);
        match self.with_store(forget).await? {
            Forgotten::Done { person, keys } => {
                info!(person.id = %person, request.id = call.request_id(), "forgot a person of {named}");
                Ok(ForgottenPerson { person: Some(person), keys_written_over: keys })
            }
            Forgotten::Unknown => Ok(ForgottenPerson { person: None, keys_written_over: 0 }),
            Forgotten::StillOwns { keys } => Err(AdminError::WrongState(format!(
                "this owner answers for {keys} keys that haven't ended: give them another owner, or revoke them first"
            ))),
        }
    }
}
