//! `GET /v1/audit`

use actix_web::{HttpRequest, HttpResponse};
use argus_admin::{Listed, schema};

use crate::Problem;
use crate::asked::Asked;
use crate::page::page;
use crate::query::Pairs;

/// List audit entries, oldest first: who did what to which thing, when, from where, and by which decision.
#[utoipa::path(
    get, path = "/v1/audit", tag = "audit",
    params(
        ("organisation" = Option<String>, Query,
            description = "The organisation; that of the caller's key unless named, and all for a key of `argus`."),
        ("actor" = Option<String>, Query, description = "Only acts of this one: a key's id, `host`, `argus` or `nobody`."),
        ("target" = Option<String>, Query,
            description = "Only acts upon the thing with this id. Keys are found in the entries of bulk acts as well."),
        ("event" = Option<String>, Query, description = "Only this event, such as `key.revoked`."),
        ("from" = Option<String>, Query, description = "Only entries of this time or later."),
        ("before" = Option<String>, Query, description = "Only entries before this time.")
    ),
    responses((status = 200, description = "A page.", body = Listed<schema::AuditEntry>)),
    extensions(("x-problems" = json!(["not-permitted"])))
)]
pub(crate) async fn list_audit(request: HttpRequest, asked: Asked<Pairs>) -> Result<HttpResponse, Problem> {
    page(&request, &asked.admin.list_audit(&asked.call, asked.input.0).await?)
}
