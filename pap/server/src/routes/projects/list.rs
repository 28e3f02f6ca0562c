//! `GET /v1/projects`

use actix_web::{HttpRequest, HttpResponse};

use crate::Problem;
use crate::asked::Asked;
use crate::page::page;
use crate::query::Pairs;

/// List projects, or find one by its name.
pub(crate) async fn list_projects(request: HttpRequest, asked: Asked<Pairs>) -> Result<HttpResponse, Problem> {
    let listed = asked.admin.list_projects(&asked.call, asked.input.0).await?;
    Ok(page(&request, &listed))
}
