//! `POST /v1/reviews`

use actix_web::HttpResponse;
use actix_web::http::header;
use argus_admin::{ReviewView, entity_tag, schema};

use crate::asked::Asked;
use crate::body::JsonBody;
use crate::{Problem, etag};

/// Start a review of what the keys of an organisation grant.
///
/// Every key that hasn't ended is written down with its scopes, its owner and when it was last used. Then it is said of
/// each whether it is kept, narrowed or revoked, and the whole is signed, within 31 days. No key is touched by any of it.
#[utoipa::path(
    post, path = "/v1/reviews", tag = "reviews",
    request_body(content = schema::NewReview, example = json!({"organisation": "acme"})),
    responses((status = 201, description = "It is open.", body = ReviewView)),
    extensions(("x-problems" = json!(["not-permitted", "wrong-state"])))
)]
pub(crate) async fn start_review(asked: Asked<JsonBody>) -> Result<HttpResponse, Problem> {
    let started = asked.admin.start_review(&asked.call, asked.input.0).await?;
    let tag = entity_tag(None, &etag::written(&started)?);
    let mut answer = HttpResponse::Created();
    answer.insert_header((header::LOCATION, format!("/v1/reviews/{}", started.id)));
    Ok(answer.insert_header((header::ETAG, tag)).json(started))
}
