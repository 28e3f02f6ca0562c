//! A public key that tokens are verified with, from its JWK (RFC 7517, RFC 7518 §6, RFC 8037 §2).
//!
//! The key's type says which algorithm it is for; a JWK that says otherwise is no key. What is too weak isn't one either.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use jsonwebtoken::crypto::verify;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::Algorithm;

/// Bits of an RSA modulus: below, it is weak; above, the library beneath refuses it.
const MODULUS_BITS: std::ops::RangeInclusive<usize> = 2_048..=8_192;

/// Members that only a private key has (RFC 7518 §6.2.2, §6.3.2, §6.4.1).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// A public key.
#[derive(Debug, Clone)]
pub struct PublicKey {
    algorithm: Algorithm,
    key_id: Option<Box<str>>,
    thumbprint: Box<str>,
    key: DecodingKey,
}

/// One thing that is wrong with a JWK.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JwkFault {
    /// The member.
    pub member: &'static str,
    /// What is wrong with it: lower case, no full stop.
    pub detail: String,
}

/// The members that make the key, as they are written, and the key.
struct Material {
    algorithm: Algorithm,
    /// What is digested (RFC 7638 §3.2): the members in the order of their names.
    canonical: String,
    key: DecodingKey,
}

impl PublicKey {
    /// Reads a JWK. All that is wrong with it, or the key.
    pub fn read(jwk: &Map<String, Value>) -> Result<Self, Vec<JwkFault>> {
        let mut faults = Vec::new();
        for member in PRIVATE.into_iter().filter(|member| jwk.contains_key(*member)) {
            fault(&mut faults, member, format!("`{member}` is part of a private key, which stays with whoever signs"));
        }
        let material = material(jwk, &mut faults);
        let algorithm = material.as_ref().map(|material| material.algorithm);
        check_purpose(jwk, algorithm, &mut faults);
        let key_id = text(jwk, "kid", &mut faults);
        match material {
            Some(Material { algorithm, canonical, key }) if faults.is_empty() => {
                let thumbprint = URL_SAFE_NO_PAD.encode(Sha256::digest(canonical)).into();
                Ok(Self { algorithm, key_id: key_id.map(Into::into), thumbprint, key })
            }
            _ => Err(faults),
        }
    }

    /// The algorithm that it is for.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The id that its JWK gives it.
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// The SHA-256 of what it is made of, base64url (RFC 7638).
    pub fn thumbprint(&self) -> &str {
        &self.thumbprint
    }

    /// Whether a token's `kid` means it: its own id, or its thumbprint where it has none.
    pub fn answers_to(&self, key_id: &str) -> bool {
        self.key_id().unwrap_or(&self.thumbprint) == key_id
    }

    pub(super) fn verifies(&self, message: &str, signature: &str) -> bool {
        verify(signature, message.as_bytes(), &self.key, self.algorithm.of_library()).unwrap_or(false)
    }
}

fn material(jwk: &Map<String, Value>, faults: &mut Vec<JwkFault>) -> Option<Material> {
    match text(jwk, "kty", faults) {
        Some("RSA") => rsa(jwk, faults),
        Some("EC") => p256(jwk, faults),
        Some("OKP") => ed25519(jwk, faults),
        Some("oct") => {
            fault(faults, "kty", "`oct` is a shared secret; a public key is RSA, EC or OKP".to_owned());
            None
        }
        Some(other) => {
            fault(faults, "kty", format!("`{}` is none of RSA, EC and OKP", other.escape_debug()));
            None
        }
        None => {
            fault(faults, "kty", "`kty` is required".to_owned());
            None
        }
    }
}

fn rsa(jwk: &Map<String, Value>, faults: &mut Vec<JwkFault>) -> Option<Material> {
    let (modulus, exponent) = (octets(jwk, "n", faults), octets(jwk, "e", faults));
    let ((n, modulus), (e, exponent)) = (modulus?, exponent?);
    let bits = bits(&modulus);
    let mut is_sound = true;
    if !MODULUS_BITS.contains(&bits) {
        is_sound = false;
        let (least, most) = (MODULUS_BITS.start(), MODULUS_BITS.end());
        fault(faults, "n", format!("an RSA key has {least} to {most} bits, this has {bits}"));
    } else if modulus.last().is_none_or(|last| last % 2 == 0) {
        is_sound = false;
        fault(faults, "n", "a modulus is odd".to_owned());
    }
    // A longer exponent makes whoever verifies work for it.
    let is_odd = exponent.last().is_some_and(|last| last % 2 == 1);
    if !is_odd || !(2..=33).contains(&self::bits(&exponent)) {
        is_sound = false;
        fault(faults, "e", "an exponent is odd, more than 1 and has at most 33 bits; 65537 is usual".to_owned());
    }
    let canonical = format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#);
    let key = DecodingKey::from_rsa_raw_components(&modulus, &exponent);
    is_sound.then_some(Material { algorithm: Algorithm::Rs256, canonical, key })
}

