//! The master key, and what is wrapped under it: AES-256-GCM, bound to the place where the envelope is kept.
//!
//! An envelope reads `argus-wrap:1:<key>:<nonce, ciphertext and tag in base64>`. `1` is the version of this layout,
//! `<key>` tells master keys apart, so that both are readable while one replaces the other, and a wrong key file is
//! told from a damaged row. Where it is kept (table, row, version) is authenticated with it: an envelope that is
//! copied to another row doesn't open.
//!
//! A key management service can take over without a change of any table, because an envelope says itself how it opens:
//! `argus-wrap:2:<the service's name of its key>:<what the service's encrypt call gave, in base64>`, with the place as
//! that call's additional authenticated data (in some services the "encryption context"). Rows of both layouts may stand
//! beside each other while one envelope after the other is unwrapped by the old means and wrapped by the new.

use std::fmt;

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey},
    hkdf::{HKDF_SHA256, KeyType, Prk, Salt},
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD},
};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::{
    random::{self, NoRandomness},
    secret::Secret,
};

const ENVELOPE_PREFIX: &str = "argus-wrap:1:";

/// One for each installation: 32 random octets, from a file or the environment, which are the caller's to read.
pub struct MasterKey {
    octets: Zeroizing<[u8; 32]>,
    name: String,
}

/// Where an envelope is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// The table's name.
    pub table: &'a str,
    /// The row's id.
    pub row: &'a str,
    /// The version of what is wrapped, so that an older envelope can't be put back in its place.
    pub version: u32,
}

/// Why a master key is not usable, or an envelope does not open.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MasterKeyError {
    /// A text that is no master key.
    #[error("a master key is 32 octets, written as 64 hexadecimal digits or in base64")]
    Form,
    /// A text that is no envelope.
    #[error("a wrapped key reads `argus-wrap:1:<master key>:<base64>`")]
    Envelope,
    /// Another master key wrapped it.
    #[error("this was wrapped by the master key `{wrapped_by}`, the one at hand is `{at_hand}`")]
    OtherKey {
        /// The name of the key that is needed.
        wrapped_by: String,
        /// The name of the key that was tried.
        at_hand: String,
    },
    /// Changed, or moved from the place where it was kept.
    #[error("the wrapped key was altered, or belongs to another row")]
    Altered,
    /// No randomness for a nonce.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// The cryptographic library refused.
    #[error("the key could not be wrapped")]
    Refused,
}

impl MasterKey {
    /// Draws a new master key.
    pub fn generate() -> Result<Self, MasterKeyError> {
        let mut octets = Zeroizing::new([0; 32]);
        random::fill(octets.as_mut_slice())?;
        Self::new(octets)
    }

    /// Reads a master key: 64 hexadecimal digits, or base64 with or without its `=`. Blanks around it don't count.
    pub fn parse(text: &str) -> Result<Self, MasterKeyError> {
        let text = text.trim();
        // One octet more than is right, so that a longer text is seen to be longer.
        let mut buffer = Zeroizing::new([0; 33]);
        let length = match text.len() {
            64 => read_hexadecimal(text, buffer.as_mut_slice()),
            44 => STANDARD.decode_slice(text, buffer.as_mut_slice()).ok(),
            _ => STANDARD_NO_PAD.decode_slice(text, buffer.as_mut_slice()).ok(),
        };
        let octets = length.and_then(|length| buffer.get(..length)).and_then(|octets| octets.try_into().ok());
        Self::new(Zeroizing::new(octets.ok_or(MasterKeyError::Form)?))
    }

    /// The text to keep: what [`MasterKey::parse`] reads.
    pub fn to_text(&self) -> Secret {
        let mut text = String::with_capacity(44);
        STANDARD.encode_string(self.octets.as_slice(), &mut text);
        Secret::new(text)
    }

