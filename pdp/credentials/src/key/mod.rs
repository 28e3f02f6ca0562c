//! An API key as it is shown, once: 81 characters, each with its place.
//!
//! ```text
//! argus_live_ 4fT0nWq9ZxLk Hq…(43)… 1 Zk30aPq2 0xYz12
//!    │           │            │     │    │       └ CRC-32 of all before it, 6 characters
//!    │           │            │     │    └ issuer tag over all before it, 8 characters
//!    │           │            │     └ version of the tag key
//!    │           │            └ secret: 43 characters, 256 bits
//!    │           └ credential id: 12 characters, not secret
//!    └ environment
//! ```
//!
//! All but the first part is base62, and all widths are fixed, so that a key has one spelling. The checksum finds typing
//! errors and spares scanners false alarms; it keeps nobody out, for anyone can compute it. The issuer tag does.

mod environment;
mod id;
mod mint;
mod present;
mod redact;

#[cfg(test)]
mod tests;

pub use environment::{Environment, UnknownEnvironment};
pub use id::{CredentialId, CredentialIdError};
pub use mint::{MintedKey, mint, mint_for};
pub use present::{KeyFormError, PresentedKey};
pub use redact::redact;

/// What finds a key in a repository, a log or a chat: for secret scanners, in the syntax that PCRE, RE2, Python,
/// JavaScript and Rust share. A hit whose last six characters are not the CRC-32 of the rest is a false alarm.
pub const KEY_PATTERN: &str = r"\bargus_(?:live|test)_[0-9A-Za-z]{70}\b";

/// Characters of a whole key.
pub const KEY_LENGTH: usize = PREFIX + ID + SECRET + VERSION + TAG + CHECKSUM;

const PREFIX: usize = 11;
const ID: usize = 12;
const SECRET: usize = 43;
const VERSION: usize = 1;
const TAG: usize = 8;
const CHECKSUM: usize = 6;
/// What the issuer tag covers: all before it, its version included.
const TAGGED: usize = PREFIX + ID + SECRET + VERSION;
/// What the checksum covers: all before it.
const CHECKED: usize = TAGGED + TAG;

/// CRC-32 (ISO 3309) in base62.
fn checksum(text: &[u8]) -> [u8; CHECKSUM] {
    crate::base62::encode(u64::from(crc32fast::hash(text)))
}
