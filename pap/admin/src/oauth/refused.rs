//! Why an endpoint of OAuth doesn't do what it is asked for, in the words of its standards.

use std::borrow::Cow;

use thiserror::Error;
use tracing::error;

use crate::{AdminError, Unauthenticated};

/// Why an endpoint of OAuth doesn't do what it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{description}")]
pub struct OauthRefused {
    /// What a program tells it apart by.
    pub code: OauthCode,
    /// What is wrong, for the people who write the client. ASCII without quotation marks and backslashes (RFC 6749 §5.2).
    pub description: Cow<'static, str>,
    /// How to authenticate, where that is what is missing.
    pub challenge: Challenge,
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OauthCode {
    /// The request lacks a parameter, has one twice, or can't be read (RFC 6749 §5.2).
    InvalidRequest,
    /// The client isn't known, or didn't prove who it is.
    InvalidClient,
    /// The client may not do this, or not from there, or not now.
    UnauthorizedClient,
    /// Another grant than client credentials.
    UnsupportedGrantType,
    /// A scope that can't be read, or that the client doesn't have.
    InvalidScope,
    /// A token for somebody else (RFC 8707 §2).
    InvalidTarget,
    /// A token of a kind that can't be revoked here (RFC 7009 §2.2.1).
    UnsupportedTokenType,
    /// A bearer token that isn't accepted (RFC 6750 §3.1).
    InvalidToken,
    /// It can't be said now.
    TemporarilyUnavailable {
        /// When to ask again.
        retry_after_seconds: u32,
    },
    /// Our fault.
    ServerError,
}

/// What a 401 asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Challenge {
    /// Client authentication, for which HTTP has a scheme (RFC 6749 §2.3.1).
    Basic,
    /// A bearer token (RFC 6750 §3).
    Bearer,
}

impl OauthCode {
    /// All that may stand in `error`.
    pub(crate) const NAMES: [&'static str; 10] = [
        Self::InvalidRequest.as_str(),
        Self::InvalidClient.as_str(),
        Self::UnauthorizedClient.as_str(),
        Self::UnsupportedGrantType.as_str(),
        Self::InvalidScope.as_str(),
        Self::InvalidTarget.as_str(),
        Self::UnsupportedTokenType.as_str(),
        Self::InvalidToken.as_str(),
        Self::TemporarilyUnavailable { retry_after_seconds: 0 }.as_str(),
        Self::ServerError.as_str(),
    ];

    /// As it stands in `error`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidTarget => "invalid_target",
            Self::UnsupportedTokenType => "unsupported_token_type",
            Self::InvalidToken => "invalid_token",
            Self::TemporarilyUnavailable { .. } => "temporarily_unavailable",
            Self::ServerError => "server_error",
        }
    }

    /// The status that it comes with.
    pub const fn status(self) -> u16 {
        match self {
            Self::InvalidClient | Self::InvalidToken => 401,
            Self::TemporarilyUnavailable { .. } => 503,
            Self::ServerError => 500,
            _ => 400,
        }
    }
}

impl OauthRefused {
    pub(crate) fn new(code: OauthCode, description: impl Into<Cow<'static, str>>) -> Self {
        Self { code, description: plain(description.into()), challenge: Challenge::Basic }
    }

    /// The request can't be read as what it has to be.
    pub fn invalid_request(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(OauthCode::InvalidRequest, description)
    }

    pub(crate) fn invalid_client() -> Self {
        Self::new(
            OauthCode::InvalidClient,
            "the client is unknown, its key is not in use, or it did not prove who it is",
        )
    }

    pub(crate) fn with_challenge(self, challenge: Challenge) -> Self {
        Self { challenge, ..self }
    }
}

/// What may stand in a description: `%x20-21 / %x23-5B / %x5D-7E`. What is quoted from a request may be anything.
fn plain(text: Cow<'static, str>) -> Cow<'static, str> {
    let is_plain = |c: char| matches!(c, ' '..='~') && c != '"' && c != '\\';
    if text.chars().all(is_plain) {
        return text;
    }
    text.chars().map(|c| if is_plain(c) { c } else { '?' }).collect::<String>().into()
}

impl From<AdminError> for OauthRefused {
    fn from(error: AdminError) -> Self {
        match error {
            AdminError::Busy { retry_after_seconds } => {
                Self::new(OauthCode::TemporarilyUnavailable { retry_after_seconds }, "too much is asked for at once")
            }
            AdminError::Store(cause) => {
                error!("the store failed: {cause}");
                Self::new(OauthCode::TemporarilyUnavailable { retry_after_seconds: 5 }, "the store does not answer")
            }
            AdminError::ClockOff { fault } => {
                Self::new(OauthCode::TemporarilyUnavailable { retry_after_seconds: 60 }, fault)
            }
            AdminError::Issuer(cause) => Self::new(OauthCode::ServerError, cause.to_string()),
            other => {
                error!("an act failed: {other}");
                Self::new(OauthCode::ServerError, "this is no fault of yours")
            }
        }
    }
}

impl From<Unauthenticated> for OauthRefused {
    fn from(cause: Unauthenticated) -> Self {
        match cause {
            Unauthenticated::Missing | Unauthenticated::Malformed | Unauthenticated::Refused => Self::invalid_client(),
            Unauthenticated::Busy { retry_after_seconds } => Self::new(
                OauthCode::TemporarilyUnavailable { retry_after_seconds },
                "clients can't be verified right now",
            ),
            Unauthenticated::StoreAway => Self::new(
                OauthCode::TemporarilyUnavailable { retry_after_seconds: 1 },
                "the store has been away for too long for any key to be believed",
            ),
        }
    }
}
