//! `POST /v1/organisations`

use actix_web::HttpResponse;
use argus_admin::{OrganisationView, schema};

use crate::Problem;
use crate::asked::Asked;
use crate::body::JsonBody;
use crate::created::created;

/// Make an organisation.
#[utoipa::path(
    post, path = "/v1/organisations", tag = "organisations",
    request_body(content = schema::NewOrganisation, example = json!({"name": "acme", "display_name": "ACME Ltd"})),
    responses((status = 201, description = "It is made.", body = OrganisationView)),
    extensions(("x-problems" = json!(["not-permitted", "already-exists"])))
)]
pub(crate) async fn create_organisation(asked: Asked<JsonBody>) -> Result<HttpResponse, Problem> {
    let made = asked.admin.create_organisation(&asked.call, asked.input.0).await?;
    Ok(created(&format!("/v1/organisations/{}", made.id), &made, &made))
}
