//! `GET /v1/audit/keys`

use actix_web::http::header::ContentType;
use actix_web::{HttpRequest, HttpResponse};
use argus_admin::schema;

use crate::asked::Asked;
use crate::{Problem, etag};

/// Show the public keys that audit checkpoints are checked with, as a JWK set (RFC 7517).
#[utoipa::path(
    get, path = "/v1/audit/keys", tag = "audit",
    responses((status = 200, description = "The keys.", body = schema::AuditKeys))
)]
pub(crate) async fn show_audit_keys(request: HttpRequest, asked: Asked) -> Result<HttpResponse, Problem> {
    etag::shown(&request, None, etag::written(&asked.admin.show_audit_keys(&asked.call)?)?, ContentType::json())
}
