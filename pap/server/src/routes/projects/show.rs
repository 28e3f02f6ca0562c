//! `GET /v1/projects/{project}`

use actix_web::{HttpResponse, web};

use crate::Problem;
use crate::asked::Asked;

/// Show a project.
pub(crate) async fn show_project(asked: Asked<web::Path<String>>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(asked.admin.show_project(&asked.call, &asked.input).await?))
}
