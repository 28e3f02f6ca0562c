//! The id of a credential: the part of a key that is not secret, and finds its record.

use std::{fmt, str::FromStr};

use thiserror::Error;

use crate::{base62, random::NoRandomness};

/// Twelve base62 characters, drawn at random: 71 bits, so that 10⁷ ids collide once in 60 million installations.
///
/// Ordered and compared as text. Twelve octets, copied like a number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CredentialId([u8; Self::LENGTH]);

/// A text that is no credential id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a credential id is 12 characters of `0-9A-Za-z`")]
pub struct CredentialIdError;

impl CredentialId {
    /// Characters of an id.
    pub const LENGTH: usize = super::ID;

    /// Draws a new id. The store's unique index has the last word on collisions.
    pub fn generate() -> Result<Self, NoRandomness> {
        base62::draw().map(|text| Self(*text))
    }

    /// Reads an id: exactly twelve characters, capitals and small letters distinct.
    pub fn parse(text: &str) -> Result<Self, CredentialIdError> {
        let octets = text.as_bytes().try_into().map_err(|_| CredentialIdError)?;
        Self::from_octets(octets).ok_or(CredentialIdError)
    }

    pub(super) fn from_octets(octets: &[u8; Self::LENGTH]) -> Option<Self> {
        base62::holds_only_base62(octets).then_some(Self(*octets))
    }

    /// The twelve characters.
    pub fn as_str(&self) -> &str {
        // INVARIANT: every constructor checks or draws base62 characters, which are ASCII.
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for CredentialId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for CredentialId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CredentialId({self})")
    }
}

impl FromStr for CredentialId {
    type Err = CredentialIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_twelve_base62_characters_are_an_id() {
        assert_eq!(CredentialId::parse("0123456789aZ").map(|id| id.to_string()), Ok("0123456789aZ".to_owned()));
        for text in ["", "0123456789a", "0123456789aZb", "0123456789a-", "0123456789 Z", "0123456789é"] {
            assert_eq!(CredentialId::parse(text), Err(CredentialIdError), "{text}");
        }
    }
}
