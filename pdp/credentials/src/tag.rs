//! The issuer tag: 47 bits in each key that only Argus can have put there.
//!
//! It costs an eighth of a microsecond to check and nothing to store, and it stands before the 60 ms of a derivation.
//! Whoever knows a credential's id, which is no secret, gets no work out of Argus for it.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use subtle::ConstantTimeEq;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::{
    base62,
    key::PresentedKey,
    mac::{Digest, MacKey},
    random::{self, NoRandomness},
    secret::Secret,
};

/// Which tag key made a tag: one base62 character in the key. Sixty-two, then the count begins anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TagVersion(u8);

/// One tag key: 32 random octets and their version. Kept wrapped under the master key, or in a file of its own.
pub struct TagKey {
    version: TagVersion,
    octets: Zeroizing<[u8; 32]>,
}

/// The tag keys in use: one that mints, and those whose keys are still out there.
///
/// To change it, add a new one as the minting key, and drop an old one when the last credential minted under it has
/// expired.
pub struct TagKeys {
    // INVARIANT: the first one mints. One to three in practice, so a walk beats any table.
    keys: Vec<(TagVersion, MacKey)>,
}

/// Why tag keys can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TagKeyError {
    /// Two different keys claim one version.
    #[error("two tag keys have the version `{}`", char::from(.0.character()))]
    SameVersion(TagVersion),
    /// A text that is no tag key.
    #[error("a tag key reads `argus-tag-key:`, its version, `:` and 43 characters of base64")]
    Form,
    /// A list without a single key.
    #[error("no tag key is given: one is needed to tell Argus' keys from forged ones")]
    Missing,
}

impl TagVersion {
    /// The version of an installation's first tag key.
    pub const FIRST: Self = Self(1);

    /// The version after this one. After the last comes 0.
    #[must_use]
    pub fn next(self) -> Self {
        let [.., value] = ((u64::from(self.0) + 1) % base62::BASE).to_be_bytes();
        Self(value)
    }

    /// The version that a base62 character names.
    pub fn from_character(character: u8) -> Option<Self> {
        base62::value(character).map(Self)
    }

    /// The character, as it stands in a key.
    pub fn character(self) -> u8 {
        base62::character(u64::from(self.0))
    }
}

const TEXT_PREFIX: &str = "argus-tag-key:";

impl TagKey {
    /// Draws a new tag key.
    pub fn generate(version: TagVersion) -> Result<Self, NoRandomness> {
        let mut octets = Zeroizing::new([0; 32]);
        random::fill(octets.as_mut_slice())?;
        Ok(Self { version, octets })
    }

    /// Takes a tag key that was kept.
    pub fn from_octets(version: TagVersion, octets: &[u8; 32]) -> Self {
        Self { version, octets: Zeroizing::new(*octets) }
    }

    /// Reads one line of a tag key file.
    pub fn parse(line: &str) -> Result<Self, TagKeyError> {
        let rest = line.strip_prefix(TEXT_PREFIX).ok_or(TagKeyError::Form)?;
        let (version, encoded) = rest.split_once(':').ok_or(TagKeyError::Form)?;
        let [version] = version.as_bytes() else { return Err(TagKeyError::Form) };
        let version = TagVersion::from_character(*version).ok_or(TagKeyError::Form)?;
        // One octet more than is right, so that a longer text is seen to be longer.
        let mut buffer = Zeroizing::new([0; 33]);
        let length = STANDARD_NO_PAD.decode_slice(encoded, buffer.as_mut_slice()).map_err(|_| TagKeyError::Form)?;
        let octets = buffer.get(..length).and_then(|octets| octets.try_into().ok()).ok_or(TagKeyError::Form)?;
        Ok(Self::from_octets(version, octets))
    }

    /// The line that [`TagKey::parse`] reads: for the file of a node that decides and never mints.
    pub fn to_line(&self) -> Secret {
        let mut line = String::with_capacity(TEXT_PREFIX.len() + 2 + 43);
        line.push_str(TEXT_PREFIX);
        line.push(char::from(self.version.character()));
        line.push(':');
        STANDARD_NO_PAD.encode_string(self.octets.as_slice(), &mut line);
        Secret::new(line)
    }

    /// The version.
    pub fn version(&self) -> TagVersion {
        self.version
    }

    /// The octets, to be wrapped under the master key.
    pub fn expose(&self) -> &[u8; 32] {
        &self.octets
    }
}

impl TagKeys {
    /// Puts keys into use: the first mints, all are accepted.
    pub fn new(minting: &TagKey, accepted: &[TagKey]) -> Result<Self, TagKeyError> {
        let mut keys: Vec<(TagVersion, MacKey)> = Vec::with_capacity(1 + accepted.len());
        for key in std::iter::once(minting).chain(accepted) {
            if keys.iter().any(|(version, _)| *version == key.version) {
                return Err(TagKeyError::SameVersion(key.version));
            }
            keys.push((key.version, MacKey::new(&key.octets)));
        }
        Ok(Self { keys })
    }

