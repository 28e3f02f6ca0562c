//! Known answers, computed before the first secret is touched.
//!
//! A miscompiled or mislinked primitive must stop the start, not turn every key away or let every key in.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{
    ED25519, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey,
};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

#[cfg(feature = "fips")]
use crate::module;
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

const TESTS: &[Test] = &[
    ("the random number generator", randomness),
    ("CRC-32", crc_32),
    ("SHA-256", sha_256),
    ("HMAC-SHA-256", hmac_sha_256),
    ("PBKDF2-HMAC-SHA-256", pbkdf2_hmac_sha_256),
    ("AES-256-GCM", aes_256_gcm),
    ("RS256", rs256),
    ("Ed25519", ed25519),
    #[cfg(feature = "fips")]
    ("the cryptographic module", module::is_sound),
];

/// Computes the known answers. To be called at start, before any key is read; takes a few milliseconds.
pub fn self_test() -> Result<(), SelfTestError> {
    TESTS.iter().try_for_each(|(primitive, passes)| if passes() { Ok(()) } else { Err(SelfTestError { primitive }) })
}

/// Computes them all, and says of each primitive whether it gives its known answer.
pub fn self_tests() -> Vec<(&'static str, bool)> {
    TESTS.iter().map(|(primitive, passes)| (*primitive, passes())).collect()
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

/// A signature of RSASSA-PKCS1-v1_5 has no chance in it: OpenSSL's of the same text by the same key. The key was drawn for
/// this, and signs nothing else.
fn rs256() -> bool {
    const TEXT: &[u8] = b"argus self-test";
    let expected = include_bytes!("self_test/rs256.signature");
    let Ok(key) = RsaKeyPair::from_der(include_bytes!("self_test/rsa.der")) else { return false };
    let mut signature = vec![0; key.public_modulus_len()];
    let signed = key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), TEXT, &mut signature);
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key());
    let accepts = public.verify(TEXT, expected).is_ok() && public.verify(b"another text", expected).is_err();
    signed.is_ok() && signature == expected && accepts
}

/// RFC 8032 §7.1, test 1: the signature of nothing.
fn ed25519() -> bool {
    let seed = octets::<32>("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    let public = octets::<32>("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    let expected = octets::<64>(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24\
         655141438e7a100b",
    );
    Ed25519KeyPair::from_seed_and_public_key(&seed, &public).is_ok_and(|key| {
        let verifies = UnparsedPublicKey::new(&ED25519, key.public_key()).verify(b"", &expected).is_ok();
        key.sign(b"").as_ref() == expected && verifies
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
        assert!(self_tests().iter().all(|(_, passes)| *passes));
    }
}
