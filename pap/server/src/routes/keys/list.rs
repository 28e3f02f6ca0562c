//! `GET /v1/keys`

use actix_web::{HttpRequest, HttpResponse};

use crate::Problem;
use crate::asked::Asked;
use crate::page::page;
use crate::query::Pairs;

/// List keys, or find one by its name.
pub(crate) async fn list_keys(request: HttpRequest, asked: Asked<Pairs>) -> Result<HttpResponse, Problem> {
    let listed = asked.admin.list_keys(&asked.call, asked.input.0).await?;
    Ok(page(&request, &listed))
}
