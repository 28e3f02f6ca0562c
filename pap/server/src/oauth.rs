//! Answers of the endpoints of OAuth: never kept by anybody, and refused in the form of RFC 6749 §5.2.

use std::fmt;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};
use argus_admin::{Challenge, OauthCode, OauthRefused};
use serde_json::json;
use utoipa::{IntoResponses, ToSchema};

/// Why an endpoint of OAuth refuses, as it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal(OauthRefused);

/// A request about a token.
#[derive(ToSchema)]
#[expect(dead_code, reason = "described, and read by the acts")]
pub(crate) struct AboutToken {
    /// The token.
    token: String,
    /// What kind of token it is, in the client's opinion. It changes nothing.
    token_type_hint: Option<String>,
}

/// What is wrong (RFC 6749 §5.2).
#[derive(ToSchema)]
#[expect(dead_code, reason = "described, and written by `Refusal`")]
pub(crate) struct OauthError {
    /// What a program tells it apart by.
    error: String,
    /// What is wrong, for the people who write the client.
    error_description: String,
}

/// What every endpoint of OAuth may refuse with.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "described, and written by `Refusal`")]
pub(crate) enum Refusals {
    /// `invalid_request`, `invalid_scope`, `invalid_target`, `unauthorized_client`, `unsupported_grant_type` or
    /// `unsupported_token_type`.
    #[response(status = 400)]
    Request(OauthError),
    /// `invalid_client`, or `invalid_token` of whoever asks with a bearer token.
    #[response(status = 401)]
    Client(OauthError),
    /// `server_error`.
    #[response(status = 500)]
    Fault(OauthError),
    /// `temporarily_unavailable`; `Retry-After` says when to ask again.
    #[response(status = 503)]
    Busy(OauthError),
}

/// The beginning of an answer that nobody keeps (RFC 6749 §5.1). `Cache-Control` all answers have.
pub(crate) fn answer() -> HttpResponseBuilder {
    with_pragma(StatusCode::OK)
}

fn with_pragma(status: StatusCode) -> HttpResponseBuilder {
    let mut answer = HttpResponse::build(status);
    answer.insert_header((header::PRAGMA, "no-cache"));
    answer
}

impl Refusal {
    /// The request can't be read as what it has to be.
    pub(crate) fn invalid_request(description: &'static str) -> Self {
        Self(OauthRefused::invalid_request(description))
    }

    /// What is refused, and why.
    pub(crate) fn cause(&self) -> &OauthRefused {
        &self.0
    }

    /// The whole answer.
    pub(crate) fn respond(&self) -> HttpResponse {
        let Self(OauthRefused { code, description, challenge }) = self;
        let mut answer = with_pragma(self.status_code());
        answer.insert_header((header::CACHE_CONTROL, "no-store"));
        if code.status() == 401 {
            answer.insert_header((header::WWW_AUTHENTICATE, in_words(*challenge, *code)));
        }
        if let OauthCode::TemporarilyUnavailable { retry_after_seconds } = code {
            answer.insert_header((header::RETRY_AFTER, retry_after_seconds.to_string()));
        }
        answer.json(json!({ "error": code.as_str(), "error_description": description }))
    }
}

/// RFC 9110 §11.6.1 asks for a challenge in every 401, RFC 6749 §5.2 for the scheme that the client used: of those by
/// which clients authenticate, HTTP knows one.
fn in_words(challenge: Challenge, code: OauthCode) -> String {
    match challenge {
        Challenge::Basic => "Basic realm=\"argus\", charset=\"UTF-8\"".to_owned(),
        Challenge::Bearer => format!("Bearer realm=\"argus\", error=\"{}\"", code.as_str()),
    }
}

impl From<OauthRefused> for Refusal {
    fn from(refused: OauthRefused) -> Self {
        Self(refused)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.0.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        self.respond()
    }
}
