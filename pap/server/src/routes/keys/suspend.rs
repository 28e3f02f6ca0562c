//! `POST /v1/keys/{key}/suspend` and `…/resume`

use actix_web::{HttpResponse, web};
use argus_admin::{StoppedKey, schema};

use crate::Problem;
use crate::asked::Asked;
use crate::body::JsonBody;

/// Suspend a key: it and all keys derived from it are refused until it is resumed.
#[utoipa::path(
    post, path = "/v1/keys/{key}/suspend", tag = "keys",
    params(("key" = String, Path, description = "Its id.", format = Uuid)),
    request_body(content = Option<schema::NewSuspension>, example = json!({})),
    responses((status = 200, description = "It is suspended.", body = StoppedKey)),
    extensions(("x-problems" = json!(["not-permitted", "wrong-state"])))
)]
pub(crate) async fn suspend_key(asked: Asked<(web::Path<String>, JsonBody)>) -> Result<HttpResponse, Problem> {
    let (key, body) = asked.input;
    Ok(HttpResponse::Ok().json(asked.admin.suspend_key(&asked.call, &key, body.0).await?))
}

/// Resume a suspended key.
#[utoipa::path(
    post, path = "/v1/keys/{key}/resume", tag = "keys",
    params(("key" = String, Path, description = "Its id.", format = Uuid)),
    request_body(content = Option<schema::NewSuspension>, example = json!({})),
    responses((status = 200, description = "It is as it was before.", body = StoppedKey)),
    extensions(("x-problems" = json!(["not-permitted", "wrong-state"])))
)]
pub(crate) async fn resume_key(asked: Asked<(web::Path<String>, JsonBody)>) -> Result<HttpResponse, Problem> {
    let (key, body) = asked.input;
    Ok(HttpResponse::Ok().json(asked.admin.resume_key(&asked.call, &key, body.0).await?))
}
