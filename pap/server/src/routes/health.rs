//! `GET /healthz`: the process answers. Whether it is any use is not asked here.

use actix_web::HttpResponse;
use serde_json::json;
use utoipa::ToSchema;

/// How the process is.
#[derive(ToSchema)]
#[expect(dead_code, reason = "described, and written as it is")]
struct Health {
    /// `ok`.
    status: String,
}

/// Show that the process answers.
#[utoipa::path(
    get, path = "/healthz", tag = "health", security(()),
    responses((status = 200, description = "It answers.", body = Health))
)]
pub(crate) async fn show_health() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "ok" }))
}
