//! `GET /v1/audit/checkpoints`

use actix_web::{HttpRequest, HttpResponse};
use argus_admin::{Listed, schema};

use crate::Problem;
use crate::asked::Asked;
use crate::page::page;
use crate::query::Pairs;

/// List the signed checkpoints of the audit, oldest first.
#[utoipa::path(
    get, path = "/v1/audit/checkpoints", tag = "audit",
    responses((status = 200, description = "A page.", body = Listed<schema::AuditCheckpoint>)),
    extensions(("x-problems" = json!(["not-permitted"])))
)]
pub(crate) async fn list_audit_checkpoints(request: HttpRequest, asked: Asked<Pairs>) -> Result<HttpResponse, Problem> {
    page(&request, &asked.admin.list_checkpoints(&asked.call, asked.input.0).await?)
}
