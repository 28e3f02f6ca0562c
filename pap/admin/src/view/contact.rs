//! A contact, as it is shown: where somebody is told of what happens to keys.

use argus_store::ContactId;
use argus_store::contact::{Contact, ContactKind, ContactState};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Time, words};

/// Where somebody is told of what happens to keys.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Contact)]
pub struct ContactView {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: ContactId,
    /// The organisation whose keys it is told of.
    organisation: String,
    /// How it is reached.
    #[schema(schema_with = words::contact_kind)]
    kind: ContactKind,
    /// Where: an address of e-mail, or a URL.
    address: String,
    /// Whose keys it is told of; null: of all keys of the organisation.
    owner: Option<String>,
    /// The types of notices that it is told; empty: all.
    events: Vec<String>,
    /// Whether it is told anything.
    #[schema(schema_with = words::contact_state)]
    state: ContactState,
    /// Why it isn't, where nobody asked for that.
    disabled_reason: Option<String>,
    /// Until when the secret before signs as well, where a webhook got another.
    older_secret_until: Option<Time>,
    /// When it was made.
    created_at: Time,
    #[serde(skip)]
    pub(super) generation: i64,
}

impl ContactView {
    pub(crate) fn new(contact: Contact, organisation: &str) -> Self {
        Self {
            id: contact.id,
            organisation: organisation.to_owned(),
            kind: contact.kind,
            address: contact.address,
            owner: contact.owner,
            events: contact.events,
            state: contact.state,
            disabled_reason: contact.disabled_reason,
            older_secret_until: contact.previous_until.map(Time),
            created_at: Time(contact.created_at),
            generation: contact.generation,
        }
    }
}
