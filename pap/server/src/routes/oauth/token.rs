//! `POST /oauth/token`

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

use crate::form::Formed;
use crate::oauth::{Refusal, Refusals, answer};
use crate::wiped;

/// A token, and what is said beside it (RFC 6749 §5.1).
#[derive(Serialize, ToSchema)]
#[schema(as = IssuedToken)]
struct Issued<'a> {
    /// The token: a JWT (RFC 9068).
    access_token: &'a str,
    /// `Bearer`.
    token_type: &'static str,
    /// How long it is good from now on, in seconds.
    expires_in: i64,
    /// What it may do: scopes with a blank between two.
    scope: &'a str,
}

/// What a client asks for.
#[derive(ToSchema)]
#[schema(as = TokenAsked)]
#[expect(dead_code, reason = "described, and read by the act")]
struct Asked {
    /// `client_credentials`.
    grant_type: String,
    /// What the token may do: scopes with a blank between two, each of which the key covers. Without it, all that the key
    /// may.
    scope: Option<String>,
    /// Whom the token is for (RFC 8707): this issuer, or nobody.
    resource: Option<String>,
    /// The key's id, where the client doesn't say who it is in the header.
    client_id: Option<String>,
    /// The key as it was shown, where the client authenticates by it in the body.
    client_secret: Option<String>,
    /// `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`, where the client authenticates by an assertion.
    client_assertion_type: Option<String>,
    /// The assertion.
    client_assertion: Option<String>,
}

/// Get an access token for a key (RFC 6749 §4.4).
///
/// The key authenticates as the client that it is: by its secret in `Authorization: Basic` or in the body, by an assertion
/// that it has signed (RFC 7523), or by its certificate over mutual TLS, with its `client_id` (RFC 8705 §2). A token is
/// bound to the certificate that the client has shown, in whatever way it authenticates. There is no refresh token.
#[utoipa::path(
    post, path = "/oauth/token", tag = "oauth", security(()),
    request_body(
        content = Asked, content_type = "application/x-www-form-urlencoded",
        example = json!({"grant_type": "client_credentials", "scope": "acme/atlas/evidence:read"})
    ),
    responses((status = 200, description = "A token.", body = inline(Issued)), Refusals)
)]
pub(crate) async fn issue_token(formed: Formed) -> Result<HttpResponse, Refusal> {
    let new = formed.admin.issue_token(formed.request).await?;
    let issued = Issued {
        access_token: new.token.expose(),
        token_type: "Bearer",
        expires_in: new.expires_in,
        scope: &new.scope,
    };
    Ok(wiped::json(answer(), &issued))
}
