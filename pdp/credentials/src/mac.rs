//! HMAC-SHA-256 (RFC 2104) with a prepared key, for messages of some 80 octets.
//!
//! Two of these stand on the way of every request. The `hmac` crate takes 0.12 µs, wiping included; aws-lc-rs, which
//! copies and wipes larger contexts, 0.19. The tests hold the one against the other. With the feature `fips` it is
//! aws-lc-rs all the same: there, what is done outside the module doesn't count.

use std::{
    fmt,
    hash::{Hash, Hasher},
};

#[cfg(feature = "fips")]
use aws_lc_rs::hmac::{HMAC_SHA256, Key as Prepared, sign};
#[cfg(not(feature = "fips"))]
use hmac::{Hmac, KeyInit as _, Mac as _};
use subtle::{Choice, ConstantTimeEq};
#[cfg(not(feature = "fips"))]
use zeroize::Zeroizing;
use zeroize::{Zeroize, ZeroizeOnDrop};

#[cfg(not(feature = "fips"))]
type Prepared = Hmac<sha2::Sha256>;

/// A key of 32 octets, prepared. Wiped when dropped.
pub(crate) struct MacKey(Prepared);

/// The 32 octets that a [`MacKey`] makes of a message. Compared in constant time.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Digest([u8; 32]);

#[cfg(feature = "fips")]
impl MacKey {
    /// Prepares a key.
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        Self(Prepared::new(HMAC_SHA256, key))
    }

    /// The digest of a message under this key.
    pub(crate) fn digest(&self, message: &[u8]) -> Digest {
        let mut octets = [0; 32];
        // As long as a digest of SHA-256 is.
        for (place, octet) in octets.iter_mut().zip(sign(&self.0, message).as_ref()) {
            *place = *octet;
        }
        Digest(octets)
    }
}

#[cfg(not(feature = "fips"))]
impl MacKey {
    /// Prepares a key.
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        // HMAC itself fills a key up with zeros to a block of its hash. Done here, no length can be wrong.
        let mut block = Zeroizing::new([0; 64]);
        for (place, octet) in block.iter_mut().zip(key) {
            *place = *octet;
        }
        Self(Hmac::new((&*block).into()))
    }

    /// The digest of a message under this key.
    pub(crate) fn digest(&self, message: &[u8]) -> Digest {
        Digest(self.0.clone().chain_update(message).finalize().into_bytes().into())
    }
}

impl fmt::Debug for MacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MacKey(…)")
    }
}

impl Digest {
    /// The octets.
    pub(crate) fn octets(&self) -> &[u8; 32] {
        &self.0
    }

    /// The eight octets from a place counted in eights, as a number: uniformly distributed, as all of a digest.
    pub(crate) fn word<const EIGHTH: usize>(&self) -> u64 {
        const { assert!(EIGHTH < 4, "a digest has four words") };
        let (words, _) = self.0.as_chunks::<8>();
        words.get(EIGHTH).copied().map_or(0, u64::from_be_bytes)
    }

    fn words(&self) -> [u64; 4] {
        [self.word::<0>(), self.word::<1>(), self.word::<2>(), self.word::<3>()]
    }
}

impl ConstantTimeEq for Digest {
    fn ct_eq(&self, other: &Self) -> Choice {
        // By words: an octet takes as long.
        self.words().ct_eq(&other.words())
    }
}

impl PartialEq for Digest {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

impl Eq for Digest {}

impl Hash for Digest {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.word::<0>());
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest(…)")
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::hmac;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_length_agrees_with_another_implementation() {
        let key = [0xa5; 32];
        let ours = MacKey::new(&key);
        let theirs = hmac::Key::new(hmac::HMAC_SHA256, &key);
        let message: Vec<u8> = (0..=255).collect();
        for length in 0..=message.len() {
            let message = &message[..length];
            assert_eq!(ours.digest(message).octets(), hmac::sign(&theirs, message).as_ref(), "{length} octets");
        }
    }

    proptest! {
        #[test]
        fn every_key_agrees_with_another_implementation(key: [u8; 32], message: [u8; 32]) {
            let theirs = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), &message);
            let ours = MacKey::new(&key).digest(&message);
            prop_assert_eq!(ours.octets(), theirs.as_ref());
        }
    }
}
