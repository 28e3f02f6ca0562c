//! `GET /healthz`: the process answers. Whether it is any use is not asked here.

use actix_web::HttpResponse;
use serde_json::json;

pub(crate) async fn show_health() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "ok" }))
}
