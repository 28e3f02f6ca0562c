//! `argus-credentials`: from what a caller presents to a verified principal.

mod base62;
mod hash;
mod key;
mod mac;
mod master;
mod random;
mod secret;
mod self_test;
mod tag;

pub use hash::{HashError, Hasher, Iterations, IterationsError, StoredHash};
pub use key::{
    CredentialId, CredentialIdError, Environment, KEY_LENGTH, KEY_PATTERN, KeyFormError, MintedKey, PresentedKey,
    UnknownEnvironment, mint,
};
pub use master::{MasterKey, MasterKeyError, Place};
pub use random::NoRandomness;
pub use secret::Secret;
pub use self_test::{SelfTestError, self_test};
pub use tag::{TagKey, TagKeyError, TagKeys, TagVersion};
