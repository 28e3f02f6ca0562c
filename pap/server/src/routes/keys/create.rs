//! `POST /v1/keys`

use actix_web::HttpResponse;
use argus_admin::{Guidance, KeyView, schema};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Problem;
use crate::asked::Asked;
use crate::body::JsonBody;
use crate::created::created;

/// A key, and this once its secret and how to integrate it.
#[derive(Serialize, ToSchema)]
#[schema(as = CreatedKey)]
struct Shown<'a> {
    #[serde(flatten)]
    key: &'a KeyView,
    /// What its holder presents. It is stored only as a hash, and never shown again.
    secret: &'a str,
    guidance: &'a Guidance,
}

/// Make a key. The answer holds its secret, which is stored only as a hash and never shown again.
///
/// Who is no owner of the organisation derives from his own key, and hands out nothing that he hasn't: what is wider is
/// refused with the very scope or condition.
#[utoipa::path(
    post, path = "/v1/keys", tag = "keys",
    request_body(content = schema::NewKey, example = json!({
        "organisation": "acme", "project": "atlas", "name": "reader", "scopes": ["acme/atlas/evidence:read"],
        "conditions": {"networks": ["10.0.0.0/8"]}, "tags": ["ci"], "expires_in_seconds": 2_592_000,
        "limits": [{"name": "burst", "strategy": "token_bucket", "limit": 100, "window_seconds": 60}]
    })),
    responses((status = 201, description = "It is made.", body = inline(Shown))),
    extensions(("x-problems" = json!([
        "not-permitted", "already-exists", "wrong-state", "plan-limit", "chain-limit", "secret-already-shown", "clock-off"
    ])))
)]
pub(crate) async fn create_key(asked: Asked<JsonBody>) -> Result<HttpResponse, Problem> {
    let made = asked.admin.create_key(&asked.call, asked.input.0).await?;
    let shown = Shown { key: &made.key, secret: made.secret.expose(), guidance: &made.guidance };
    Ok(created(&format!("/v1/keys/{}", made.key.id), &made.key, &shown))
}
