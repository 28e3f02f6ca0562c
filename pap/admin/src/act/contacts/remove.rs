//! Removing a contact, with all that is on its way to it.

use argus_store::Conn;
use argus_store::contact;
use tracing::info;

use super::done;
use crate::repeat::Keep;
use crate::view::ContactView;
use crate::{Admin, AdminError, Answer, Call};

impl Admin {
    /// Removes a contact. Needs `<organisation>/argus/contacts:write`.
    pub async fn remove_contact(&self, call: &Call, id: &str) -> Result<ContactView, AdminError> {
        let (present, organisation) = self.writable_contact(call, id).await?;
        let id = present.id;
        let act = call.act(present.organisation_id, self.now());
        let work = move |conn: &mut Conn| done(contact::remove(conn, &act, id)?, &organisation);
        let (removed, _) = self.act(call, work, |removed| Keep::Answer(Answer::of(200, removed))).await?;
        info!(contact.id = %id, request.id = call.request_id(), "removed contact {id}");
        Ok(removed)
    }
}
