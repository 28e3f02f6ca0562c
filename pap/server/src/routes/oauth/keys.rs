//! `GET /.well-known/jwks.json`

use actix_web::http::header::{self, ContentType, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use argus_admin::Admin;

use crate::{Problem, etag};

/// How long the set may be kept: a new key is in it for twice as long before it signs.
const MAX_AGE: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// RFC 7517 §8.5.2.
const MEDIA_TYPE: &str = "application/jwk-set+json";

/// Show the public keys that verify access tokens (RFC 7517).
///
/// Whoever verifies tokens may keep the set for five minutes: a new key is in it for ten before it signs.
#[utoipa::path(
    get, path = "/.well-known/jwks.json", tag = "oauth", security(()),
    responses((status = 200, description = "The keys.", body = Object, content_type = "application/jwk-set+json")),
    extensions(("x-problems" = json!(["invalid-field", "internal", "busy", "store-away"])))
)]
pub(crate) async fn show_key_set(request: HttpRequest, admin: web::Data<Admin>) -> Result<HttpResponse, Problem> {
    let kind = MEDIA_TYPE.parse().map_err(|_| Problem::internal())?;
    let mut answer = etag::shown(&request, None, admin.show_key_set().await?, ContentType(kind))?;
    answer.headers_mut().insert(header::CACHE_CONTROL, MAX_AGE);
    Ok(answer)
}
