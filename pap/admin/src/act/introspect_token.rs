//! Saying what a token is worth (RFC 7662), to whoever may ask for decisions about it.

use argus_credentials::Secret;
use argus_engine::scope::{Action, Scope};
use serde::Serialize;
use utoipa::ToSchema;

use crate::oauth::{Challenge, OauthCode, OauthRefused, OauthRequest};
use crate::resource::Own;
use crate::{ActiveToken, Admin, Call, Unauthenticated};

/// What a token is worth. Of one that is worth nothing, and of one that isn't the caller's business, only `active` is
/// said: `{"active": false}` (RFC 7662 §2.2). Of a good one all is said that it has.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct TokenView {
    /// Whether it is good, now.
    active: bool,
    /// What it may do: scopes with a blank between two.
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    /// The client, which is a key.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    /// `Bearer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
    /// The first second in which it is good no more, since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
    /// The first second in which it is good.
    #[serde(skip_serializing_if = "Option::is_none")]
    nbf: Option<i64>,
    /// When it was issued.
    #[serde(skip_serializing_if = "Option::is_none")]
    iat: Option<i64>,
    /// Whose it is: the client.
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<String>,
    /// Whom it is for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    aud: Vec<String>,
    /// Who issued it.
    #[serde(skip_serializing_if = "Option::is_none")]
    iss: Option<String>,
    /// Its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    jti: Option<String>,
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
    pub async fn introspect_token(&self, request: OauthRequest) -> Result<TokenView, OauthRefused> {
        let view = self.introspect(request).await?;
        self.oauth_counts().count_introspected(view.active);
        Ok(view)
    }

    async fn introspect(&self, mut request: OauthRequest) -> Result<TokenView, OauthRefused> {
        let call = self.authenticate_inspector(&mut request).await?;
        let token = request.form.required("token")?;
        let Some(inspected) = self.authority().inspect_token(token.expose()) else {
            return Ok(TokenView::default());
        };
        let is_own = inspected.key == call.caller().key_id();
        if !is_own && !call.may(&inspected.organisation, Own::Decisions, Action::Execute)? {
            return Ok(TokenView::default());
        }
        Ok(self.view(&inspected))
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
        self.authenticate_client(request).await.map(|client| client.call)
    }

    fn view(&self, token: &ActiveToken) -> TokenView {
        let client = token.key.to_string();
        TokenView {
            active: true,
            scope: Some(token.scopes.iter().map(Scope::as_str).collect::<Vec<_>>().join(" ")),
            client_id: Some(client.clone()),
            token_type: Some("Bearer"),
            exp: Some(token.expires_at),
            nbf: token.not_before,
            iat: Some(token.issued_at),
            sub: Some(client),
            aud: token.audiences.clone(),
            iss: self.issuer().url.clone(),
            jti: Some(token.jti.clone()),
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
