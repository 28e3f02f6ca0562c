//! What Argus signs access tokens with: keys that are generated, wrapped, published and used here, and never shown.
//!
//! A [`SigningKey`] is known by the thumbprint of its public part. The private part leaves it in one way, wrapped under the
//! master key for the row that holds it; in memory it lives inside the cryptographic library, which wipes it when the key is
//! dropped.

mod access_token;
mod key;
mod kind;

pub use access_token::{AccessTokenClaims, Confirmation, IssuedToken, token_id};
pub use key::{SigningError, SigningKey};
pub use kind::{SigningKeyKind, UnknownSigningKind};

#[cfg(test)]
mod tests;