    /// Reads a tag key file: a key on each line, the one that mints first. Blank lines and `#` lines don't count.
    pub fn parse(text: &str) -> Result<Self, TagKeyError> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let keys = lines.map(TagKey::parse).collect::<Result<Vec<_>, _>>()?;
        let (minting, accepted) = keys.split_first().ok_or(TagKeyError::Missing)?;
        Self::new(minting, accepted)
    }

    /// Whether the tag key of a version is in use.
    pub(crate) fn has(&self, version: TagVersion) -> bool {
        self.keys.iter().any(|(known, _)| *known == version)
    }

    /// Whether Argus minted this key: under a tag key that is in use, in constant time, without allocation.
    pub fn verify(&self, key: &PresentedKey<'_>) -> bool {
        // The version is no secret, so this walk may stop early; the comparison of tags may not.
        let Some((_, tag_key)) = self.keys.iter().find(|(version, _)| *version == key.tag_version()) else {
            return false;
        };
        truncate(&tag_key.digest(key.tagged())).ct_eq(&key.tag()).into()
    }

    /// The version that new keys carry.
    pub fn minting_version(&self) -> TagVersion {
        self.keys.first().map_or(TagVersion::FIRST, |(version, _)| *version)
    }

    /// The versions in use, the minting one first.
    pub fn versions(&self) -> impl Iterator<Item = TagVersion> + '_ {
        self.keys.iter().map(|(version, _)| *version)
    }

    pub(crate) fn tag(&self, tagged: &[u8]) -> u64 {
        self.keys.first().map_or(0, |(_, key)| truncate(&key.digest(tagged)))
    }
}

/// The first 64 bits of a digest, spread over the 62⁸ tags. No tag is likelier than another by more than 2⁻¹⁶ of its
/// own probability, which leaves a forger 2⁻⁴⁷.
fn truncate(digest: &Digest) -> u64 {
    const TAGS: u128 = 62_u128.pow(8);
    let scaled = (u128::from(digest.word::<0>()) * TAGS) >> 64;
    u64::try_from(scaled).unwrap_or_default()
}

impl fmt::Debug for TagKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TagKey({}, …)", char::from(self.version.character()))
    }
}

impl fmt::Debug for TagKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TagKeys").field("versions", &self.versions().collect::<Vec<_>>()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(character: u8) -> TagVersion {
        TagVersion::from_character(character).unwrap()
    }

    #[test]
    fn a_tag_key_file_is_read_line_by_line_and_its_first_key_mints() {
        let [first, second] = [b'2', b'1'].map(|character| TagKey::generate(version(character)).unwrap());
        let text = format!("# tag keys\n\n{}\n  {}\r\n", first.to_line().expose(), second.to_line().expose());
        let keys = TagKeys::parse(&text).unwrap();
        assert_eq!(keys.versions().collect::<Vec<_>>(), [version(b'2'), version(b'1')]);
        assert_eq!(TagKey::parse(first.to_line().expose()).unwrap().expose(), first.expose());
    }

    #[test]
    fn what_is_no_tag_key_is_refused() {
        let key = TagKey::generate(TagVersion::FIRST).unwrap();
        let line = key.to_line();
        let line = line.expose();
        let spoilt = [
            String::new(),
            line.replace("argus", "other"),
            line.replace(":1:", ":-:"),
            line.replace(":1:", ":12:"),
            line.replace(":1:", ":"),
            format!("{line}A"),
            format!("{line}="),
            line.chars().take(line.len() - 1).collect(),
        ];
        for text in spoilt {
            assert_eq!(TagKey::parse(&text).unwrap_err(), TagKeyError::Form, "{text}");
        }
        assert_eq!(TagKeys::parse("# none\n").unwrap_err(), TagKeyError::Missing);
        let same = TagKeyError::SameVersion(TagVersion::FIRST);
        assert_eq!(TagKeys::new(&key, &[TagKey::generate(TagVersion::FIRST).unwrap()]).unwrap_err(), same);
        assert_eq!(same.to_string(), "two tag keys have the version `1`");
    }

    #[test]
    fn versions_go_round() {
        let mut seen = vec![TagVersion::FIRST];
        while seen.last().unwrap().next() != TagVersion::FIRST {
            seen.push(seen.last().unwrap().next());
        }
        assert_eq!(seen.len(), 62);
    }

    #[test]
    fn nothing_that_is_printed_shows_a_tag_key() {
        let key = TagKey::from_octets(TagVersion::FIRST, &[0xab; 32]);
        let keys = TagKeys::new(&key, &[]).unwrap();
        assert_eq!(format!("{key:?} {keys:?}"), "TagKey(1, …) TagKeys { versions: [TagVersion(1)], .. }");
    }
}
