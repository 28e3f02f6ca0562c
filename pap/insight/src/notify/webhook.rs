//! Webhooks as Standard Webhooks has them: `webhook-id`, `webhook-timestamp`, and in `webhook-signature` one signature
//! for each secret that is good.

use std::pin::Pin;

use argus_credentials::{MasterKey, MasterKeyError, WebhookSecret};
use argus_store::contact::Contact;
use argus_store::delivery::Delivery;
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::letter_of_plan::is_of_plan;

/// How a request goes to the address of a webhook.
pub trait Post: Send + Sync + 'static {
    /// Sends a body, and gives the status of the answer, or why there is none.
    fn post(&self, posting: Posting) -> Pin<Box<dyn Future<Output = Result<u16, String>> + Send>>;
}

/// A request to a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting {
    /// Where it goes.
    pub url: String,
    /// The headers of Standard Webhooks.
    pub headers: Vec<(&'static str, String)>,
    /// The body: JSON.
    pub body: String,
}

/// The secrets that sign for a contact now: its newest, and while it is replaced the one before.
pub(super) fn secrets(
    contact: &Contact,
    master: &MasterKey,
    at: DateTime<Utc>,
) -> Result<Vec<WebhookSecret>, MasterKeyError> {
    let (id, version) = (contact.id.to_string(), contact.secret_version.unsigned_abs());
    let is_good = contact.previous_until.is_some_and(|until| at < until);
    let previous = contact.previous_envelope.as_deref().filter(|_| is_good);
    let newest = contact.envelope.as_deref().map(|envelope| (envelope, version));
    let all = newest.into_iter().chain(previous.map(|envelope| (envelope, version.saturating_sub(1))));
    all.map(|(envelope, version)| WebhookSecret::unwrap(envelope, master, &id, version)).collect()
}

/// What a webhook is sent: always the same body for one delivery, signed anew each time.
pub(super) fn posting(contact: &Contact, delivery: &Delivery, secrets: &[WebhookSecret], at: DateTime<Utc>) -> Posting {
    let (id, seconds, body) = (delivery.notice_id.to_string(), at.timestamp(), body(delivery));
    let signatures: Vec<String> = secrets.iter().map(|secret| secret.sign(&id, seconds, &body)).collect();
    let headers = vec![
        ("webhook-id", id),
        ("webhook-timestamp", seconds.to_string()),
        ("webhook-signature", signatures.join(" ")),
    ];
    Posting { url: contact.address.clone(), headers, body }
}

fn body(delivery: &Delivery) -> String {
    let mut data: Value = serde_json::from_str(&delivery.payload).unwrap_or_else(|_| json!({}));
    if let Some(members) = data.as_object_mut().filter(|_| !is_of_plan(&delivery.kind)) {
        members.insert("owner".to_owned(), json!(delivery.recipient));
    }
    let timestamp = delivery.noticed_at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
    json!({ "type": delivery.kind, "timestamp": timestamp, "data": data }).to_string()
}
