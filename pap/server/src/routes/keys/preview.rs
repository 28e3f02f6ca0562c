//! `POST /v1/keys/preview`

use actix_web::HttpResponse;

use crate::Problem;
use crate::asked::Asked;
use crate::body::JsonBody;

/// Say what a key would be, without making it: its scopes in words, all that is wrong with it, and what would be decided
/// about its use. Takes what making a key takes.
pub(crate) async fn preview_key(asked: Asked<JsonBody>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(asked.admin.preview_key(&asked.call, asked.input.0).await?))
}
