//! Which kinds of signing key there are, and what each signs with.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::jwt::Algorithm;

/// A kind of signing key, as a setting names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SigningKeyKind {
    /// RSA with 2,048 bits, the least that RFC 7518 §3.3 allows. Signs RS256.
    Rsa2048,
    /// RSA with 3,072 bits: as strong as 128 bits of a block cipher (SP 800-57). Signs RS256.
    #[default]
    Rsa3072,
    /// RSA with 4,096 bits. Signs RS256.
    Rsa4096,
    /// The curve P-256. Signs ES256.
    P256,
    /// The curve Ed25519. Signs EdDSA.
    Ed25519,
}

/// A text that names no kind of signing key.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{}` is no kind of signing key", .0.escape_debug())]
pub struct UnknownSigningKind(String);

impl SigningKeyKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Rsa2048, Self::Rsa3072, Self::Rsa4096, Self::P256, Self::Ed25519];

    /// As a setting names it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rsa2048 => "rsa-2048",
            Self::Rsa3072 => "rsa-3072",
            Self::Rsa4096 => "rsa-4096",
            Self::P256 => "p-256",
            Self::Ed25519 => "ed25519",
        }
    }

    /// What a key of this kind signs with.
    pub const fn algorithm(self) -> Algorithm {
        match self {
            Self::Rsa2048 | Self::Rsa3072 | Self::Rsa4096 => Algorithm::Rs256,
            Self::P256 => Algorithm::Es256,
            Self::Ed25519 => Algorithm::EdDsa,
        }
    }
}

impl fmt::Display for SigningKeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for SigningKeyKind {
    type Err = UnknownSigningKind;

    fn from_str(text: &str) -> Result<Self, UnknownSigningKind> {
        let named = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        named.ok_or_else(|| UnknownSigningKind(text.to_owned()))
    }
}
