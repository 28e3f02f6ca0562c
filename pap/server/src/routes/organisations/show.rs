//! `GET /v1/organisations/{organisation}`

use actix_web::{HttpResponse, web};

use crate::Problem;
use crate::asked::Asked;

/// Show an organisation.
pub(crate) async fn show_organisation(asked: Asked<web::Path<String>>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(asked.admin.show_organisation(&asked.call, &asked.input).await?))
}
