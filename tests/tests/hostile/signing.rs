//! Key pairs, and what is signed with them, by the honest and by others.

use std::sync::LazyLock;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use aws_lc_rs::{digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// Of the holder of several keys, and of somebody who holds another.
static HOLDERS: LazyLock<KeyPair> = LazyLock::new(|| KeyPair::generate(KeySize::Rsa2048).unwrap());
static STRANGERS: LazyLock<KeyPair> = LazyLock::new(|| KeyPair::generate(KeySize::Rsa2048).unwrap());

fn pair(signer: &str) -> &'static KeyPair {
    match signer {
        "holder" => &HOLDERS,
        "stranger" => &STRANGERS,
        other => panic!("nobody is called {other}"),
    }
}

/// The public key as it is registered and as everybody may know it.
pub(crate) fn public_pem(signer: &str) -> String {
    let der: aws_lc_rs::encoding::PublicKeyX509Der<'_> = pair(signer).public_key().as_der().unwrap();
    let text = STANDARD.encode(der.as_ref());
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"))
}

/// The signature with which RS256 would end a token.
pub(crate) fn rs256(message: &str, signer: &str) -> String {
    let pair = pair(signer);
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature).unwrap();
    base64url(&signature)
}

/// The tag with which HS256 would end it.
pub(crate) fn hs256(message: &str, key: &str) -> String {
    base64url(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes()), message.as_bytes()).as_ref())
}

/// `x5t#S256` of a certificate.
pub(crate) fn thumbprint(der: &[u8]) -> String {
    base64url(digest::digest(&digest::SHA256, der).as_ref())
}

/// RFC 4648 §5, without padding.
pub(crate) fn base64url(octets: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(octets)
}
