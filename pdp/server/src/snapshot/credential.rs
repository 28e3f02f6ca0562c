//! Credentials as the store has them, read once: what can't be read is left out, and said in the log.

use std::sync::Arc;

use argus_credentials::{CredentialId, Hasher, StoredHash, jwt};
use argus_store::credential::{Credential, PublicMaterial};
use chrono::{DateTime, Utc};

use super::certificates::{CertificateName, read_names};
use super::register::seconds;

/// A credential of a key.
#[derive(Debug)]
pub(super) struct CredentialRow {
    pub(super) id: CredentialId,
    pub(super) proof: Proof,
    pub(super) revoked_at: Option<DateTime<Utc>>,
    pub(super) not_before: i64,
    pub(super) expires_at: Option<i64>,
    pub(super) generation: u64,
    pub(super) is_superseded: bool,
    pub(super) last_used_at: Option<DateTime<Utc>>,
}

/// What is compared with what is presented.
#[derive(Debug)]
pub(super) enum Proof {
    Secret(StoredHash),
    PublicKey(Arc<jwt::PublicKey>),
    JwksUrl { url: Arc<str>, algorithms: Arc<[jwt::Algorithm]> },
    Subject { issuer: Arc<str>, subject: Arc<str> },
    Certificate(Arc<[CertificateName]>),
}

impl CredentialRow {
    /// Reads a credential. `None` is one that its owner hasn't collected.
    pub(super) fn read(row: &Credential, hasher: Hasher) -> Result<Option<Self>, String> {
        let Some(proof) = Proof::read(row, hasher)? else { return Ok(None) };
        Ok(Some(Self {
            id: CredentialId::parse(&row.id).map_err(|error| error.to_string())?,
            proof,
            revoked_at: row.revoked_at,
            not_before: seconds(row.not_before),
            expires_at: row.expires_at.map(seconds),
            generation: row.generation.unsigned_abs(),
            is_superseded: row.superseded_by.is_some(),
            last_used_at: row.last_used_at,
        }))
    }
}

impl Proof {
    fn read(row: &Credential, hasher: Hasher) -> Result<Option<Self>, String> {
        Ok(Some(match (&row.public, &row.hash) {
            (None, None) => return Ok(None),
            (None, Some(hash)) => Self::Secret(hasher.read(hash.as_str()).map_err(|error| error.to_string())?),
            (Some(PublicMaterial::PublicKey { jwk }), _) => {
                let faults =
                    |faults: Vec<jwt::JwkFault>| faults.into_iter().map(|fault| fault.detail).collect::<Vec<_>>();
                let key = jwt::PublicKey::read(jwk).map_err(|found| faults(found).join("; "))?;
                Self::PublicKey(Arc::new(key))
            }
            (Some(PublicMaterial::JwksUrl { url, algorithms }), _) => {
                let read =
                    |name: &String| jwt::Algorithm::parse(name).ok_or_else(|| format!("`{name}` is not offered"));
                let algorithms = algorithms.iter().map(read).collect::<Result<Vec<_>, _>>()?;
                Self::JwksUrl { url: url.as_str().into(), algorithms: algorithms.into() }
            }
            (Some(PublicMaterial::JwtSubject { issuer, subject }), _) => {
                Self::Subject { issuer: issuer.as_str().into(), subject: subject.as_str().into() }
            }
            (Some(PublicMaterial::Certificate(known_by)), _) => Self::Certificate(read_names(known_by)?.into()),
        }))
    }
}
