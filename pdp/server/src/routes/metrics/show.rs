//! GET /metrics

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use actix_web::web::Data;

use crate::moment::Moment;
use crate::pdp::Shared;

/// Show the metrics in Prometheus' text form. They hold no names of organisations, keys or people.
#[utoipa::path(
    get, path = "/metrics", tag = "health", security(()),
    responses((status = 200, description = "The metrics.", body = String, content_type = "text/plain"))
)]
pub(in crate::routes) async fn show_metrics(shared: Data<Shared>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8")))
        .insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .body(shared.render_metrics(Moment::now()))
}
