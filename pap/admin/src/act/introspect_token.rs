//! Saying what a token is worth (RFC 7662), to whoever may ask for decisions about it.

use argus_credentials::Secret;
use argus_engine::scope::{Action, Scope};
use serde::Serialize;
use utoipa::ToSchema;

use crate::oauth::{Challenge, OauthCode, OauthRefused, OauthRequest};
use crate::resource::Own;
use crate::{ActiveToken, Admin, Call, Unauthenticated};

/// What a token is worth. Of one that is worth nothing, and of one that isn't the caller's business, that is all that is
/// said: `{"active": false}` (RFC 7662 §2.2).
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct TokenView {
    /// Whether it is good, now.
    active: bool,
    #[serde(flatten)]
    token: Option<TokenClaims>,
}

/// What a good token says.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct TokenClaims {
    /// What it may do: scopes with a blank between two.
    scope: String,
    /// The client, which is a key.
    client_id: String,
    /// `Bearer`.
    token_type: &'static str,
    /// The first second in which it is good no more, since 1970.
    exp: i64,
    /// The first second in which it is good.
    #[serde(skip_serializing_if = "Option::is_none")]
    nbf: Option<i64>,
    /// When it was issued.
    iat: i64,
    /// Whose it is: the client.
    sub: String,
    /// Whom it is for.
    aud: Vec<String>,
    /// Who issued it.
    iss: Option<String>,
    /// Its id.
    jti: String,
    /// The certificate without which it is worth nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    cnf: Option<Bound>,
}

/// What a token is bound to (RFC 8705 §3.1).
#[derive(Debug, Clone, Serialize, ToSchema)]
struct Bound {
    /// The SHA-256 of a certificate in DER, in base64url.
    #[serde(rename = "x5t#S256")]
    certificate: String,
}

impl Admin {
    /// Says what a token is worth. Whoever asks presents a key or a token of his own, or authenticates as a client. He
    /// hears of tokens of his own key, and of those of every organisation that he may ask for decisions about
    /// (`<organisation>/argus/pdp:execute`).
    pub async fn introspect_token(&self, mut request: OauthRequest) -> Result<TokenView, OauthRefused> {
        let call = self.authenticate_inspector(&mut request).await?;
        let token = request.form.required("token")?;
        let Some(inspected) = self.authority().inspect_token(token.expose()) else {
            return Ok(TokenView::default());
        };
        let is_own = inspected.key == call.caller().key_id();
        if !is_own && !call.may(&inspected.organisation, Own::Decisions, Action::Execute)? {
            return Ok(TokenView::default());
        }
        Ok(TokenView { active: true, token: Some(self.claims(&inspected)) })
    }

    /// Who asks: by a bearer token, or as clients authenticate (RFC 7662 §2.1).
    async fn authenticate_inspector(&self, request: &mut OauthRequest) -> Result<Call, OauthRefused> {
        let authorization: Vec<&str> = request.authorization.iter().map(Secret::expose).collect();
        if authorization.iter().any(|value| is_bearer(value)) {
            return self
                .authenticate(&authorization, request.certificate.as_ref(), request.peer, request.request_id.clone())
                .await
                .map_err(bearer_refused);
        }
        self.authenticate_client(request).await
    }

    fn claims(&self, token: &ActiveToken) -> TokenClaims {
        TokenClaims {
            scope: token.scopes.iter().map(Scope::as_str).collect::<Vec<_>>().join(" "),
            client_id: token.key.to_string(),
            token_type: "Bearer",
            exp: token.expires_at,
            nbf: token.not_before,
            iat: token.issued_at,
            sub: token.key.to_string(),
            aud: token.audiences.clone(),
            iss: self.issuer().url.clone(),
            jti: token.jti.clone(),
            cnf: token.certificate.clone().map(|certificate| Bound { certificate }),
        }
    }
}

fn is_bearer(value: &str) -> bool {
    value.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("bearer "))
}

fn bearer_refused(cause: Unauthenticated) -> OauthRefused {
    match cause {
        Unauthenticated::Malformed => {
            OauthRefused::invalid_request("`Authorization` is there twice, or holds no token")
        }
        Unauthenticated::Missing | Unauthenticated::Refused => {
            OauthRefused::new(OauthCode::InvalidToken, "the key or token in `Authorization` is not accepted")
                .with_challenge(Challenge::Bearer)
        }
        other => other.into(),
    }
}
