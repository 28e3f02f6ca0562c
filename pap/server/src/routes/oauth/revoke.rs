//! `POST /oauth/revoke`

use actix_web::HttpResponse;

use crate::form::Formed;
use crate::oauth::{AboutToken, Refusal, Refusals, answer};

/// Give an access token back before its time (RFC 7009).
///
/// Every decision point refuses it within a second. The client that it was issued to authenticates as for the token. A
/// token that is unknown, or good for nothing any more, is no fault.
#[utoipa::path(
    post, path = "/oauth/revoke", tag = "oauth", security(()),
    request_body(
        content = AboutToken, content_type = "application/x-www-form-urlencoded", example = json!({"token": "eyJ…"})
    ),
    responses((status = 200, description = "It is good for nothing."), Refusals)
)]
pub(crate) async fn revoke_token(formed: Formed) -> Result<HttpResponse, Refusal> {
    formed.admin.revoke_token(formed.request).await?;
    Ok(answer().finish())
}
