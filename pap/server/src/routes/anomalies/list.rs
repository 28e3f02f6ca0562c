//! `GET /v1/anomalies` and `GET /v1/anomalies/{anomaly}`

use actix_web::http::header::ContentType;
use actix_web::{HttpRequest, HttpResponse, web};
use argus_admin::{AnomalyView, Listed};

use crate::asked::Asked;
use crate::page::page;
use crate::query::Pairs;
use crate::{Problem, etag};

/// List what stood out in the use of keys, the newest first.
#[utoipa::path(
    get, path = "/v1/anomalies", tag = "anomalies",
    params(
        ("organisation" = Option<String>, Query,
            description = "The organisation; that of the caller's key unless named, and all for a key of `argus`."),
        ("key" = Option<String>, Query, description = "Only what concerns this key, by its id."),
        ("detector" = Option<String>, Query, description = "Only what this detector found, such as `shared-key`."),
        ("severity" = Option<String>, Query, description = "Only what is `low`, `medium`, `high` or `critical`, or more."),
        ("state" = Option<String>, Query,
            description = "Only what is `open`, `acknowledged`, `snoozed` or `false`."),
        ("from" = Option<String>, Query, description = "Only what was found first at this time or later."),
        ("before" = Option<String>, Query, description = "Only what was found first before this time.")
    ),
    responses((status = 200, description = "A page.", body = Listed<AnomalyView>)),
    extensions(("x-problems" = json!(["not-permitted"])))
)]
pub(crate) async fn list_anomalies(request: HttpRequest, asked: Asked<Pairs>) -> Result<HttpResponse, Problem> {
    page(&request, &asked.admin.list_anomalies(&asked.call, asked.input.0).await?)
}

/// Show what stood out.
#[utoipa::path(
    get, path = "/v1/anomalies/{anomaly}", tag = "anomalies",
    params(("anomaly" = String, Path, description = "Its id.", format = Uuid)),
    responses((status = 200, description = "The anomaly.", body = AnomalyView))
)]
pub(crate) async fn show_anomaly(
    request: HttpRequest,
    asked: Asked<web::Path<String>>,
) -> Result<HttpResponse, Problem> {
    let shown = asked.admin.show_anomaly(&asked.call, &asked.input).await?;
    etag::shown(&request, None, etag::written(&shown)?, ContentType::json())
}
