//! `POST /v1/projects`

use actix_web::HttpResponse;
use argus_admin::{ProjectView, schema};

use crate::Problem;
use crate::asked::Asked;
use crate::body::JsonBody;
use crate::created::created;

/// Make a project.
#[utoipa::path(
    post, path = "/v1/projects", tag = "projects",
    request_body(content = schema::NewProject, example = json!({"organisation": "acme", "name": "atlas", "conditions": {"countries": ["DE", "FR"]}})),
    responses((status = 201, description = "It is made.", body = ProjectView)),
    extensions(("x-problems" = json!(["not-permitted", "already-exists", "plan-limit"])))
)]
pub(crate) async fn create_project(asked: Asked<JsonBody>) -> Result<HttpResponse, Problem> {
    let made = asked.admin.create_project(&asked.call, asked.input.0).await?;
    Ok(created(&format!("/v1/projects/{}", made.id), &made, &made))
}
