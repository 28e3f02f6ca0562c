//! What a credential is checked against: the hash of a secret, or something that anyone may see.

use std::fmt;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::value::{text_out, words};

words!(
    /// How a credential is presented.
    CredentialKind, "kind of credential", {
        /// A secret, of which the hash is kept.
        Secret = "secret",
        /// A JWT signed with the other half of a public key.
        PublicKey = "public_key",
        /// A JWT signed with a key of a set that is fetched.
        JwksUrl = "jwks_url",
        /// A JWT of an issuer that is trusted by configuration, about this subject.
        JwtSubject = "jwt_subject",
        /// A client certificate.
        Certificate = "certificate",
    }
);

words!(
    /// Where a credential is in its life.
    CredentialState, "credential state", {
        /// A secret that its owner hasn't collected.
        Pending = "pending",
        /// It may be used, from its first moment to its end.
        Active = "active",
        /// Refused for good.
        Revoked = "revoked",
    }
);

/// What a credential to be made is checked against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Material {
    /// The hash of a secret.
    Secret(StoredHash),
    /// What anyone may see.
    Public(PublicMaterial),
}

/// What a credential without a secret is checked against. An unknown member makes the row unreadable: it might have
/// asked for more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
#[serde(untagged, deny_unknown_fields)]
pub enum PublicMaterial {
    /// A public key.
    PublicKey {
        /// The key (RFC 7517), public members only.
        jwk: Map<String, Value>,
    },
    /// A set of public keys that is fetched.
    JwksUrl {
        /// Where.
        url: String,
        /// The algorithms that its keys may be used with.
        algorithms: Vec<String>,
    },
    /// A subject of a trusted issuer.
    JwtSubject {
        /// `iss`.
        issuer: String,
        /// `sub`.
        subject: String,
    },
    /// A client certificate.
    Certificate(CertificateMatch),
}

/// What a client certificate is known by: exactly one thing (RFC 8705 §2.1.2, §2.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CertificateMatch {
    /// Its subject's distinguished name (RFC 4514).
    SubjectDn(String),
    /// A DNS name among its alternative names.
    SanDns(String),
    /// A URI among them.
    SanUri(String),
    /// An IP address among them.
    SanIp(String),
    /// An e-mail address among them.
    SanEmail(String),
    /// The SHA-256 of the certificate, base64url.
    Thumbprint(String),
    /// The certificates themselves, each the first of an `x5c`.
    Jwks {
        /// The keys (RFC 7517).
        keys: Vec<Map<String, Value>>,
    },
}

impl Material {
    /// Its kind.
    pub fn kind(&self) -> CredentialKind {
        match self {
            Self::Secret(_) => CredentialKind::Secret,
            Self::Public(public) => public.kind(),
        }
    }

    pub(super) fn hash(&self) -> Option<&StoredHash> {
        match self {
            Self::Secret(hash) => Some(hash),
            Self::Public(_) => None,
        }
    }

    pub(super) fn public(&self) -> Option<&PublicMaterial> {
        match self {
            Self::Secret(_) => None,
            Self::Public(public) => Some(public),
        }
    }
}

impl PublicMaterial {
    /// Its kind.
    pub fn kind(&self) -> CredentialKind {
        match self {
            Self::PublicKey { .. } => CredentialKind::PublicKey,
            Self::JwksUrl { .. } => CredentialKind::JwksUrl,
            Self::JwtSubject { .. } => CredentialKind::JwtSubject,
            Self::Certificate(_) => CredentialKind::Certificate,
        }
    }

    /// A digest of what a caller is found by who doesn't say which key he presents: a subject, or a certificate. Two
    /// keys can't have the same. `None` for what is found by the key's own id.
    pub(super) fn lookup(&self) -> Option<String> {
        let is_found_by_it = matches!(self, Self::JwtSubject { .. } | Self::Certificate(_));
        let text = is_found_by_it.then(|| serde_json::to_string(self).ok()).flatten()?;
        Some(Sha256::digest(text).iter().fold(String::new(), |text, octet| text + &format!("{octet:02x}")))
    }
}

text_out!(PublicMaterial, public => serde_json::to_string(public)?);

impl<DB: Backend> FromSql<Text, DB> for PublicMaterial
where
    String: FromSql<Text, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(serde_json::from_str(&String::from_sql(value)?)?)
    }
}

/// A PHC string. It keeps out of logs: with it, a weak secret could be guessed at leisure.
#[derive(Clone, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct StoredHash(String);

impl StoredHash {
    /// Takes a PHC string as it is.
    pub fn new(phc: String) -> Self {
        Self(phc)
    }

    /// The PHC string.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for StoredHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoredHash(..)")
    }
}

impl<DB: Backend> ToSql<Text, DB> for StoredHash
where
    String: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

impl<DB: Backend> FromSql<Text, DB> for StoredHash
where
    String: FromSql<Text, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        String::from_sql(value).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_kind_is_written_as_it_is_read_and_told_by_its_members() {
        for (value, kind) in [
            (json!({"jwk": {"kty": "OKP", "crv": "Ed25519", "x": "…"}}), CredentialKind::PublicKey),
            (json!({"url": "https://a.example/jwks", "algorithms": ["RS256"]}), CredentialKind::JwksUrl),
            (json!({"issuer": "https://a.example", "subject": "ci"}), CredentialKind::JwtSubject),
            (json!({"subject_dn": "CN=ci,O=Acme"}), CredentialKind::Certificate),
            (json!({"san_uri": "spiffe://acme/ci"}), CredentialKind::Certificate),
            (json!({"jwks": {"keys": [{"x5c": ["MII…"]}]}}), CredentialKind::Certificate),
        ] {
            let read: PublicMaterial = serde_json::from_value(value.clone()).unwrap();
            assert_eq!((serde_json::to_value(&read).unwrap(), read.kind()), (value, kind));
        }
    }

    #[test]
    fn a_certificate_is_known_by_one_thing_and_nothing_unknown_is_passed_over() {
        for value in [
            json!({"subject_dn": "CN=ci", "san_dns": "ci.example"}),
            json!({"issuer": "a", "subject": "b", "audience": "c"}),
            json!({"url": "https://a.example", "algorithms": [], "pinned": true}),
            json!({"jwk": {}, "kid": "1"}),
            json!({}),
        ] {
            assert!(serde_json::from_value::<PublicMaterial>(value.clone()).is_err(), "{value}");
        }
    }
}
