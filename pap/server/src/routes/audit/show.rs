//! `GET /v1/audit/{sequence}`

use actix_web::http::header::ContentType;
use actix_web::{HttpRequest, HttpResponse, web};
use argus_admin::schema;

use crate::asked::Asked;
use crate::{Problem, etag};

/// Show an audit entry by its number.
#[utoipa::path(
    get, path = "/v1/audit/{sequence}", tag = "audit",
    params(("sequence" = i64, Path, description = "Its number.")),
    responses((status = 200, description = "The entry.", body = schema::AuditEntry))
)]
pub(crate) async fn show_audit_entry(
    request: HttpRequest,
    asked: Asked<web::Path<String>>,
) -> Result<HttpResponse, Problem> {
    let entry = asked.admin.show_audit_entry(&asked.call, &asked.input).await?;
    etag::shown(&request, None, etag::written(&entry)?, ContentType::json())
}