fn p256(jwk: &Map<String, Value>, faults: &mut Vec<JwkFault>) -> Option<Material> {
    curve(jwk, "P-256", faults)?;
    let (x, y) = (octets(jwk, "x", faults), octets(jwk, "y", faults));
    let ((x_text, x), (y_text, y)) = (x?, y?);
    let point = [&[4], x.as_slice(), y.as_slice()].concat();
    if x.len() != 32 || y.len() != 32 || ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &point).is_err() {
        fault(faults, "x", "`x` and `y` are no point of P-256".to_owned());
        return None;
    }
    let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x_text}","y":"{y_text}"}}"#);
    Some(Material { algorithm: Algorithm::Es256, canonical, key: DecodingKey::from_ec_der(&point) })
}

fn ed25519(jwk: &Map<String, Value>, faults: &mut Vec<JwkFault>) -> Option<Material> {
    curve(jwk, "Ed25519", faults)?;
    let (text, x) = octets(jwk, "x", faults)?;
    if ParsedPublicKey::new(&ED25519, &x).is_err() {
        fault(faults, "x", "`x` is no point of Ed25519".to_owned());
        return None;
    }
    let canonical = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{text}"}}"#);
    Some(Material { algorithm: Algorithm::EdDsa, canonical, key: DecodingKey::from_ed_der(&x) })
}

/// `use`, `key_ops` and `alg`, where they are there, have to go together with what the key is used for here.
fn check_purpose(jwk: &Map<String, Value>, algorithm: Option<Algorithm>, faults: &mut Vec<JwkFault>) {
    if let Some(purpose) = text(jwk, "use", faults).filter(|purpose| *purpose != "sig") {
        fault(faults, "use", format!("the key is for `{}`, and signatures need `sig`", purpose.escape_debug()));
    }
    if let Some(operations) = jwk.get("key_ops") {
        let verifies = |all: &Vec<Value>| all.iter().any(|operation| operation == "verify");
        if !operations.as_array().is_some_and(verifies) {
            fault(faults, "key_ops", "`key_ops` does not name `verify`".to_owned());
        }
    }
    let named = text(jwk, "alg", faults);
    if let (Some(named), Some(algorithm)) = (named, algorithm)
        && Algorithm::parse(named) != Some(algorithm)
    {
        let named = named.escape_debug();
        fault(faults, "alg", format!("a key of this type is used with {algorithm} here, not with `{named}`"));
    }
}

fn curve(jwk: &Map<String, Value>, wanted: &str, faults: &mut Vec<JwkFault>) -> Option<()> {
    match text(jwk, "crv", faults) {
        Some(curve) if curve == wanted => Some(()),
        Some(other) => {
            fault(faults, "crv", format!("the curve is {wanted} here, not `{}`", other.escape_debug()));
            None
        }
        None => {
            fault(faults, "crv", "`crv` is required".to_owned());
            None
        }
    }
}

fn text<'j>(jwk: &'j Map<String, Value>, member: &'static str, faults: &mut Vec<JwkFault>) -> Option<&'j str> {
    let text = jwk.get(member)?.as_str();
    if text.is_none() {
        fault(faults, member, format!("`{member}` is not a string"));
    }
    text
}

/// A member in base64url, as it is written and what it says.
fn octets<'j>(
    jwk: &'j Map<String, Value>,
    member: &'static str,
    faults: &mut Vec<JwkFault>,
) -> Option<(&'j str, Vec<u8>)> {
    let octets =
        jwk.get(member).and_then(Value::as_str).and_then(|text| Some((text, URL_SAFE_NO_PAD.decode(text).ok()?)));
    if octets.is_none() {
        fault(faults, member, format!("`{member}` is required, in base64url without padding"));
    }
    octets
}

/// The length of a number without the zeros before it.
fn bits(number: &[u8]) -> usize {
    let zeros = number.iter().take_while(|octet| **octet == 0).count();
    let first = number.get(zeros).map_or(0, |octet| octet.leading_zeros() as usize);
    (number.len() - zeros) * 8 - first
}

fn fault(faults: &mut Vec<JwkFault>, member: &'static str, detail: String) {
    faults.push(JwkFault { member, detail });
}
