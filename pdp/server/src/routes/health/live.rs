//! GET /healthz

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};

/// Show that the process runs and answers.
///
/// It says nothing of the store or the policies: a restart would not mend them.
#[utoipa::path(
    get, path = "/healthz", tag = "health", security(()),
    responses((status = 200, description = "It answers.", body = Object))
)]
pub(in crate::routes) async fn show_liveness() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, HeaderValue::from_static("application/json")))
        .insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .body("{\"status\":\"ok\"}\n")
}
