//! `GET /openapi.json`

use actix_web::http::header::ContentType;
use actix_web::{HttpRequest, HttpResponse};

use crate::{Problem, etag, openapi};

/// Show the description of this API: OpenAPI 3.1.
///
/// It is the same for everybody, and needs no key.
#[utoipa::path(
    get, path = "/openapi.json", tag = "description", security(()),
    responses((status = 200, description = "The description.", body = Object))
)]
pub(crate) async fn show_openapi(request: HttpRequest) -> Result<HttpResponse, Problem> {
    etag::shown(&request, None, openapi::text().to_owned(), ContentType::json())
}
