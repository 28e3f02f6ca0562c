//! Tokens of an issuer that was configured: its own subjects, which keys are registered for.

use super::public_key::PublicKey;
use super::token::{Jwt, Types};
use super::{Algorithm, JwtFault};

/// What a token of an issuer has to say to be believed here.
#[derive(Debug, Clone, Copy)]
pub struct IssuerRules<'r> {
    /// Its name.
    pub issuer: &'r str,
    /// What its tokens for us are meant for.
    pub audience: &'r str,
    /// The algorithms that it signs with.
    pub algorithms: &'r [Algorithm],
    /// What clocks may differ by, at most a minute.
    pub leeway_seconds: i64,
}

/// A token of an issuer that was verified. Whose key it presents is not known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerToken {
    /// Whom it speaks of.
    pub subject: Box<str>,
    /// From when it is good, in Unix seconds.
    pub not_before: Option<i64>,
    /// Until when it is good.
    pub expires_at: i64,
}

/// Issuers write access tokens by RFC 9068 and otherwise. A logout token, a proof of possession or an event is neither.
const TYPES: Types = Types { names: &["jwt", "at+jwt"], may_be_absent: true };

impl IssuerToken {
    /// Verifies a token against the key of the issuer that it means. One that is bound to a client (RFC 7800) is refused:
    /// what it is bound to can't be seen here.
    pub fn verify(jwt: &Jwt<'_>, key: &PublicKey, rules: &IssuerRules<'_>, now: i64) -> Result<Self, JwtFault> {
        let claims = jwt.verify(TYPES, key, rules.algorithms)?;
        if claims.required_text("iss")? != rules.issuer {
            return Err(JwtFault::Issuer);
        }
        claims.check_audience(&[rules.audience])?;
        let subject = claims.required_text("sub")?.into();
        if claims.0.contains_key("cnf") {
            return Err(JwtFault::Binding);
        }
        let times = claims.check_times(now, rules.leeway_seconds)?;
        Ok(Self { subject, not_before: times.not_before, expires_at: times.expires_at })
    }
}
