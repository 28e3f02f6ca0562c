//! `POST /v1/keys/{key}/revoke`

use actix_web::{HttpResponse, web};
use argus_admin::{RevokedKey, schema};

use crate::Problem;
use crate::asked::Asked;
use crate::body::JsonBody;

/// Revoke a key: every decision point refuses it within a second. Revoking it again changes nothing.
///
/// No `If-Match`: stopping a key must not fail because somebody renamed it.
#[utoipa::path(
    post, path = "/v1/keys/{key}/revoke", tag = "keys",
    params(("key" = String, Path, description = "Its id.", format = Uuid)),
    request_body(content = Option<schema::NewRevocation>, example = json!({"reason": "not needed any more"})),
    responses((status = 200, description = "It is revoked.", body = RevokedKey)),
    extensions(("x-problems" = json!(["not-permitted"])))
)]
pub(crate) async fn revoke_key(asked: Asked<(web::Path<String>, JsonBody)>) -> Result<HttpResponse, Problem> {
    let (key, body) = asked.input;
    Ok(HttpResponse::Ok().json(asked.admin.revoke_key(&asked.call, &key, body.0).await?))
}
