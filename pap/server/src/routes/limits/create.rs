//! `POST /v1/limits`

use actix_web::HttpResponse;
use argus_admin::{LimitView, schema};

use crate::Problem;
use crate::asked::Asked;
use crate::body::JsonBody;
use crate::created::created;

/// Make a limit that keys share: all keys of the organisation, those of a project, or those of an owner.
///
/// It has one bucket for all of them, and for whatever is derived from them. Of all limits that count a use the
/// strictest holds, and a use that one of them refuses takes nothing from the others.
#[utoipa::path(
    post, path = "/v1/limits", tag = "limits",
    request_body(content = schema::NewLimit, example = json!({
        "organisation": "acme", "project": "atlas", "name": "writes", "strategy": "token_bucket", "limit": 600,
        "window_seconds": 60, "burst": 50, "actions": ["write", "delete"]
    })),
    responses((status = 201, description = "It is made.", body = LimitView)),
    extensions(("x-problems" = json!(["not-permitted", "already-exists", "chain-limit"])))
)]
pub(crate) async fn create_limit(asked: Asked<JsonBody>) -> Result<HttpResponse, Problem> {
    let made = asked.admin.create_limit(&asked.call, asked.input.0).await?;
    Ok(created(&format!("/v1/limits/{}", made.id), &made, &made))
}
