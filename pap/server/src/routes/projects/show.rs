//! `GET /v1/projects/{project}`

use actix_web::{HttpRequest, HttpResponse, web};
use argus_admin::ProjectView;

use crate::asked::Asked;
use crate::{Problem, etag};

/// Show a project.
#[utoipa::path(
    get, path = "/v1/projects/{project}", tag = "projects",
    params(("project" = String, Path, description = "Its id.", format = Uuid)),
    responses((status = 200, description = "The project.", body = ProjectView))
)]
pub(crate) async fn show_project(
    request: HttpRequest,
    asked: Asked<web::Path<String>>,
) -> Result<HttpResponse, Problem> {
    etag::show(&request, &asked.admin.show_project(&asked.call, &asked.input).await?)
}
