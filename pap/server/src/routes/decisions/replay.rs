//! `GET /v1/decisions/{decision}/replay`

use actix_web::{HttpResponse, web};
use argus_admin::ReplayedDecision;

use crate::Problem;
use crate::asked::Asked;
use crate::query::Pairs;

/// Decide a logged request again, and say what differs: by the policies that were in force then, or by those of now.
///
/// At the time of the request, with what was known of the key then. Nothing is counted, and nothing comes of it.
#[utoipa::path(
    get, path = "/v1/decisions/{decision}/replay", tag = "decisions",
    params(
        ("decision" = String, Path, description = "Its id; a `/` in it is written `%2F`."),
        ("policies" = Option<String>, Query, description = "By which policies: `then` (unless told) or `now`.")
    ),
    responses((status = 200, description = "Both answers, and what differs.", body = ReplayedDecision)),
    extensions(("x-problems" = json!(["wrong-state"])))
)]
pub(crate) async fn replay_decision(asked: Asked<(web::Path<String>, Pairs)>) -> Result<HttpResponse, Problem> {
    let (id, query) = asked.input;
    Ok(HttpResponse::Ok().json(asked.admin.replay_decision(&asked.call, &id, query.0).await?))
}
