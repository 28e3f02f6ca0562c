//! Access tokens of this installation (RFC 9068), and what binds one to a client's certificate (RFC 8705 §3.1).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::claims::Claims;
use super::public_key::PublicKey;
use super::token::{Jwt, Types};
use super::{Algorithm, JwtFault};

/// What an access token has to say to be believed here.
#[derive(Debug, Clone, Copy)]
pub struct AccessTokenRules<'r> {
    /// The name of this installation as an issuer.
    pub issuer: &'r str,
    /// What the verifier answers to. Nothing is asked where this is `None`: for introspection, which speaks of tokens for
    /// others as well.
    pub audiences: Option<&'r [String]>,
    /// What clocks may differ by, at most a minute.
    pub leeway_seconds: i64,
}

/// An access token that was verified. Whether its key may be used, and whether it was revoked, is not known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessToken {
    /// The id of the key that it was issued to: `client_id`, and `sub`.
    pub client_id: Box<str>,
    /// Its own id.
    pub jti: Box<str>,
    /// Whom it is meant for.
    pub audiences: Vec<Box<str>>,
    /// From when it is good, in Unix seconds.
    pub not_before: Option<i64>,
    /// When it was issued.
    pub issued_at: i64,
    /// Until when it is good.
    pub expires_at: i64,
    /// The scopes that it is narrowed to, as scope-tokens with blanks between them; without, it is as good as its key.
    pub scope: Option<Box<str>>,
    /// The certificate that it is bound to.
    pub certificate: Option<Thumbprint>,
}

/// The SHA-256 of a certificate (RFC 8705 §3.1).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Thumbprint(pub [u8; 32]);

const TYPES: Types = Types { names: &["at+jwt"], may_be_absent: false };

impl AccessToken {
    /// Verifies a token against the key of this installation that it means.
    pub fn verify(jwt: &Jwt<'_>, key: &PublicKey, rules: &AccessTokenRules<'_>, now: i64) -> Result<Self, JwtFault> {
        let claims = jwt.verify(TYPES, key, &Algorithm::ALL)?;
        if claims.required_text("iss")? != rules.issuer {
            return Err(JwtFault::Issuer);
        }
        if let Some(ours) = rules.audiences {
            claims.check_audience(ours)?;
        }
        let client_id = claims.required_text("client_id")?;
        // Nobody but the client itself is a subject here (RFC 9068 §2.2).
        if claims.required_text("sub")? != client_id {
            return Err(JwtFault::Subject);
        }
        let jti = claims.required_text("jti")?.into();
        let scope = claims.text("scope")?.map(Into::into);
        let certificate = confirmation(claims)?;
        let audiences = claims.audiences()?.into_iter().map(Into::into).collect();
        let times = claims.check_times(now, rules.leeway_seconds)?;
        Ok(Self {
            client_id: client_id.into(),
            jti,
            audiences,
            not_before: times.not_before,
            issued_at: times.issued_at.ok_or(JwtFault::Missing("iat"))?,
            expires_at: times.expires_at,
            scope,
            certificate,
        })
    }
}

/// `cnf` (RFC 7800 §3.1). One that says anything but a certificate's thumbprint can't be met, so the token is refused.
fn confirmation(claims: &Claims) -> Result<Option<Thumbprint>, JwtFault> {
    let Some(given) = claims.0.get("cnf") else { return Ok(None) };
    let members = given.as_object().ok_or(JwtFault::WrongType("cnf"))?;
    let thumbprint = members.get("x5t#S256").and_then(Value::as_str).and_then(Thumbprint::parse);
    match thumbprint {
        Some(thumbprint) if members.len() == 1 => Ok(Some(thumbprint)),
        _ => Err(JwtFault::Binding),
    }
}

impl Thumbprint {
    /// Reads the 43 characters of its base64url.
    pub fn parse(text: &str) -> Option<Self> {
        URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }
}

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Thumbprint({self})")
    }
}
