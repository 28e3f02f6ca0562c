//! Forgetting a person: the key under which the audit speaks of him is destroyed, and what else is known of him goes.

use argus_engine::scope::Action;
use argus_store::audit::{self, Erased, Forgotten};
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
    /// Contacts with that address, or for that owner's keys alone, that were removed.
    pub contacts_removed: usize,
    /// Limits of his keys that are removed.
    pub limits_removed: usize,
    /// Notices, and deliveries of them, that were removed, or in which the name was written over because they wait.
    pub notices_erased: usize,
    /// Reasons of revocations in which the name was written over.
    pub reasons_written_over: usize,
    /// Keys in reviews of access, and words of whoever signed one, in which the name was written over.
    pub reviews_written_over: usize,
}

impl ForgottenPerson {
    fn new(person: Option<PersonId>, erased: Erased) -> Self {
        Self {
            person,
            keys_written_over: erased.keys,
            contacts_removed: erased.contacts,
            limits_removed: erased.limits,
            notices_erased: erased.notices,
            reasons_written_over: erased.reasons,
            reviews_written_over: erased.reviews,
        }
    }
}

impl Admin {
    /// Destroys the key under which the audit of an organisation speaks of an owner of keys. Needs
    /// `<organisation>/argus/audit:write`.
    ///
    /// Nobody can undo it: the entries stay, and the chain holds, but who it was and from where can't be read any more.
    /// Contacts of that person are removed, what he was told is, too, and the name is written over in what waits, in
    /// reasons of revocations and in reviews. What somebody typed as a reason stays in the audit's own entry as it was typed.
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
            Forgotten::Done { person, erased } => {
                info!(person.id = %person, request.id = call.request_id(), "forgot a person of {named}");
                Ok(ForgottenPerson::new(Some(person), erased))
            }
            Forgotten::Unknown => Ok(ForgottenPerson::new(None, Erased::default())),
            Forgotten::StillOwns { keys } => Err(AdminError::WrongState(format!(
                "this owner answers for {keys} keys that haven't ended: give them another owner, or revoke them first"
            ))),
        }
    }
}
