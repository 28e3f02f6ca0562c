//! `POST /v1/leaks`

use actix_web::HttpResponse;

use crate::Problem;
use crate::asked::Asked;
use crate::body::JsonBody;

/// Report leaked keys: each that is of this installation is revoked. The keys are the proof, no permission is needed.
pub(crate) async fn report_leaks(asked: Asked<JsonBody>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(asked.admin.report_leaks(&asked.call, asked.input.0).await?))
}
