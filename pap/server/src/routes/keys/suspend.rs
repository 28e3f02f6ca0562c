//! `POST /v1/keys/{key}/suspend` and `…/resume`

use actix_web::{HttpResponse, web};

use crate::Problem;
use crate::asked::Asked;
use crate::body::JsonBody;

/// Suspend a key: it and all keys derived from it are refused until it is resumed.
pub(crate) async fn suspend_key(asked: Asked<(web::Path<String>, JsonBody)>) -> Result<HttpResponse, Problem> {
    let (key, body) = asked.input;
    Ok(HttpResponse::Ok().json(asked.admin.suspend_key(&asked.call, &key, body.0).await?))
}

/// Resume a suspended key.
pub(crate) async fn resume_key(asked: Asked<(web::Path<String>, JsonBody)>) -> Result<HttpResponse, Problem> {
    let (key, body) = asked.input;
    Ok(HttpResponse::Ok().json(asked.admin.resume_key(&asked.call, &key, body.0).await?))
}
