//! One signing key: generated or unwrapped, checked against itself, then signing.

use std::fmt;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{Jwk, PublicKeyUse, ThumbprintHash};
use serde::Serialize;
use thiserror::Error;
use zeroize::Zeroizing;

use super::SigningKeyKind;
use crate::jwt::Algorithm;
use crate::master::{MasterKey, MasterKeyError, Place};
use crate::secret::Secret;

/// A key that signs tokens. Its private part can't be printed, cloned or serialised.
pub struct SigningKey {
    pair: Pair,
    kid: String,
    public_jwk: String,
}

/// The key itself. AWS-LC holds the private part in memory of its own, and wipes it when it is freed.
enum Pair {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// Why there is no key to sign with, or no signature.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SigningError {
    /// The cryptographic library made no key.
    #[error("no signing key could be made")]
    NotMade,
    /// What was unwrapped is no private key of its algorithm.
    #[error("the signing key `{kid}` is no private key for {algorithm}")]
    NotAKey {
        /// The key's id.
        kid: String,
        /// What it is to sign with.
        algorithm: Algorithm,
    },
    /// What was unwrapped is another key than its row says.
    #[error("the signing key `{kid}` has the thumbprint `{found}`")]
    OtherKey {
        /// The key's id.
        kid: String,
        /// The id that it should have.
        found: String,
    },
    /// The envelope doesn't open.
    #[error(transparent)]
    Envelope(#[from] MasterKeyError),
    /// No signature came of it, or one that the public part doesn't verify.
    #[error("the signing key `{kid}` does not sign")]
    NotSigned {
        /// The key's id.
        kid: String,
    },
}

/// The table that holds the envelopes, as they are bound to it.
const TABLE: &str = "signing_keys";

/// A key is wrapped once: a new private part is a new key with another id.
const VERSION: u32 = 1;

/// What every new or unwrapped key signs, to be verified by its public part (the pair-wise test of FIPS 140-2 §4.9.2).
const TRIAL: &[u8] = b"a signing key verifies what it signs";

impl SigningKey {
    /// Makes a key. For RSA it takes a tenth of a second to a second of a core.
    pub fn generate(kind: SigningKeyKind) -> Result<Self, SigningError> {
        let rsa = |size| RsaKeyPair::generate(size).map(Pair::Rsa);
        let pair = match kind {
            SigningKeyKind::Rsa2048 => rsa(KeySize::Rsa2048),
            SigningKeyKind::Rsa3072 => rsa(KeySize::Rsa3072),
            SigningKeyKind::Rsa4096 => rsa(KeySize::Rsa4096),
            SigningKeyKind::P256 => EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map(Pair::P256),
            SigningKeyKind::Ed25519 => Ed25519KeyPair::generate().map(Pair::Ed25519),
        };
        Self::of(pair.map_err(|_| SigningError::NotMade)?).ok_or(SigningError::NotMade)?.tried()
    }

    /// Opens the envelope of a key that was kept with this id and algorithm.
    pub fn unwrap(envelope: &str, kid: &str, algorithm: Algorithm, master: &MasterKey) -> Result<Self, SigningError> {
        let pkcs8 = master.unwrap(envelope, place(kid))?;
        let pair = match algorithm {
            Algorithm::Rs256 => RsaKeyPair::from_pkcs8(&pkcs8).map(Pair::Rsa).ok(),
            Algorithm::Es256 => EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8).map(Pair::P256).ok(),
            Algorithm::EdDsa => Ed25519KeyPair::from_pkcs8(&pkcs8).map(Pair::Ed25519).ok(),
        };
        let key = pair.and_then(Self::of).ok_or_else(|| SigningError::NotAKey { kid: kid.to_owned(), algorithm })?;
        if key.kid != kid {
            return Err(SigningError::OtherKey { kid: kid.to_owned(), found: key.kid });
        }
        key.tried()
    }

    /// Wraps the private part for the row that holds this key.
    pub fn wrap(&self, master: &MasterKey) -> Result<String, SigningError> {
        let pkcs8 = self.pair.to_pkcs8().map_err(|_| SigningError::NotMade)?;
        Ok(master.wrap(&pkcs8, place(&self.kid))?)
    }

    /// Its id: the SHA-256 thumbprint of its public part, in base64url (RFC 7638).
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// What it signs with.
    pub fn algorithm(&self) -> Algorithm {
        self.pair.algorithm()
    }

