//! A public key in PEM (RFC 7468 §13), as a JWK.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use thiserror::Error;
use x509_parser::pem::parse_x509_pem;
use x509_parser::prelude::FromDer as _;
use x509_parser::public_key::PublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

/// Why a text in PEM is no public key that can be used here.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PemFault {
    /// Not PEM.
    #[error("this is not PEM; it begins with `-----BEGIN PUBLIC KEY-----`")]
    Form,
    /// A private key.
    #[error("this is a private key, which stays with whoever signs; `openssl pkey -pubout` gives its public half")]
    Private,
    /// Something else.
    #[error("this is a `{0}`, not a `PUBLIC KEY`")]
    Label(String),
    /// A public key of another kind.
    #[error("the public key is none of RSA, P-256 and Ed25519")]
    Kind,
}

/// `id-Ed25519` (RFC 8410 §3).
const ED25519: &str = "1.3.101.112";

/// The JWK of a public key in PEM. Whether it is strong enough, [`PublicKey::read`](super::PublicKey::read) tells.
pub fn jwk_from_pem(text: &str) -> Result<Map<String, Value>, PemFault> {
    let (_, pem) = parse_x509_pem(text.as_bytes()).map_err(|_| PemFault::Form)?;
    if pem.label.contains("PRIVATE KEY") {
        return Err(PemFault::Private);
    }
    if pem.label != "PUBLIC KEY" {
        return Err(PemFault::Label(pem.label.escape_debug().to_string()));
    }
    let (rest, info) = SubjectPublicKeyInfo::from_der(&pem.contents).map_err(|_| PemFault::Kind)?;
    if !rest.is_empty() {
        return Err(PemFault::Kind);
    }
    let jwk = match info.parsed().map_err(|_| PemFault::Kind)? {
        PublicKey::RSA(key) => json!({
            "kty": "RSA",
            "n": text_of(without_zeros(key.modulus)),
            "e": text_of(without_zeros(key.exponent)),
        }),
        PublicKey::EC(point) => match point.data() {
            [4, coordinates @ ..] if coordinates.len() == 64 => {
                let (x, y) = coordinates.split_at(32);
                json!({"kty": "EC", "crv": "P-256", "x": text_of(x), "y": text_of(y)})
            }
            _ => return Err(PemFault::Kind),
        },
        _ if info.algorithm.algorithm.to_id_string() == ED25519 => {
            json!({"kty": "OKP", "crv": "Ed25519", "x": text_of(&info.subject_public_key.data)})
        }
        _ => return Err(PemFault::Kind),
    };
    match jwk {
        Value::Object(members) => Ok(members),
        _ => Err(PemFault::Kind),
    }
}

fn text_of(octets: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(octets)
}

/// DER puts a zero before a number whose first bit is set; a JWK doesn't (RFC 7518 §2).
fn without_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|octet| **octet == 0).count();
    number.get(zeros..).unwrap_or_default()
}
