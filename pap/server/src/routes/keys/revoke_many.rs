//! `POST /v1/keys/revoke`

use actix_web::HttpResponse;
use argus_admin::{RevokedKeys, schema};

use crate::Problem;
use crate::asked::Asked;
use crate::body::JsonBody;

/// Revoke all keys of an owner, of a project, with a tag, or made in a window of time. `dry_run` tells which.
#[utoipa::path(
    post, path = "/v1/keys/revoke", tag = "keys",
    request_body(
        content = schema::NewRevocations,
        example = json!({"organisation": "acme", "owner": "ada@acme.example", "reason": "left", "dry_run": true})
    ),
    responses((status = 200, description = "They are revoked.", body = RevokedKeys)),
    extensions(("x-problems" = json!(["not-permitted"])))
)]
pub(crate) async fn revoke_keys(asked: Asked<JsonBody>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(asked.admin.revoke_keys(&asked.call, asked.input.0).await?))
}
