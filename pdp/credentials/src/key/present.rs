//! A key as a caller presents it: read strictly, before anything is looked up.

use std::fmt;

use thiserror::Error;

use super::{CHECKED, CHECKSUM, CredentialId, Environment, ID, KEY_LENGTH, PREFIX, SECRET, TAG, TAGGED, checksum};
use crate::{base62, tag::TagVersion};

/// A text with the form of a key and the right checksum. Who made it is not known yet: see
/// [`TagKeys::verify`](crate::TagKeys::verify).
#[derive(Clone, Copy)]
pub struct PresentedKey<'a> {
    environment: Environment,
    id: CredentialId,
    secret: &'a str,
    version: TagVersion,
    tag: u64,
    tagged: &'a [u8; TAGGED],
}

/// Why a text is no key. For a person who typed or pasted it; servers answer all of these alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeyFormError {
    /// Too short or too long.
    #[error("a key has {KEY_LENGTH} characters, this has {0}")]
    Length(usize),
    /// It begins otherwise.
    #[error("a key begins with `argus_live_` or `argus_test_`")]
    Prefix,
    /// Something other than a base62 character stands behind the prefix.
    #[error("a key holds only `0-9A-Za-z` behind its prefix")]
    Character,
    /// The last six characters don't belong to the rest.
    #[error("the checksum does not match: a character was lost or mistyped")]
    Checksum,
}

impl<'a> PresentedKey<'a> {
    /// Reads a key. There is one spelling of each: no blanks, no other case, no shorter form.
    pub fn parse(text: &'a str) -> Result<Self, KeyFormError> {
        let whole: &[u8; KEY_LENGTH] =
            text.as_bytes().try_into().map_err(|_| KeyFormError::Length(text.chars().count()))?;
        let environment = environment(whole)?;
        let (checked, sum) = whole.split_last_chunk::<CHECKSUM>().ok_or(KeyFormError::Length(KEY_LENGTH))?;
        // Both are read whatever the other says: an octet outside ASCII also fails the checksum, most often.
        let (_, after_prefix) = whole.split_first_chunk::<PREFIX>().ok_or(KeyFormError::Prefix)?;
        if !base62::holds_only_base62(after_prefix) {
            return Err(KeyFormError::Character);
        }
        debug_assert_eq!(checked.len(), CHECKED);
        if checksum(checked) != *sum {
            return Err(KeyFormError::Checksum);
        }
        Self::split(text, whole, environment).ok_or(KeyFormError::Character)
    }

    fn split(text: &'a str, whole: &'a [u8; KEY_LENGTH], environment: Environment) -> Option<Self> {
        let (tagged, rest) = whole.split_first_chunk::<TAGGED>()?;
        let tag = base62::decode(rest.first_chunk::<TAG>()?)?;
        let [.., version] = *tagged;
        let id = tagged.split_first_chunk::<PREFIX>()?.1.first_chunk::<ID>()?;
        Some(Self {
            environment,
            id: CredentialId::from_octets(id)?,
            secret: text.get(PREFIX + ID..PREFIX + ID + SECRET)?,
            version: TagVersion::from_character(version)?,
            tag,
            tagged,
        })
    }

    /// The environment that the key names.
    pub fn environment(&self) -> Environment {
        self.environment
    }

    /// The credential that the key names.
    pub fn id(&self) -> CredentialId {
        self.id
    }

    /// The part that only the holder knows.
    pub fn expose_secret(&self) -> &'a str {
        self.secret
    }

    pub(crate) fn tag_version(&self) -> TagVersion {
        self.version
    }

    pub(crate) fn tag(&self) -> u64 {
        self.tag
    }

    pub(crate) fn tagged(&self) -> &'a [u8] {
        self.tagged
    }
}

fn environment(whole: &[u8; KEY_LENGTH]) -> Result<Environment, KeyFormError> {
    if whole.starts_with(Environment::Live.prefix().as_bytes()) {
        Ok(Environment::Live)
    } else if whole.starts_with(Environment::Test.prefix().as_bytes()) {
        Ok(Environment::Test)
    } else {
        Err(KeyFormError::Prefix)
    }
}

impl fmt::Debug for PresentedKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PresentedKey({}{}…)", self.environment.prefix(), self.id)
    }
}
