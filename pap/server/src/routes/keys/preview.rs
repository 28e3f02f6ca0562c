//! `POST /v1/keys/preview`

use actix_web::HttpResponse;
use argus_admin::{PreviewedKey, schema};

use crate::Problem;
use crate::asked::Asked;
use crate::body::JsonBody;

/// Say what a key would be, without making it.
///
/// Its scopes in words, all that is wrong with it, and what would be decided about its use by the policies in force.
/// Takes what making a key takes.
#[utoipa::path(
    post, path = "/v1/keys/preview", tag = "keys",
    request_body(content = schema::NewKey, example = json!({
        "organisation": "acme", "name": "reader", "scopes": ["acme/*/evidence:read"],
        "conditions": {"windows": ["Mon-Fri 08:00-18:00 Europe/Berlin"]}
    })),
    responses((status = 200, description = "What it would be.", body = PreviewedKey)),
    extensions(("x-problems" = json!(["not-permitted"])))
)]
pub(crate) async fn preview_key(asked: Asked<JsonBody>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(asked.admin.preview_key(&asked.call, asked.input.0).await?))
}
