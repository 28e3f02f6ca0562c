//! `POST /v1/contacts`

use actix_web::HttpResponse;
use argus_admin::{ContactView, schema};
use argus_credentials::Secret;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Problem;
use crate::asked::Asked;
use crate::body::JsonBody;
use crate::created::created;

/// A contact, and this once its secret, where it is a webhook.
#[derive(Serialize, ToSchema)]
#[schema(as = CreatedContact)]
struct Shown<'a> {
    #[serde(flatten)]
    contact: &'a ContactView,
    /// What requests to a webhook are signed with (Standard Webhooks). It is kept sealed, and never shown again.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<&'a str>,
}

/// Make a contact: an address of e-mail, or a webhook, that is told of what happens to keys.
///
/// A webhook's answer holds the secret that its requests are signed with. They are those of Standard Webhooks:
/// `webhook-id`, `webhook-timestamp`, `webhook-signature`.
#[utoipa::path(
    post, path = "/v1/contacts", tag = "contacts",
    request_body(content = schema::NewContact, example = json!({
        "organisation": "acme", "kind": "webhook", "address": "https://hooks.acme.example/argus",
        "events": ["key.revoked", "key.expiry_ahead"]
    })),
    responses((status = 201, description = "It is made.", body = inline(Shown))),
    extensions(("x-problems" = json!(["not-permitted", "plan-limit", "chain-limit", "secret-already-shown", "wrong-state"])))
)]
pub(crate) async fn create_contact(asked: Asked<JsonBody>) -> Result<HttpResponse, Problem> {
    let made = asked.admin.create_contact(&asked.call, asked.input.0).await?;
    let secret = made.secret.as_ref().map(Secret::expose);
    let shown = Shown { contact: &made.contact, secret };
    Ok(created(&format!("/v1/contacts/{}", made.contact.id), &made.contact, &shown))
}
