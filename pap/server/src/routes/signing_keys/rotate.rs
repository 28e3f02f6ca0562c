//! `POST /v1/signing-keys/rotate`

use actix_web::HttpResponse;
use argus_admin::{RotatedSigningKey, schema};

use crate::Problem;
use crate::asked::Asked;
use crate::body::JsonBody;

/// Publish another signing key.
///
/// It signs as soon as everybody who verifies can know it; with `emergency` it signs at once, and every token that was
/// signed before is refused.
#[utoipa::path(
    post, path = "/v1/signing-keys/rotate", tag = "oauth",
    request_body(content = Option<schema::NewSigningKey>, example = json!({"emergency": true})),
    responses((status = 200, description = "The key that comes next, or signs already.", body = RotatedSigningKey)),
    extensions(("x-problems" = json!(["not-permitted", "wrong-state", "chain-limit"])))
)]
pub(crate) async fn rotate_signing_key(asked: Asked<JsonBody>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(asked.admin.rotate_signing_key(&asked.call, asked.input.0).await?))
}
