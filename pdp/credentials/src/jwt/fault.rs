//! What is wrong with a token, exactly: for tests, counters and whoever reads the log of his own installation.

use thiserror::Error;

use crate::Refusal;

/// Why a token is not believed. Callers tell a stranger no more than [`JwtFault::refusal`] allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum JwtFault {
    /// Longer than any honest token.
    #[error("the token is longer than 16 KiB")]
    TooLong,
    /// Not three parts.
    #[error("the token does not have three parts")]
    Parts,
    /// A part that isn't base64url as RFC 7515 writes it.
    #[error("a part of the token is not base64url without padding")]
    Encoding,
    /// A header, or claims, that are no JSON object, or have a member twice.
    #[error("the header or the claims are not an object in which each member stands once")]
    Json,
    /// `crit`: it asks for something that isn't understood here.
    #[error("the header has critical extensions")]
    Critical,
    /// The token brings its own key, or says where to fetch it.
    #[error("the header brings a key of its own")]
    EmbeddedKey,
    /// No algorithm, one that is not offered, or another than the key's.
    #[error("the algorithm is not that of the key")]
    Algorithm,
    /// `typ` says that it is a token of another class.
    #[error("the token is of another type")]
    Type,
    /// Nobody of this name is trusted to sign.
    #[error("the issuer is not known")]
    Issuer,
    /// No key of the issuer has this `kid`, or several might be meant.
    #[error("the issuer has no such key")]
    UnknownKey,
    /// The signature is not that of the key.
    #[error("the signature is wrong")]
    Signature,
    /// A claim that has to be there isn't.
    #[error("the claim `{0}` is missing")]
    Missing(&'static str),
    /// A claim of another JSON type, or out of its bounds.
    #[error("the claim `{0}` has the wrong type")]
    WrongType(&'static str),
    /// It is meant for somebody else.
    #[error("the token is meant for another audience")]
    Audience,
    /// `sub` isn't who it has to be.
    #[error("the subject is not who it has to be")]
    Subject,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
    /// Its time has not come.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// It was issued in the future.
    #[error("the token was issued in the future")]
    IssuedLater,
    /// It lives longer than its class may.
    #[error("the token lives too long")]
    TooLongLived,
    /// It is bound to a certificate that wasn't presented, or in a way that isn't understood.
    #[error("the token is bound to another client")]
    Binding,
    /// It may be used once, and was.
    #[error("the token was used before")]
    Replayed,
    /// It was revoked by itself.
    #[error("the token is revoked")]
    Revoked,
}

impl JwtFault {
    /// As what it is refused. Only what is behind a right signature has a reason of its own.
    pub const fn refusal(self) -> Refusal {
        match self {
            Self::TooLong | Self::Parts | Self::Encoding | Self::Json => Refusal::Malformed,
            Self::Expired => Refusal::Expired,
            Self::NotYetValid | Self::IssuedLater => Refusal::NotYetValid,
            Self::Revoked => Refusal::Revoked,
            Self::Issuer | Self::UnknownKey => Refusal::Unknown,
            _ => Refusal::Forged,
        }
    }
}
