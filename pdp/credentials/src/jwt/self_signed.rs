//! Tokens that a key's holder signs himself: presented like a key, or once as a client's assertion (RFC 7523 §2.2, §3).

use super::public_key::PublicKey;
use super::token::{Jwt, Types};
use super::{Algorithm, JwtFault};

/// What such a token has to say to be believed here.
#[derive(Debug, Clone, Copy)]
pub struct SelfSignedRules<'r> {
    /// The id of the key that it is to speak for.
    pub key: &'r str,
    /// What the verifier answers to.
    pub audiences: &'r [String],
    /// What it is used as.
    pub used_as: Use,
    /// What clocks may differ by, at most a minute.
    pub leeway_seconds: i64,
}

/// What a token that the holder of a key signed is used as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// In the place of the key, until it expires: an hour at most.
    Bearer,
    /// To authenticate a client at the authorisation server: five minutes at most, meant for nobody else, and once. Its
    /// `jti` has to be there; that it wasn't used before is for the caller to see to.
    Assertion,
}

/// A token of a key's holder that was verified. Whether the key may be used is not known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelfSigned {
    /// Its own id.
    pub jti: Option<Box<str>>,
    /// From when it is good, in Unix seconds.
    pub not_before: Option<i64>,
    /// Until when it is good.
    pub expires_at: i64,
}

const BEARER: Types = Types { names: &["jwt"], may_be_absent: true };
const ASSERTION: Types = Types { names: &["jwt", "client-authentication+jwt"], may_be_absent: true };

impl Use {
    const fn types(self) -> Types {
        match self {
            Self::Bearer => BEARER,
            Self::Assertion => ASSERTION,
        }
    }

    /// How far ahead it may expire.
    const fn longest_seconds(self) -> i64 {
        match self {
            Self::Bearer => 3_600,
            Self::Assertion => 300,
        }
    }
}

impl SelfSigned {
    /// Verifies a token against the registered public key that it means.
    pub fn verify(
        jwt: &Jwt<'_>,
        key: &PublicKey,
        algorithms: &[Algorithm],
        rules: &SelfSignedRules<'_>,
        now: i64,
    ) -> Result<Self, JwtFault> {
        let claims = jwt.verify(rules.used_as.types(), key, algorithms)?;
        if claims.required_text("iss")? != rules.key {
            return Err(JwtFault::Issuer);
        }
        if claims.required_text("sub")? != rules.key {
            return Err(JwtFault::Subject);
        }
        let jti = claims.text("jti")?;
        match rules.used_as {
            Use::Bearer => claims.check_audience(rules.audiences)?,
            Use::Assertion => {
                claims.check_sole_audience(rules.audiences)?;
                jti.ok_or(JwtFault::Missing("jti"))?;
            }
        }
        let times = claims.check_times(now, rules.leeway_seconds)?;
        let longest = rules.used_as.longest_seconds().saturating_add(rules.leeway_seconds);
        if times.expires_at.saturating_sub(now) > longest {
            return Err(JwtFault::TooLongLived);
        }
        Ok(Self { jti: jti.map(Into::into), not_before: times.not_before, expires_at: times.expires_at })
    }
}
