//! The acts upon contacts: where people and programs are told of what happens to keys.

mod change;
mod create;
mod list;
mod remove;
mod rotate;
mod test;

pub use create::CreatedContact;
pub use rotate::RotatedContact;

use argus_credentials::{MasterKey, MasterKeyError, Secret, WebhookSecret};
use argus_engine::scope::Action;
use argus_store::contact::{self, Contact};
use argus_store::{ContactId, StoreError};

use crate::resource::Own;
use crate::view::ContactView;
use crate::{Admin, AdminError, Call, IssuerError};

/// A webhook's secret, before it is kept.
struct Drawn {
    shown: Secret,
    envelope: String,
}

/// Draws a secret for a contact, and seals it as that of this version.
fn draw(master: &MasterKey, id: ContactId, version: i32) -> Result<Drawn, MasterKeyError> {
    let secret = WebhookSecret::generate()?;
    let envelope = secret.wrap(master, &id.to_string(), version.unsigned_abs())?;
    Ok(Drawn { shown: secret.to_text(), envelope })
}

impl Admin {
    /// A contact that the caller may see, and the name of its organisation.
    async fn visible_contact(&self, call: &Call, id: &str) -> Result<(Contact, String), AdminError> {
        let found = self.find_contact(id).await?;
        call.require_sight(&found.1, Own::Contacts)?;
        Ok(found)
    }

    /// One that he may change.
    async fn writable_contact(&self, call: &Call, id: &str) -> Result<(Contact, String), AdminError> {
        let found = self.find_contact(id).await?;
        if !call.may(&found.1, Own::Contacts, Action::Write)? {
            call.require_sight(&found.1, Own::Contacts)?;
        }
        call.require(&found.1, Own::Contacts, Action::Write)?;
        Ok(found)
    }

    async fn find_contact(&self, id: &str) -> Result<(Contact, String), AdminError> {
        let id: ContactId = id.parse().map_err(|_| AdminError::NotFound)?;
        let found = self.with_store(move |store| Ok(store.read(|conn| contact::find_anywhere(conn, id))?)).await?;
        found.ok_or(AdminError::NotFound)
    }

    async fn draw_secret(&self, id: ContactId, version: i32) -> Result<Drawn, AdminError> {
        let master = std::sync::Arc::clone(self.issuer().master_key()?);
        self.derive(move || draw(&master, id, version).map_err(|fault| IssuerError::Sealing(fault).into())).await
    }
}

/// What an act upon a contact made of it. `None`: another act has removed it meanwhile.
fn done(contact: Option<Contact>, organisation: &str) -> Result<ContactView, StoreError> {
    let contact = contact.ok_or_else(|| StoreError::NotFound {
        what: argus_store::Record::Contact,
        name: "removed meanwhile".to_owned(),
    })?;
    Ok(ContactView::new(contact, organisation))
}
