//! A set of public keys of one issuer (RFC 7517 §5), and the one of them that a token means.

use serde_json::Value;
use thiserror::Error;

use super::public_key::PublicKey;
use super::{Jwt, JwtFault};
use crate::json::read_json;

/// The most keys of a set.
const MOST_KEYS: usize = 100;

/// Public keys of one issuer.
#[derive(Debug, Clone, Default)]
pub struct KeySet(Vec<PublicKey>);

/// Why a text is no set of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeySetFault {
    /// Not JSON, or not of this form.
    #[error("it is not a JSON object with a list `keys`")]
    Form,
    /// Too many.
    #[error("it has more than {MOST_KEYS} keys")]
    TooMany,
    /// None that is of use.
    #[error("none of its keys can be used")]
    Useless,
}

impl KeySet {
    /// A set of these.
    pub fn new(keys: Vec<PublicKey>) -> Self {
        Self(keys)
    }

    /// Reads a set. Keys of other types, for other uses, or too weak are passed over, as RFC 7517 §5 asks.
    pub fn read(octets: &[u8]) -> Result<Self, KeySetFault> {
        let set = read_json(octets).map_err(|_| KeySetFault::Form)?;
        let keys = set.get("keys").and_then(Value::as_array).ok_or(KeySetFault::Form)?;
        if keys.len() > MOST_KEYS {
            return Err(KeySetFault::TooMany);
        }
        let read = |key: &Value| key.as_object().and_then(|key| PublicKey::read(key).ok());
        let keys: Vec<PublicKey> = keys.iter().filter_map(read).collect();
        if keys.is_empty() { Err(KeySetFault::Useless) } else { Ok(Self(keys)) }
    }

    /// The key that a token means: the one of its `kid`. A token without one can only mean the one key there is of its
    /// algorithm. Where two might be meant, none is.
    pub fn find(&self, jwt: &Jwt<'_>) -> Result<&PublicKey, JwtFault> {
        let is_meant = |key: &&PublicKey| match jwt.key_id() {
            Some(key_id) => key.answers_to(key_id),
            None => key.algorithm() == jwt.algorithm(),
        };
        let mut meant = self.0.iter().filter(is_meant);
        match (meant.next(), meant.next()) {
            (Some(key), None) => Ok(key),
            _ => Err(JwtFault::UnknownKey),
        }
    }

    /// The keys.
    pub fn keys(&self) -> &[PublicKey] {
        &self.0
    }

    /// Whether two sets hold the same keys under the same names, in whatever order.
    pub fn is_same_as(&self, other: &Self) -> bool {
        let names = |set: &Self| {
            let mut names: Vec<_> =
                set.0.iter().map(|key| (key.key_id().map(str::to_owned), key.thumbprint().to_owned())).collect();
            names.sort_unstable();
            names
        };
        names(self) == names(other)
    }
}
