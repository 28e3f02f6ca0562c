//! `GET /v1/projects`

use actix_web::{HttpRequest, HttpResponse};
use argus_admin::{Listed, ProjectView};

use crate::Problem;
use crate::asked::Asked;
use crate::page::page;
use crate::query::Pairs;

/// List the projects of an organisation, or find one by its name.
#[utoipa::path(
    get, path = "/v1/projects", tag = "projects",
    params(
        ("organisation" = Option<String>, Query, description = "The organisation; that of the caller's key unless named."),
        ("name" = Option<String>, Query, description = "Only the one of this name.")
    ),
    responses((status = 200, description = "A page.", body = Listed<ProjectView>)),
    extensions(("x-problems" = json!(["not-permitted"])))
)]
pub(crate) async fn list_projects(request: HttpRequest, asked: Asked<Pairs>) -> Result<HttpResponse, Problem> {
    page(&request, &asked.admin.list_projects(&asked.call, asked.input.0).await?)
}
