//! Changing a contact: where it is reached, what it is told of, and whether it is told at all.

use argus_store::Conn;
use argus_store::contact::{self, Contact, ContactChange, ContactKind, ContactState};
use argus_store::plan::Maximum;
use serde_json::json;
use tracing::info;

use super::done;
use crate::act::plan::room;
use crate::body::{Body, Fields, LONGEST_OWNER, contact_address, contact_state, events, line};
use crate::repeat::Keep;
use crate::view::{ContactView, Seen};
use crate::{Admin, AdminError, Call};

impl Admin {
    /// Changes a contact as a merge patch says, where the caller has seen what he changes. Needs
    /// `<organisation>/argus/contacts:write`.
    pub async fn change_contact(
        &self,
        call: &Call,
        id: &str,
        seen: &Seen,
        patch: Body,
    ) -> Result<ContactView, AdminError> {
        let (present, organisation) = self.writable_contact(call, id).await?;
        if !seen.includes(present.generation) {
            return Err(AdminError::Stale { what: "the contact" });
        }
        let change = read(patch, &present)?;
        let (id, generation) = (present.id, present.generation);
        let act = call.act(present.organisation_id, self.now());
        let is_resumed = present.kind == ContactKind::Webhook
            && present.state == ContactState::Disabled
            && change.state == Some(ContactState::Active);
        let work = move |conn: &mut Conn| {
            if is_resumed {
                room::for_feature(conn, act.organisation, Maximum::Webhooks)?;
            }
            done(contact::change(conn, &act, id, &change, generation)?, &organisation)
        };
        let (changed, _) = self.act(call, work, |_| Keep::Nothing).await?;
        info!(contact.id = %id, request.id = call.request_id(), "changed contact {id}");
        Ok(changed)
    }
}

fn read(patch: Body, present: &Contact) -> Result<ContactChange, AdminError> {
    let Contact { address, owner, events: told, state, .. } = present;
    let document = json!({ "address": address, "owner": owner, "events": told, "state": state });
    let mut fields = Fields::of(patch.merged_into(document));
    let change = ContactChange {
        address: contact_address(&mut fields, Some(present.kind)),
        owner: Some(line(&mut fields, "owner", LONGEST_OWNER)),
        events: Some(events(&mut fields)),
        state: contact_state(&mut fields),
    };
    fields.finish()?;
    Ok(change)
}
