//! What is known of access tokens: the keys that they are verified with, and those that were revoked by themselves.

use std::collections::HashMap;

use argus_credentials::{jwt, read_json};
use argus_store::revoked_token::RevokedToken;
use argus_store::signing_key::SigningKey;
use serde_json::Value;
use tracing::error;

/// The ids of tokens that were revoked, with the second in which each would have expired. They come with requests: the
/// hash is one that a stranger can't aim at.
#[derive(Debug, Clone, Default)]
pub(super) struct RevokedTokens(HashMap<Box<str>, i64>);

/// The most that clocks differ by, and a little: until then a token that has expired may still be shown.
const LINGER_SECONDS: i64 = 2 * jwt::LONGEST_LEEWAY_SECONDS;

impl RevokedTokens {
    pub(super) fn contains(&self, jti: &str) -> bool {
        self.0.contains_key(jti)
    }

    /// Takes in further ones, and forgets those that nobody would believe any more.
    pub(super) fn extend(&mut self, tokens: Vec<RevokedToken>, now: i64) {
        self.0.retain(|_, end| *end + LINGER_SECONDS > now);
        self.0.extend(tokens.into_iter().map(|token| (token.jti.into(), token.expires_at.timestamp())));
    }
}

impl FromIterator<RevokedToken> for RevokedTokens {
    fn from_iter<I: IntoIterator<Item = RevokedToken>>(tokens: I) -> Self {
        let mut all = Self::default();
        all.extend(tokens.into_iter().collect(), i64::MIN);
        all
    }
}

/// The signing keys as the store has them. One that can't be read verifies nothing; the others still do.
pub(super) fn read_signing_keys(rows: &[SigningKey]) -> jwt::KeySet {
    let keys = rows.iter().filter_map(|row| match read(row) {
        Ok(key) => Some(key),
        Err(cause) => {
            error!("left out signing key {}: {cause}", row.kid);
            None
        }
    });
    jwt::KeySet::new(keys.collect())
}

fn read(row: &SigningKey) -> Result<jwt::PublicKey, String> {
    let jwk = read_json(row.public_jwk.as_bytes()).map_err(|error| error.to_string())?;
    let Value::Object(mut jwk) = jwk else { return Err("it is no object".to_owned()) };
    // Tokens name it by the id of its row, whatever its JWK says.
    jwk.insert("kid".to_owned(), row.kid.clone().into());
    jwt::PublicKey::read(&jwk)
        .map_err(|faults| faults.into_iter().map(|fault| fault.detail).collect::<Vec<_>>().join("; "))
}
