//! `GET /v1/keys/{key}`

use actix_web::{HttpRequest, HttpResponse, web};
use argus_admin::KeyView;

use crate::asked::Asked;
use crate::{Problem, etag};

/// Show a key: everything but its secret.
#[utoipa::path(
    get, path = "/v1/keys/{key}", tag = "keys",
    params(("key" = String, Path, description = "Its id.", format = Uuid)),
    responses((status = 200, description = "The key.", body = KeyView))
)]
pub(crate) async fn show_key(request: HttpRequest, asked: Asked<web::Path<String>>) -> Result<HttpResponse, Problem> {
    etag::show(&request, &asked.admin.show_key(&asked.call, &asked.input).await?)
}
