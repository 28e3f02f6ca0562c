//! `POST /v1/keys/revoke`

use actix_web::HttpResponse;

use crate::Problem;
use crate::asked::Asked;
use crate::body::JsonBody;

/// Revoke all keys of an owner, of a project, with a tag, or made in a window of time. `dry_run` tells which.
pub(crate) async fn revoke_keys(asked: Asked<JsonBody>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(asked.admin.revoke_keys(&asked.call, asked.input.0).await?))
}
