//! A delivery, as it is shown: one notice on its way to one contact.

use argus_store::delivery::{Delivery, DeliveryState};
use argus_store::{ContactId, DeliveryId, NoticeId};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{Time, words};

/// One notice on its way to one contact.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Delivery)]
pub struct DeliveryView {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: DeliveryId,
    /// The organisation of the contact.
    organisation: String,
    /// Where it goes.
    #[schema(value_type = String, format = Uuid)]
    contact_id: ContactId,
    /// The notice that it brings, by which who receives it twice knows it: `webhook-id`.
    #[schema(value_type = String, format = Uuid)]
    notice_id: NoticeId,
    /// What it tells, such as `key.revoked`, or `contact.test` for a trial.
    #[serde(rename = "type")]
    kind: String,
    /// Who answers for what it is about; empty for a trial.
    recipient: String,
    /// How far it is.
    #[schema(schema_with = words::delivery_state)]
    state: DeliveryState,
    /// How often it was tried.
    attempts: i32,
    /// Why it did not arrive the last time.
    fault: Option<String>,
    /// When the notice was written.
    noticed_at: Time,
    /// When it is tried next, or was last.
    due_at: Time,
    /// When it was put on its way.
    created_at: Time,
    /// When it arrived, or was given up.
    ended_at: Option<Time>,
    /// The rest, by type.
    #[schema(value_type = Object)]
    data: Map<String, Value>,
}

impl DeliveryView {
    pub(crate) fn new(delivery: Delivery, organisation: &str) -> Self {
        Self {
            id: delivery.id,
            organisation: organisation.to_owned(),
            contact_id: delivery.contact_id,
            notice_id: delivery.notice_id,
            kind: delivery.kind,
            recipient: delivery.recipient,
            state: delivery.state,
            attempts: delivery.attempts,
            fault: delivery.fault,
            noticed_at: Time(delivery.noticed_at),
            due_at: Time(delivery.due_at),
            created_at: Time(delivery.created_at),
            ended_at: delivery.ended_at.map(Time),
            // Written by the store itself, as an object.
            data: serde_json::from_str(&delivery.payload).unwrap_or_default(),
        }
    }
}