    /// The public part as it is published: a JWK with `kid`, `use` and `alg` (RFC 7517 §4), as JSON.
    pub fn public_jwk(&self) -> &str {
        &self.public_jwk
    }

    /// Signs claims into a token in compact form (RFC 7515 §7.1), whose header says what sort of token it is.
    pub(super) fn sign(&self, token_type: &str, claims: &impl Serialize) -> Result<Secret, SigningError> {
        let not_signed = || SigningError::NotSigned { kid: self.kid.clone() };
        let header = Header { typ: token_type, alg: self.algorithm().as_str(), kid: &self.kid };
        let header = serde_json::to_vec(&header).map_err(|_| not_signed())?;
        let claims = serde_json::to_vec(claims).map_err(|_| not_signed())?;
        let (header, claims) = (URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signed = format!("{header}.{claims}");
        let signature = Zeroizing::new(self.pair.sign(signed.as_bytes()).map_err(|_| not_signed())?);
        // Made at its final size: a text that grew would leave copies behind that nobody wipes. Four characters for
        // three octets, and a last group.
        let mut token = String::with_capacity(signed.len() + 1 + signature.len() / 3 * 4 + 4);
        token.push_str(&signed);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(&*signature, &mut token);
        Ok(Secret::new(token))
    }

    fn of(pair: Pair) -> Option<Self> {
        let mut jwk = Jwk::from_decoding_key(&pair.public(), None).ok()?;
        let kid = jwk.thumbprint(ThumbprintHash::SHA256).ok()?;
        jwk.common.key_id = Some(kid.clone());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        jwk.common.key_algorithm = pair.algorithm().as_str().parse().ok();
        let public_jwk = serde_json::to_string(&jwk).ok()?;
        Some(Self { pair, kid, public_jwk })
    }

    /// The key, once it has signed something that its public part verifies.
    fn tried(self) -> Result<Self, SigningError> {
        let signature = self.pair.sign(TRIAL);
        match signature.and_then(|signature| self.pair.verify(TRIAL, &signature)) {
            Ok(()) => Ok(self),
            Err(Unspecified) => Err(SigningError::NotSigned { kid: self.kid }),
        }
    }
}

/// The header of a token.
#[derive(Serialize)]
struct Header<'a> {
    typ: &'a str,
    alg: &'a str,
    kid: &'a str,
}

fn place(kid: &str) -> Place<'_> {
    Place { table: TABLE, row: kid, version: VERSION }
}

impl Pair {
    fn algorithm(&self) -> Algorithm {
        match self {
            Self::Rsa(_) => Algorithm::Rs256,
            Self::P256(_) => Algorithm::Es256,
            Self::Ed25519(_) => Algorithm::EdDsa,
        }
    }

    fn public(&self) -> DecodingKey {
        match self {
            Self::Rsa(pair) => DecodingKey::from_rsa_der(pair.public_key().as_ref()),
            Self::P256(pair) => DecodingKey::from_ec_der(pair.public_key().as_ref()),
            Self::Ed25519(pair) => DecodingKey::from_ed_der(pair.public_key().as_ref()),
        }
    }

    fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, Unspecified> {
        let octets = match self {
            Self::Rsa(pair) => AsDer::<Pkcs8V1Der<'_>>::as_der(pair)?.as_ref().to_vec(),
            Self::P256(pair) => pair.to_pkcs8v1()?.as_ref().to_vec(),
            Self::Ed25519(pair) => pair.to_pkcs8v1()?.as_ref().to_vec(),
        };
        Ok(Zeroizing::new(octets))
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Unspecified> {
        let random = SystemRandom::new();
        match self {
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)?;
                Ok(signature)
            }
            Self::P256(pair) => Ok(pair.sign(&random, message)?.as_ref().to_vec()),
            Self::Ed25519(pair) => Ok(pair.try_sign(message)?.as_ref().to_vec()),
        }
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), Unspecified> {
        match self {
            Self::Rsa(pair) => {
                UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key()).verify(message, signature)
            }
            Self::P256(pair) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, pair.public_key()).verify(message, signature)
            }
            Self::Ed25519(pair) => UnparsedPublicKey::new(&ED25519, pair.public_key()).verify(message, signature),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, {}, …)", self.algorithm(), self.kid)
    }
}
