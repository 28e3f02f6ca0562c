//! `POST /v1/people/export`

use actix_web::HttpResponse;
use argus_admin::{PersonExport, schema};

use crate::Problem;
use crate::asked::Asked;
use crate::body::JsonBody;

/// Hand out all that is kept of an owner of keys: keys, contacts, notices, deliveries, callers, reviews, entries of
/// the audit.
///
/// The audit tells that it was handed out. What the name is of is in the body, so that no log of addresses has it.
#[utoipa::path(
    post, path = "/v1/people/export", tag = "people",
    request_body(
        content = schema::NewPersonExport,
        example = json!({"organisation": "acme", "owner": "grace@acme.example"})
    ),
    responses((status = 200, description = "All of it.", body = PersonExport)),
    extensions(("x-problems" = json!(["not-permitted"])))
)]
pub(crate) async fn export_person(asked: Asked<JsonBody>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(asked.admin.export_person(&asked.call, asked.input.0).await?))
}
