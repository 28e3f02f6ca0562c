//! Giving a webhook another secret. The one before signs beside it for a grace, so that the receiver misses nothing.

use argus_credentials::Secret;
use argus_store::Conn;
use argus_store::contact::{self, ContactKind};
use chrono::TimeDelta;
use tracing::info;

use super::done;
use crate::body::{Body, Fields, grace};
use crate::repeat::{Keep, SecretOf};
use crate::view::ContactView;
use crate::{Admin, AdminError, Call};

/// How long the secret before signs where nothing is said: a day.
const GRACE_SECONDS: i64 = 86_400;

/// A webhook with a new secret, which is shown this once.
#[derive(Debug)]
pub struct RotatedContact {
    /// The contact.
    pub contact: ContactView,
    /// What its requests are signed with.
    pub secret: Secret,
}

impl Admin {
    /// Gives a webhook another secret. Needs `<organisation>/argus/contacts:write`.
    pub async fn rotate_contact(&self, call: &Call, id: &str, body: Body) -> Result<RotatedContact, AdminError> {
        let (present, organisation) = self.writable_contact(call, id).await?;
        let mut fields = Fields::of(body);
        let grace = grace(&mut fields).unwrap_or(GRACE_SECONDS);
        fields.finish()?;
        if present.kind != ContactKind::Webhook {
            return Err(AdminError::WrongState("e-mail is not signed with a secret".to_owned()));
        }
        let (id, version, at) = (present.id, present.secret_version + 1, self.now());
        let drawn = self.draw_secret(id, version).await?;
        let (envelope, until) = (drawn.envelope, at + TimeDelta::seconds(grace));
        let act = call.act(present.organisation_id, at);
        let work =
            move |conn: &mut Conn| done(contact::rotate(conn, &act, id, (&envelope, version), until)?, &organisation);
        let (contact, _) = self.act(call, work, move |_| Keep::Secret(SecretOf::Contact(id))).await?;
        info!(contact.id = %id, request.id = call.request_id(), "rotated the secret of contact {id}");
        Ok(RotatedContact { contact, secret: drawn.shown })
    }
}
