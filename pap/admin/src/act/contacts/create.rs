//! Making a contact. A webhook's secret is in the answer, and from then on nowhere but in its sealed envelope.

use argus_credentials::Secret;
use argus_engine::scope::Action;
use argus_store::contact::{self, ContactKind, NewContact};
use argus_store::plan::Maximum;
use argus_store::{Conn, ContactId, organisation};
use tracing::info;

use crate::act::no_organisation;
use crate::act::plan::room;
use crate::body::{Body, Fields, Kind, LONGEST_OWNER, contact_address, contact_kind, events, line, name};
use crate::repeat::{Keep, SecretOf};
use crate::resource::Own;
use crate::view::{ContactView, Tagged as _};
use crate::{Admin, AdminError, Answer, Call, FaultCode};

/// A contact that was just made.
#[derive(Debug)]
pub struct CreatedContact {
    /// The contact.
    pub contact: ContactView,
    /// What its requests are signed with, where it is a webhook. It is shown this once.
    pub secret: Option<Secret>,
}

impl Admin {
    /// Makes a contact. Needs `<organisation>/argus/contacts:write`.
    pub async fn create_contact(&self, call: &Call, body: Body) -> Result<CreatedContact, AdminError> {
        let mut fields = Fields::of(body);
        let organisation = name(&mut fields, "organisation", Kind::Organisation);
        if let Some(organisation) = &organisation {
            call.require(organisation, Own::Contacts, Action::Write)?;
        }
        let kind = contact_kind(&mut fields);
        let address = contact_address(&mut fields, kind);
        let (owner, events) = (line(&mut fields, "owner", LONGEST_OWNER), events(&mut fields));
        let Some(organisation) = organisation else {
            return Err(fields.finish().err().unwrap_or(AdminError::Unfinished));
        };
        let wanted = organisation.clone();
        let found =
            self.with_store(move |store| Ok(store.read(|conn| organisation::find_by_name(conn, &wanted))?)).await?;
        if found.is_none() {
            fields.fault("organisation", FaultCode::NotFound, no_organisation(&organisation), None);
        }
        fields.finish()?;
        let (Some(kind), Some(address), Some(of)) = (kind, address, found) else { return Err(AdminError::Unfinished) };

        let at = self.now();
        let id = ContactId::new(at);
        let drawn = if kind == ContactKind::Webhook { Some(self.draw_secret(id, 1).await?) } else { None };
        let (secret, envelope) = drawn.map(|drawn| (drawn.shown, drawn.envelope)).unzip();
        let act = call.act(of.id, at);
        let new = NewContact { id, kind, address, owner, events, envelope };
        let has_secret = secret.is_some();
        let work = move |conn: &mut Conn| {
            if new.kind == ContactKind::Webhook {
                room::for_feature(conn, act.organisation, Maximum::Webhooks)?;
            }
            Ok(ContactView::new(contact::create(conn, &act, &new)?, &organisation))
        };
        let keep = move |made: &ContactView| {
            if has_secret {
                return Keep::Secret(SecretOf::Contact(id));
            }
            Keep::Answer(Answer::created(format!("/v1/contacts/{id}"), made.entity_tag(), made))
        };
        let (contact, _) = self.act(call, work, keep).await?;
        info!(contact.id = %id, organisation.id = %of.id, request.id = call.request_id(), "created contact {id}");
        Ok(CreatedContact { contact, secret })
    }
}
