//! Known answers, computed before the first secret is touched.
//!
//! A miscompiled or mislinked primitive must stop the start, not turn every key away or let every key in.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::{hash::Iterations, key::Environment, mac::MacKey, random};

/// A primitive gave a wrong answer. The program must not start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("self-test failed: {primitive} does not give its known answer")]
pub struct SelfTestError {
    /// The primitive.
    pub primitive: &'static str,
}

/// A primitive, and whether it gives its known answer.
type Test = (&'static str, fn() -> bool);

/// Computes the known answers. To be called at start, before any key is read; takes a fifth of a millisecond.
pub fn self_test() -> Result<(), SelfTestError> {
    let tests: [Test; 6] = [
        ("the random number generator", randomness),
        ("CRC-32", crc_32),
        ("SHA-256", sha_256),
        ("HMAC-SHA-256", hmac_sha_256),
        ("PBKDF2-HMAC-SHA-256", pbkdf2_hmac_sha_256),
        ("AES-256-GCM", aes_256_gcm),
    ];
    tests
        .into_iter()
        .try_for_each(|(primitive, passes)| if passes() { Ok(()) } else { Err(SelfTestError { primitive }) })
}

/// It answers, and not twice alike: the continuous test of FIPS 140-2 §4.9.2 in its simplest form.
fn randomness() -> bool {
    let (mut first, mut second) = ([0; 32], [0; 32]);
    random::fill(&mut first).is_ok() && random::fill(&mut second).is_ok() && first != second
}

/// The check value of the CRC catalogues.
fn crc_32() -> bool {
    crc32fast::hash(b"123456789") == 0xcbf4_3926
}

/// FIPS 180-4's example `abc`.
fn sha_256() -> bool {
    Sha256::digest(b"abc").as_slice()
        == octets::<32>("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
}

/// RFC 4231 §4.3, test case 2. Its key is shorter than 32 octets; HMAC pads keys with zeros, so this is the same key.
fn hmac_sha_256() -> bool {
    let mut key = [0; 32];
    for (place, octet) in key.iter_mut().zip(b"Jefe") {
        *place = *octet;
    }
    let expected = octets::<32>("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    *MacKey::new(&key).digest(b"what do ya want for nothing?").octets() == expected
}

/// Through the same code that derives stored secrets; the answer is that of Python's `hashlib.pbkdf2_hmac`.
fn pbkdf2_hmac_sha_256() -> bool {
    let expected = octets::<32>("632c2812e46d4604102ba7618e9d6d7d2f8128f6266b4a03264d2a0460b7dcb3");
    Iterations::new(Iterations::LOWEST_IN_TESTS, Environment::Test)
        .is_ok_and(|iterations| *iterations.derive(b"password", b"salt") == expected)
}

/// Test case 16 of the GCM specification: 60 octets under a key of 256 bits, with associated data.
fn aes_256_gcm() -> bool {
    let key = octets::<32>("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
    let nonce = octets::<NONCE_LEN>("cafebabefacedbaddecaf888");
    let aad = octets::<20>("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    let mut sealed = octets::<76>(
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a\
         0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b",
    );
    let expected = octets::<60>(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de6\
         57ba637b39",
    );
    RandomizedNonceKey::new(&AES_256_GCM, &key).is_ok_and(|key| {
        let opened = key.open_in_place(Nonce::from(&nonce), Aad::from(aad), &mut sealed);
        opened.is_ok_and(|opened| *opened == expected)
    })
}

/// The octets of a constant above; digits that are none give zeros, and so a failed test.
fn octets<const N: usize>(hexadecimal: &str) -> [u8; N] {
    let mut octets = [0; N];
    for (place, pair) in octets.iter_mut().zip(hexadecimal.as_bytes().as_chunks::<2>().0) {
        let digits = str::from_utf8(pair).unwrap_or_default();
        *place = u8::from_str_radix(digits, 16).unwrap_or_default();
    }
    octets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_primitive_gives_its_known_answer() {
        assert_eq!(self_test(), Ok(()));
    }
}
