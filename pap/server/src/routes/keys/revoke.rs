//! `POST /v1/keys/{key}/revoke`

use actix_web::{HttpResponse, web};

use crate::Problem;
use crate::asked::Asked;
use crate::body::JsonBody;

/// Revoke a key: every decision point refuses it within a second. Revoking it again changes nothing.
pub(crate) async fn revoke_key(asked: Asked<(web::Path<String>, JsonBody)>) -> Result<HttpResponse, Problem> {
    let (key, body) = asked.input;
    Ok(HttpResponse::Ok().json(asked.admin.revoke_key(&asked.call, &key, body.0).await?))
}
