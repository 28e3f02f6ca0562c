//! Trying whether a contact is reached: a notice to it alone, by the way that all others go.

use argus_store::delivery::NewDelivery;
use argus_store::{Conn, DeliveryId, NoticeId, contact};
use serde_json::json;
use tracing::info;

use crate::repeat::Keep;
use crate::view::DeliveryView;
use crate::{Admin, AdminError, Answer, Call};

/// What a trial tells. No contact leaves it out.
const TRIAL: &str = "contact.test";

impl Admin {
    /// Puts a trial on its way to a contact. Needs `<organisation>/argus/contacts:write`.
    pub async fn test_contact(&self, call: &Call, id: &str) -> Result<DeliveryView, AdminError> {
        let (present, organisation) = self.writable_contact(call, id).await?;
        let (id, at) = (present.id, self.now());
        let new = NewDelivery {
            id: DeliveryId::new(at),
            contact: id,
            organisation: present.organisation_id,
            notice: NoticeId::new(at),
            kind: TRIAL.to_owned(),
            recipient: String::new(),
            payload: json!({ "contact_id": id }).to_string(),
            noticed_at: at,
        };
        let act = call.act(present.organisation_id, at);
        let work =
            move |conn: &mut Conn| Ok(DeliveryView::new(contact::test(conn, &act, &present, &new)?, &organisation));
        let (delivery, _) = self.act(call, work, |made| Keep::Answer(Answer::of(200, made))).await?;
        info!(contact.id = %id, request.id = call.request_id(), "a trial is on its way to contact {id}");
        Ok(delivery)
    }
}
