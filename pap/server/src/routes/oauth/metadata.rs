//! `GET /.well-known/oauth-authorization-server`

use actix_web::http::header::ContentType;
use actix_web::{HttpRequest, HttpResponse, web};
use argus_admin::{Admin, Metadata};

use crate::{Problem, etag};

/// Show where the endpoints of OAuth are, and what they can do (RFC 8414).
#[utoipa::path(
    get, path = "/.well-known/oauth-authorization-server", tag = "oauth", security(()),
    responses((status = 200, description = "Where they are.", body = Metadata)),
    extensions(("x-problems" = json!(["invalid-field", "not-found", "internal"])))
)]
pub(crate) async fn show_metadata(request: HttpRequest, admin: web::Data<Admin>) -> Result<HttpResponse, Problem> {
    let metadata = serde_json::to_string(&admin.show_metadata()?).map_err(|_| Problem::internal())?;
    etag::shown(&request, None, metadata, ContentType::json())
}
