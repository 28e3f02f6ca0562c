//! `POST /oauth/introspect`

use actix_web::HttpResponse;
use argus_admin::TokenView;

use crate::form::Formed;
use crate::oauth::{AboutToken, Refusal, Refusals, answer};

/// Ask what a token is worth (RFC 7662).
///
/// Whoever asks presents a key or a token as `Authorization: Bearer`, or authenticates as clients do. He hears of tokens of
/// his own key, and of those of organisations that he may ask for decisions about. Of all others, and of what is worth
/// nothing, the answer is `{"active": false}`.
#[utoipa::path(
    post, path = "/oauth/introspect", tag = "oauth", security((), ("key" = [])),
    request_body(
        content = AboutToken, content_type = "application/x-www-form-urlencoded", example = json!({"token": "eyJ…"})
    ),
    responses((status = 200, description = "What it is worth.", body = TokenView), Refusals)
)]
pub(crate) async fn introspect_token(formed: Formed) -> Result<HttpResponse, Refusal> {
    Ok(answer().json(formed.admin.introspect_token(formed.request).await?))
}
