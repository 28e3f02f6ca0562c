//! `GET /v1/keys/{key}`

use actix_web::{HttpResponse, web};

use crate::Problem;
use crate::asked::Asked;

/// Show a key.
pub(crate) async fn show_key(asked: Asked<web::Path<String>>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(asked.admin.show_key(&asked.call, &asked.input).await?))
}
