//! `GET /v1/reviews`, `GET /v1/reviews/{review}` and `GET /v1/reviews/{review}/keys`

use actix_web::http::header::ContentType;
use actix_web::{HttpRequest, HttpResponse, web};
use argus_admin::{Listed, ReviewItemView, ReviewView};

use crate::asked::Asked;
use crate::page::page;
use crate::query::Pairs;
use crate::{Problem, etag};

/// List reviews of what keys grant, the newest first.
#[utoipa::path(
    get, path = "/v1/reviews", tag = "reviews",
    params(
        ("organisation" = Option<String>, Query,
            description = "The organisation; that of the caller's key unless named, and all for a key of `argus`."),
        ("state" = Option<String>, Query, description = "Only those that are `open`, `signed` or `replaced`.")
    ),
    responses((status = 200, description = "A page.", body = Listed<ReviewView>)),
    extensions(("x-problems" = json!(["not-permitted"])))
)]
pub(crate) async fn list_reviews(request: HttpRequest, asked: Asked<Pairs>) -> Result<HttpResponse, Problem> {
    page(&request, &asked.admin.list_reviews(&asked.call, asked.input.0).await?)
}

/// Show a review with its numbers.
#[utoipa::path(
    get, path = "/v1/reviews/{review}", tag = "reviews",
    params(("review" = String, Path, description = "Its id.", format = Uuid)),
    responses((status = 200, description = "The review.", body = ReviewView))
)]
pub(crate) async fn show_review(
    request: HttpRequest,
    asked: Asked<web::Path<String>>,
) -> Result<HttpResponse, Problem> {
    let shown = asked.admin.show_review(&asked.call, &asked.input).await?;
    etag::shown(&request, None, etag::written(&shown)?, ContentType::json())
}

/// List the keys of a review: each as it was when it was looked at, what was said of it, and as it is now.
#[utoipa::path(
    get, path = "/v1/reviews/{review}/keys", tag = "reviews",
    params(
        ("review" = String, Path, description = "Its id.", format = Uuid),
        ("verdict" = Option<String>, Query, description = "Only those of which `keep`, `narrow` or `revoke` was said.")
    ),
    responses((status = 200, description = "A page.", body = Listed<ReviewItemView>))
)]
pub(crate) async fn list_review_keys(
    request: HttpRequest,
    asked: Asked<(web::Path<String>, Pairs)>,
) -> Result<HttpResponse, Problem> {
    let (id, query) = asked.input;
    page(&request, &asked.admin.list_review_keys(&asked.call, &id, query.0).await?)
}
