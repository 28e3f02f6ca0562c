//! Listing the contacts of an organisation, and showing one.

use argus_engine::scope::Action;
use argus_store::contact;

use crate::act::{find_filtered, named_organisation};
use crate::cursor::{self, Stretch};
use crate::resource::Own;
use crate::view::{ContactView, Listed};
use crate::{Admin, AdminError, Call, Query};

impl Admin {
    /// A page of the contacts of an organisation (`organisation`, by default the caller's). Needs
    /// `<organisation>/argus/contacts:read`.
    pub async fn list_contacts(&self, call: &Call, mut query: Query) -> Result<Listed<ContactView>, AdminError> {
        let organisation = named_organisation(&mut query, call.caller().organisation())?;
        call.require(&organisation, Own::Contacts, Action::Read)?;
        self.with_store(move |store| {
            let id = store.read(|conn| find_filtered(conn, &mut query, &organisation))?;
            let filter = format!("contacts {organisation}");
            let Stretch { after, size } = query.finish(&filter)?;
            let Some(id) = id else { return Err(AdminError::Unfinished) };
            let page = store.read(|conn| contact::list(conn, id, after, size))?;
            let last = page.items.last().map(|last| last.id).filter(|_| page.more);
            Ok(Listed {
                next_cursor: last.map(|last| cursor::write(&last, &filter)),
                items: page.items.into_iter().map(|contact| ContactView::new(contact, &organisation)).collect(),
            })
        })
        .await
    }

    /// Shows a contact. Whoever lacks `<organisation>/argus/contacts:read` finds nothing.
    pub async fn show_contact(&self, call: &Call, id: &str) -> Result<ContactView, AdminError> {
        let (found, organisation) = self.visible_contact(call, id).await?;
        Ok(ContactView::new(found, &organisation))
    }
}
