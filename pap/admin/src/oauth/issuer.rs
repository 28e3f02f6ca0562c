//! Who issues tokens here, under what name, and for how long they are good.

use std::sync::Arc;

use argus_credentials::signing::{SigningError, SigningKeyKind};
use argus_credentials::{MasterKey, MasterKeyError};
use chrono::TimeDelta;
use thiserror::Error;

/// This installation as an issuer of tokens.
#[derive(Debug, Clone)]
pub struct Issuer {
    /// Its name, which is the address beneath which its endpoints stand (RFC 8414 §2); none where it has no address.
    pub url: Option<String>,
    /// What the private parts of signing keys are wrapped under; none on a node that can't sign.
    pub master_key: Option<Arc<MasterKey>>,
    /// How long a token is good, at most [`Issuer::LONGEST_TOKEN_SECONDS`].
    pub token_seconds: u32,
    /// What new signing keys are.
    pub key_kind: SigningKeyKind,
    /// How long a key signs before another takes its place.
    pub key_life: TimeDelta,
    /// Whether clients can show a certificate: over TLS of this node, or to a trusted proxy that hands it on.
    pub sees_certificates: bool,
}

/// Why this node issues no tokens.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum IssuerError {
    /// Private parts can't be unwrapped here.
    #[error("this node has no master key, so it can't sign: ask another node, or start it with --master-key-file")]
    NoMasterKey,
    /// Tokens would have no issuer.
    #[error("this node doesn't know its address as an issuer: start it with --issuer")]
    NoAddress,
    /// A webhook's secret can't be sealed.
    #[error("the secret can't be sealed: {0}")]
    Sealing(MasterKeyError),
    /// The key doesn't come out of its envelope, or doesn't sign.
    #[error(transparent)]
    Signing(#[from] SigningError),
}

impl Issuer {
    /// The longest life of a token. What is verified without asking Argus hears of no revocation for as long.
    pub const LONGEST_TOKEN_SECONDS: u32 = 900;

    /// How long a token is good where nothing else is set.
    pub const DEFAULT_TOKEN_SECONDS: u32 = 600;

    /// How long a key signs where nothing else is set, in days.
    pub const DEFAULT_KEY_DAYS: u32 = 90;

    /// An issuer of this name, with what holds where nothing else is set.
    pub fn new(url: Option<String>, master_key: Option<Arc<MasterKey>>) -> Self {
        Self {
            url,
            master_key,
            token_seconds: Self::DEFAULT_TOKEN_SECONDS,
            key_kind: SigningKeyKind::default(),
            key_life: TimeDelta::days(Self::DEFAULT_KEY_DAYS.into()),
            sees_certificates: false,
        }
    }

    /// Whom tokens are for: the installation itself, whose decision points accept them.
    pub fn audience(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// Whom a client's assertion may be for: this issuer, or its token endpoint (RFC 7523 §3).
    pub(crate) fn assertion_audiences(&self) -> Vec<String> {
        self.url.iter().flat_map(|url| [url.clone(), token_endpoint(url)]).collect()
    }

    pub(crate) fn address(&self) -> Result<&str, IssuerError> {
        self.url.as_deref().ok_or(IssuerError::NoAddress)
    }

    pub(crate) fn master_key(&self) -> Result<&Arc<MasterKey>, IssuerError> {
        self.master_key.as_ref().ok_or(IssuerError::NoMasterKey)
    }
}

/// Where tokens of an issuer are had.
pub(crate) fn token_endpoint(issuer: &str) -> String {
    format!("{issuer}/oauth/token")
}
