//! `POST /v1/audit/forget`

use actix_web::HttpResponse;
use argus_admin::{ForgottenPerson, schema};

use crate::Problem;
use crate::asked::Asked;
use crate::body::JsonBody;

/// Forget a person: destroy the key under which the audit of an organisation speaks of an owner of keys.
///
/// The chain holds; who it was and from where can't be read any more, and nobody can undo it.
#[utoipa::path(
    post, path = "/v1/audit/forget", tag = "audit",
    request_body(
        content = schema::NewForgetting,
        example = json!({"organisation": "acme", "owner": "grace@acme.example"})
    ),
    responses((status = 200, description = "What the entries say instead.", body = ForgottenPerson)),
    extensions(("x-problems" = json!(["not-permitted", "wrong-state"])))
)]
pub(crate) async fn forget_person(asked: Asked<JsonBody>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(asked.admin.forget_person(&asked.call, asked.input.0).await?))
}
