//! Signed tokens (RFC 7519 in the compact form of RFC 7515): read strictly, verified with keys that the verifier chose.
//!
//! There are three classes, and no token is good for two of them (RFC 8725 §3.11):
//!
//! | class | `iss` | `typ` | signed by | `aud` |
//! |---|---|---|---|---|
//! | [`AccessToken`] | this installation | `at+jwt`, required | a signing key of this installation | what the verifier answers to |
//! | [`SelfSigned`], to be presented | a key's id, and `sub` the same | `JWT` or none | a public key that was registered with that key | the same |
//! | [`SelfSigned`], as a client's assertion | the same | the same, or `client-authentication+jwt` | the same | the authorisation server, and nobody else |
//! | [`IssuerToken`] | an issuer that was configured | `JWT`, `at+jwt` or none | a key of that issuer's set | what was configured for it |
//!
//! The caller reads a token ([`Jwt::read`]), looks by [`Jwt::issuer`] for who is to have signed it, finds the public key
//! there and nowhere else ([`KeySet::find`]), and asks the class to verify it. What is then known is worth remembering
//! ([`TokenMemory`]).
//!
//! # What this defends against
//!
//! **A token that chooses how it is verified.** The algorithm belongs to the public key; a header that names another is
//! refused, and `none` and HMAC aren't names that are understood at all. A header's `jwk`, `jku`, `x5u` and `x5c` are
//! never followed: a token that has one is refused, for no honest client of ours sends it. So is one with `crit`.
//!
//! **A token that two readers read differently.** No member twice, no padding or stray bits in base64url, exactly three
//! parts, 16 KiB at most.
//!
//! **A claim that isn't looked at.** The library beneath checks signatures only. Claims are read here, by the name, with
//! their JSON type: a claim of the wrong type is a fault, never an absent one (CVE-2026-25537), and `nbf` is checked.
//!
//! **A key that is confused with another's.** `kid` is looked up among the keys of the one issuer that `iss` names.

mod access_token;
mod algorithm;
mod claims;
mod fault;
mod issuer_token;
mod key_set;
mod memory;
mod pem;
mod public_key;
mod self_signed;
mod token;

#[cfg(test)]
mod tests;

pub use access_token::{AccessToken, AccessTokenRules, Thumbprint};
pub use algorithm::Algorithm;
pub use claims::LONGEST_LEEWAY_SECONDS;
pub use fault::JwtFault;
pub use issuer_token::{IssuerRules, IssuerToken};
pub use key_set::{KeySet, KeySetFault};
pub use memory::TokenMemory;
pub use pem::{PemFault, jwk_from_pem};
pub use public_key::{JwkFault, PublicKey};
pub use self_signed::{SelfSigned, SelfSignedRules, Use};
pub use token::{Jwt, LONGEST_JWT};
