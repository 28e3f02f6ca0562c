//! JWT access tokens (RFC 9068): what they say, and how they are signed.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;

use super::{SigningError, SigningKey};
use crate::random::{self, NoRandomness};
use crate::secret::Secret;

/// What tells an access token from every other sort of JWT (RFC 9068 §2.1).
const TYPE: &str = "at+jwt";

/// What an access token says (RFC 9068 §2.2). Of client credentials, the client itself is the subject.
#[derive(Debug, Clone, Serialize)]
pub struct AccessTokenClaims<'a> {
    /// Who issues it.
    pub iss: &'a str,
    /// Whom it is for.
    pub aud: &'a str,
    /// Whose it is: the client.
    pub sub: &'a str,
    /// The client.
    pub client_id: &'a str,
    /// When it was issued, in seconds since 1970.
    pub iat: i64,
    /// The first second in which it is good no more.
    pub exp: i64,
    /// Its id, from [`token_id`].
    pub jti: &'a str,
    /// What it may do: scopes with a blank between two.
    pub scope: &'a str,
    /// The certificate without which it is worth nothing (RFC 8705 §3.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cnf: Option<Confirmation<'a>>,
}

/// What a token is bound to.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Confirmation<'a> {
    /// The SHA-256 of a certificate in DER, in base64url.
    #[serde(rename = "x5t#S256")]
    pub certificate: &'a str,
}

/// A signed access token. Whoever has it, has what it may do.
pub struct IssuedToken(Secret);

impl IssuedToken {
    /// Signs a token.
    pub fn sign(claims: &AccessTokenClaims<'_>, key: &SigningKey) -> Result<Self, SigningError> {
        key.sign(TYPE, claims).map(Self)
    }

    /// The token in compact form. Each call is a place where it may leak.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// A new id for a token: 128 random bits, in base64url.
pub fn token_id() -> Result<String, NoRandomness> {
    let mut octets = [0; 16];
    random::fill(&mut octets)?;
    Ok(URL_SAFE_NO_PAD.encode(octets))
}

impl fmt::Debug for IssuedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IssuedToken(…)")
    }
}