    /// What tells this key from others: sixteen characters derived from it, which reveal nothing of it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Wraps a key or another small secret for one place.
    pub fn wrap(&self, secret: &[u8], place: Place<'_>) -> Result<String, MasterKeyError> {
        let mut sealed = Zeroizing::new(Vec::with_capacity(NONCE_LEN + secret.len() + AES_256_GCM.tag_len()));
        sealed.extend_from_slice(secret);
        let aad = Aad::from(place.to_octets());
        let key = self.wrapping_key()?;
        let nonce = key.seal_in_place_append_tag(aad, &mut *sealed).map_err(|_| MasterKeyError::Refused)?;
        let sealed: Vec<u8> = nonce.as_ref().iter().chain(sealed.iter()).copied().collect();
        Ok(format!("{ENVELOPE_PREFIX}{}:{}", self.name, STANDARD_NO_PAD.encode(sealed)))
    }

    /// Opens an envelope that was wrapped for this place.
    pub fn unwrap(&self, envelope: &str, place: Place<'_>) -> Result<Zeroizing<Vec<u8>>, MasterKeyError> {
        let rest = envelope.strip_prefix(ENVELOPE_PREFIX).ok_or(MasterKeyError::Envelope)?;
        let (name, sealed) = rest.split_once(':').ok_or(MasterKeyError::Envelope)?;
        if name != self.name {
            let (wrapped_by, at_hand) = (name.to_owned(), self.name.clone());
            return Err(MasterKeyError::OtherKey { wrapped_by, at_hand });
        }
        let mut sealed = Zeroizing::new(STANDARD_NO_PAD.decode(sealed).map_err(|_| MasterKeyError::Envelope)?);
        let (nonce, sealed) = sealed.split_first_chunk_mut::<NONCE_LEN>().ok_or(MasterKeyError::Envelope)?;
        let (nonce, aad) = (Nonce::from(&*nonce), Aad::from(place.to_octets()));
        let opened = self.wrapping_key()?.open_in_place(nonce, aad, sealed).map_err(|_| MasterKeyError::Altered)?;
        Ok(Zeroizing::new(opened.to_vec()))
    }

    /// The name of the master key that an envelope needs.
    pub fn name_in(envelope: &str) -> Option<&str> {
        envelope.strip_prefix(ENVELOPE_PREFIX)?.split_once(':').map(|(name, _)| name)
    }

    fn new(octets: Zeroizing<[u8; 32]>) -> Result<Self, MasterKeyError> {
        let mut name = [0; 8];
        expand(&extract(&octets), b"name", &mut name)?;
        let name = name.iter().fold(String::new(), |name, octet| name + &format!("{octet:02x}"));
        Ok(Self { octets, name })
    }

    /// Name and wrapping key are derived, each for its purpose: no key is used in two ways.
    fn wrapping_key(&self) -> Result<RandomizedNonceKey, MasterKeyError> {
        let mut key = Zeroizing::new([0; 32]);
        expand(&extract(&self.octets), b"wrap, AES-256-GCM", key.as_mut_slice())?;
        RandomizedNonceKey::new(&AES_256_GCM, key.as_slice()).map_err(|_| MasterKeyError::Refused)
    }
}

impl Place<'_> {
    /// Each text behind its length: no two places read the same.
    fn to_octets(self) -> Vec<u8> {
        let mut octets = Vec::new();
        for text in [self.table, self.row] {
            octets.extend_from_slice(&(text.len() as u64).to_be_bytes());
            octets.extend_from_slice(text.as_bytes());
        }
        octets.extend_from_slice(&self.version.to_be_bytes());
        octets
    }
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn extract(octets: &[u8; 32]) -> Prk {
    Salt::new(HKDF_SHA256, b"argus master key").extract(octets)
}

fn expand(key: &Prk, purpose: &[u8], into: &mut [u8]) -> Result<(), MasterKeyError> {
    let purpose = [purpose];
    let derived = key.expand(&purpose, Length(into.len())).map_err(|_| MasterKeyError::Refused)?;
    derived.fill(into).map_err(|_| MasterKeyError::Refused)
}

