//! Why a credential is refused.

use thiserror::Error;

/// Why a presented key is not believed. The list is closed: callers give each of these its outward reason.
///
/// Only what [`is_outwardly_unknown`](Self::is_outwardly_unknown) says is the same for a stranger: whether a key is
/// malformed, forged or wrong would tell him how far he got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum Refusal {
    /// Not the form of a key, or a wrong checksum.
    #[error("the credential does not have the form of a key")]
    Malformed,
    /// The issuer tag is not ours.
    #[error("the credential was not issued here")]
    Forged,
    /// There is no such credential, or no longer.
    #[error("the credential is unknown")]
    Unknown,
    /// The credential, its key or a key above was revoked.
    #[error("the credential is revoked")]
    Revoked,
    /// The credential, its key or a key above is suspended.
    #[error("the credential is suspended")]
    Suspended,
    /// Its time has not come.
    #[error("the credential is not valid yet")]
    NotYetValid,
    /// Its time is over.
    #[error("the credential has expired")]
    Expired,
    /// The secret is not the one that was issued.
    #[error("the credential's secret is wrong")]
    WrongSecret,
    /// It could not be verified now: the derivations are full, took too long, or too many failed from there. Nothing
    /// is said of the credential.
    #[error("credentials can't be verified right now, try again in {retry_after_seconds} s")]
    Busy {
        /// When to try again. Past that time a right key is expected to be verified.
        retry_after_seconds: u32,
    },
}

impl Refusal {
    /// Whether the caller must be told no more than "unknown" (`credential_unknown`, `invalid_token`).
    pub const fn is_outwardly_unknown(self) -> bool {
        matches!(self, Self::Malformed | Self::Forged | Self::Unknown | Self::WrongSecret)
    }
}
