//! `POST /v1/reviews/{review}/decide`

use actix_web::{HttpResponse, web};
use argus_admin::{ReviewView, schema};

use crate::Problem;
use crate::asked::Asked;
use crate::body::JsonBody;

/// Say of a key that is looked at whether it is kept, narrowed or revoked; or of all the rest that it is kept.
///
/// It is said of the key as it is now, which is written down again, and may be said anew until the review is signed. No
/// key is touched: it is narrowed by `PATCH /v1/keys/{key}`, and revoked by `POST /v1/keys/{key}/revoke`.
#[utoipa::path(
    post, path = "/v1/reviews/{review}/decide", tag = "reviews",
    params(("review" = String, Path, description = "Its id.", format = Uuid)),
    request_body(
        content = schema::NewReviewVerdict,
        example = json!({"rest": true, "verdict": "keep", "reason": "each is in use, and its owner was asked"})
    ),
    responses((status = 200, description = "The review as it is now.", body = ReviewView)),
    extensions(("x-problems" = json!(["not-permitted", "wrong-state"])))
)]
pub(crate) async fn decide_review(asked: Asked<(web::Path<String>, JsonBody)>) -> Result<HttpResponse, Problem> {
    let (id, body) = asked.input;
    Ok(HttpResponse::Ok().json(asked.admin.decide_review(&asked.call, &id, body.0).await?))
}
