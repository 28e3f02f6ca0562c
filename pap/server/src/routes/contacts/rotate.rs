//! `POST /v1/contacts/{contact}/rotate`

use actix_web::{HttpResponse, web};
use argus_admin::{ContactView, schema};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Problem;
use crate::asked::Asked;
use crate::body::JsonBody;

/// A webhook, and this once its new secret.
#[derive(Serialize, ToSchema)]
#[schema(as = RotatedContact)]
struct Shown<'a> {
    #[serde(flatten)]
    contact: &'a ContactView,
    /// What its requests are signed with. It is kept sealed, and never shown again.
    secret: &'a str,
}

/// Give a webhook another secret; the one before signs beside it for a grace, a day unless set.
#[utoipa::path(
    post, path = "/v1/contacts/{contact}/rotate", tag = "contacts",
    params(("contact" = String, Path, description = "Its id.", format = Uuid)),
    request_body(content = Option<schema::NewContactRotation>, example = json!({"grace_seconds": 3600})),
    responses((status = 200, description = "It has a new secret.", body = inline(Shown))),
    extensions(("x-problems" = json!(["not-permitted", "wrong-state", "secret-already-shown", "stale"])))
)]
pub(crate) async fn rotate_contact(asked: Asked<(web::Path<String>, JsonBody)>) -> Result<HttpResponse, Problem> {
    let (id, body) = asked.input;
    let rotated = asked.admin.rotate_contact(&asked.call, &id, body.0).await?;
    Ok(HttpResponse::Ok().json(Shown { contact: &rotated.contact, secret: rotated.secret.expose() }))
}
