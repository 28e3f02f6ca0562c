//! Key pairs, and the tokens that they sign.

use std::sync::LazyLock;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Map, Value, json};

/// A key pair on P-256, which is made in no time.
pub(crate) struct Pair {
    private: EncodingKey,
    pub(crate) jwk: Map<String, Value>,
}

/// Of this installation, of the holder of a key, of an issuer, and of nobody in particular.
pub(crate) static OURS: LazyLock<Pair> = LazyLock::new(|| Pair::new("ours"));
pub(crate) static HOLDERS: LazyLock<Pair> = LazyLock::new(|| Pair::new("holders"));
pub(crate) static STRANGERS: LazyLock<Pair> = LazyLock::new(|| Pair::new("strangers"));

impl Pair {
    pub(crate) fn new(kid: &str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let private = STANDARD.encode(pair.to_pkcs8v1().unwrap());
        let private = format!("-----BEGIN PRIVATE KEY-----\n{private}\n-----END PRIVATE KEY-----\n");
        let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
        let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
        let jwk = json!({"kty": "EC", "crv": "P-256", "kid": kid, "x": x, "y": y});
        Self { private: EncodingKey::from_ec_pem(private.as_bytes()).unwrap(), jwk: jwk.as_object().unwrap().clone() }
    }

    pub(crate) fn kid(&self) -> &str {
        self.jwk["kid"].as_str().unwrap()
    }

    /// A token of a type, with these claims.
    pub(crate) fn sign(&self, kind: &str, claims: &Value) -> String {
        let header = json!({"alg": "ES256", "typ": kind, "kid": self.kid()}).to_string();
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims.to_string()));
        let signature = crypto::sign(message.as_bytes(), &self.private, Algorithm::ES256).unwrap();
        format!("{message}.{signature}")
    }
}
