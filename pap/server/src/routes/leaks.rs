//! `POST /v1/leaks`

use actix_web::HttpResponse;
use argus_admin::{LeaksReported, schema};

use crate::Problem;
use crate::asked::Asked;
use crate::body::JsonBody;

/// Report leaked keys: each that is of this installation is revoked.
///
/// The keys are the proof: no permission is needed but to be known.
#[utoipa::path(
    post, path = "/v1/leaks", tag = "keys",
    request_body(
        content = schema::NewLeaks,
        example = json!({"keys": ["argus_live_… (the whole key)"], "source": "a public repository"})
    ),
    responses((status = 200, description = "What became of each.", body = LeaksReported))
)]
pub(crate) async fn report_leaks(asked: Asked<JsonBody>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(asked.admin.report_leaks(&asked.call, asked.input.0).await?))
}
