//! `POST /v1/projects`

use actix_web::HttpResponse;
use actix_web::http::header;

use crate::Problem;
use crate::asked::Asked;
use crate::body::JsonBody;

/// Make a project.
pub(crate) async fn create_project(asked: Asked<JsonBody>) -> Result<HttpResponse, Problem> {
    let made = asked.admin.create_project(&asked.call, asked.input.0).await?;
    let location = format!("/v1/projects/{}", made.id);
    Ok(HttpResponse::Created().insert_header((header::LOCATION, location)).json(made))
}
