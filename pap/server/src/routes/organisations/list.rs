//! `GET /v1/organisations`

use actix_web::{HttpRequest, HttpResponse};
use argus_admin::{Listed, OrganisationView};

use crate::Problem;
use crate::asked::Asked;
use crate::page::page;
use crate::query::Pairs;

/// List organisations, or find one by its name.
#[utoipa::path(
    get, path = "/v1/organisations", tag = "organisations",
    params(("name" = Option<String>, Query, description = "Only the one of this name.")),
    responses((status = 200, description = "A page.", body = Listed<OrganisationView>)),
    extensions(("x-problems" = json!(["not-permitted"])))
)]
pub(crate) async fn list_organisations(request: HttpRequest, asked: Asked<Pairs>) -> Result<HttpResponse, Problem> {
    page(&request, &asked.admin.list_organisations(&asked.call, asked.input.0).await?)
}
