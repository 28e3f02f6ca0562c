//! `GET /.well-known/oauth-authorization-server`, and the same with the path of the issuer behind it

use actix_web::http::header::ContentType;
use actix_web::web::ServiceConfig;
use actix_web::{HttpRequest, HttpResponse, web};
use argus_admin::{Admin, Metadata};

use crate::{Problem, doors, etag};

const PATH: &str = "/.well-known/oauth-authorization-server";

/// Show where the endpoints of OAuth are, and what they can do (RFC 8414).
///
/// Where the issuer has a path, it is found with that path behind this one, too: of `https://argus.example/keys`, at
/// `/.well-known/oauth-authorization-server/keys`.
#[utoipa::path(
    get, path = "/.well-known/oauth-authorization-server", tag = "oauth", security(()),
    responses((status = 200, description = "Where they are.", body = Metadata)),
    extensions(("x-problems" = json!(["invalid-field", "not-found", "internal"])))
)]
pub(crate) async fn show_metadata(request: HttpRequest, admin: web::Data<Admin>) -> Result<HttpResponse, Problem> {
    let metadata = serde_json::to_string(&admin.show_metadata()?).map_err(|_| Problem::internal())?;
    etag::shown(&request, None, metadata, ContentType::json())
}

/// Mounts it once more where clients look that are told an issuer with a path (RFC 8414 §3.1). What the path is, is
/// known only when the server is set up, so it is no door of the table.
pub(crate) fn mount_with_path(config: &mut ServiceConfig) {
    config.service(
        doors::resource("/.well-known/oauth-authorization-server/{path:.*}", "GET, HEAD")
            .route(doors::get().to(with_path)),
    );
}

async fn with_path(request: HttpRequest, admin: web::Data<Admin>) -> Result<HttpResponse, Problem> {
    let asked = request.path().strip_prefix(PATH).and_then(|path| path.strip_prefix('/'));
    if asked.is_none() || asked != admin.issuer_path() {
        return Err(Problem::no_such_path());
    }
    show_metadata(request, admin).await
}
