//! `POST /v1/reviews/{review}/sign`

use actix_web::{HttpResponse, web};
use argus_admin::{ReviewView, schema};

use crate::Problem;
use crate::asked::Asked;
use crate::body::JsonBody;

/// Sign a review: from then on it changes no more, and the audit has the digest of what was signed.
///
/// It takes `admin` on `<organisation>/argus/reviews`. A review is not signed before something was said of each key, while
/// a key that is kept grants another thing than what was looked at, nor later than 31 days after its start.
#[utoipa::path(
    post, path = "/v1/reviews/{review}/sign", tag = "reviews",
    params(("review" = String, Path, description = "Its id.", format = Uuid)),
    request_body(content = Option<schema::NewReviewSignature>, example = json!({"statement": "third quarter of 2026"})),
    responses((status = 200, description = "It is signed.", body = ReviewView)),
    extensions(("x-problems" = json!(["not-permitted", "wrong-state"])))
)]
pub(crate) async fn sign_review(asked: Asked<(web::Path<String>, JsonBody)>) -> Result<HttpResponse, Problem> {
    let (id, body) = asked.input;
    Ok(HttpResponse::Ok().json(asked.admin.sign_review(&asked.call, &id, body.0).await?))
}