fn read_hexadecimal(text: &str, into: &mut [u8]) -> Option<usize> {
    let (pairs, _) = text.as_bytes().as_chunks::<2>();
    for (place, pair) in into.iter_mut().zip(pairs) {
        let [high, low] = pair.map(|digit| char::from(digit).to_digit(16));
        *place = u8::try_from(high? * 16 + low?).ok()?;
    }
    Some(pairs.len())
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({}, …)", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place<'static> = Place { table: "tag_keys", row: "1", version: 1 };

    #[test]
    fn what_is_wrapped_opens_at_its_place_and_nowhere_else() {
        let key = MasterKey::generate().unwrap();
        let envelope = key.wrap(b"the tag key", PLACE).unwrap();
        assert_eq!(key.unwrap(&envelope, PLACE).unwrap().as_slice(), b"the tag key");
        let elsewhere = [
            Place { table: "tag_key", row: "s1", ..PLACE },
            Place { row: "2", ..PLACE },
            Place { version: 2, ..PLACE },
        ];
        for place in elsewhere {
            assert_eq!(key.unwrap(&envelope, place).unwrap_err(), MasterKeyError::Altered);
        }
    }

    #[test]
    fn the_same_secret_is_never_wrapped_alike() {
        let key = MasterKey::generate().unwrap();
        assert_ne!(key.wrap(b"secret", PLACE).unwrap(), key.wrap(b"secret", PLACE).unwrap());
    }

    #[test]
    fn another_master_key_is_named() {
        let (first, second) = (MasterKey::generate().unwrap(), MasterKey::generate().unwrap());
        let envelope = first.wrap(b"secret", PLACE).unwrap();
        assert_eq!(MasterKey::name_in(&envelope), Some(first.name()));
        let error = second.unwrap(&envelope, PLACE).unwrap_err();
        assert_eq!(
            error,
            MasterKeyError::OtherKey { wrapped_by: first.name().to_owned(), at_hand: second.name().to_owned() }
        );
    }

    #[test]
    fn no_changed_envelope_opens() {
        let key = MasterKey::generate().unwrap();
        let envelope = key.wrap(b"secret", PLACE).unwrap();
        for (at, character) in envelope.char_indices() {
            let other = if character == 'A' { "B" } else { "A" };
            let mut changed = envelope.clone();
            changed.replace_range(at..=at, other);
            assert!(key.unwrap(&changed, PLACE).is_err(), "{changed}");
        }
        assert_eq!(key.unwrap("argus-wrap:1", PLACE).unwrap_err(), MasterKeyError::Envelope);
    }

    #[test]
    fn a_master_key_is_read_in_each_of_its_spellings() {
        let key = MasterKey::generate().unwrap();
        let base64 = key.to_text();
        let hexadecimal = key.octets.iter().fold(String::new(), |text, octet| text + &format!("{octet:02X}"));
        let unpadded = base64.expose().trim_end_matches('=');
        let with_newline = format!("{}\n", base64.expose());
        for text in [base64.expose(), unpadded, &hexadecimal, &hexadecimal.to_lowercase(), &with_newline] {
            assert_eq!(MasterKey::parse(text).unwrap().name(), key.name(), "{text}");
        }
    }

    #[test]
    fn a_text_of_another_length_is_no_master_key() {
        let digits = "0".repeat(64);
        let texts = ["", "password", &"0".repeat(63), &"A".repeat(42), &"A".repeat(46), &digits.replace("00", "+f")];
        for text in texts {
            assert_eq!(MasterKey::parse(text).unwrap_err(), MasterKeyError::Form, "{text}");
        }
    }

    #[test]
    fn debug_hides_the_key() {
        let key = MasterKey::generate().unwrap();
        let shown = format!("{key:?}");
        assert!(!shown.contains(key.to_text().expose()) && shown.contains(key.name()), "{shown}");
    }
}
