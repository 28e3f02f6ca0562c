//! What a signing key signs is verified by another implementation, and by nothing but its own public part.

use std::collections::BTreeSet;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{DecodingKey, Validation, decode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::*;
use crate::MasterKey;

const SMALL: [SigningKeyKind; 3] = [SigningKeyKind::Rsa2048, SigningKeyKind::P256, SigningKeyKind::Ed25519];

fn claims() -> AccessTokenClaims<'static> {
    AccessTokenClaims {
        iss: "https://argus.example",
        aud: "https://argus.example",
        sub: "0197f3c0-0000-7000-8000-000000000001",
        client_id: "0197f3c0-0000-7000-8000-000000000001",
        iat: 1_790_000_000,
        exp: 1_790_000_600,
        jti: "an-id",
        scope: "acme/atlas:read acme/atlas:write",
        cnf: Some(Confirmation { certificate: "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2" }),
    }
}

fn verify(token: &str, key: &SigningKey) -> Result<Value, jsonwebtoken::errors::Error> {
    let jwk: Jwk = serde_json::from_str(key.public_jwk()).unwrap();
    let mut validation = Validation::new(key.algorithm().as_str().parse().unwrap());
    validation.set_audience(&["https://argus.example"]);
    validation.validate_exp = false;
    Ok(decode::<Value>(token, &DecodingKey::from_jwk(&jwk).unwrap(), &validation)?.claims)
}

#[test]
fn a_token_is_verified_by_the_public_part_of_its_key() {
    for kind in SMALL {
        let key = SigningKey::generate(kind).unwrap();
        let token = IssuedToken::sign(&claims(), &key).unwrap();
        assert_eq!(verify(token.expose(), &key).unwrap(), serde_json::to_value(claims()).unwrap(), "{kind}");
        let header = jsonwebtoken::decode_header(token.expose()).unwrap();
        assert_eq!((header.typ.as_deref(), header.kid.as_deref()), (Some("at+jwt"), Some(key.kid())), "{kind}");

        let other = SigningKey::generate(kind).unwrap();
        assert_ne!(key.kid(), other.kid());
        assert!(verify(token.expose(), &other).is_err(), "{kind}");
        let (signed, signature) = token.expose().rsplit_once('.').unwrap();
        let more = URL_SAFE_NO_PAD.encode(json!({"scope": "*:admin"}).to_string());
        let forged = format!("{}.{more}.{signature}", signed.split('.').next().unwrap());
        assert!(verify(&forged, &key).is_err(), "{kind}");
    }
}

#[test]
fn a_published_key_has_public_members_only_and_the_thumbprint_as_its_id() {
    for (kind, members) in [
        (SigningKeyKind::Rsa2048, &["e", "kty", "n"][..]),
        (SigningKeyKind::P256, &["crv", "kty", "x", "y"]),
        (SigningKeyKind::Ed25519, &["crv", "kty", "x"]),
    ] {
        let key = SigningKey::generate(kind).unwrap();
        let jwk: Value = serde_json::from_str(key.public_jwk()).unwrap();
        let found: BTreeSet<&str> = jwk.as_object().unwrap().keys().map(String::as_str).collect();
        let expected = members.iter().chain(&["alg", "kid", "use"]).copied().collect();
        assert_eq!(found, expected, "{kind}");
        assert_eq!((&jwk["use"], &jwk["alg"]), (&json!("sig"), &json!(key.algorithm().as_str())), "{kind}");

        // RFC 7638 §3.1: the required members in lexicographic order, without blanks.
        let required: Vec<_> = members.iter().map(|name| format!("\"{name}\":{}", jwk[name])).collect();
        let thumbprint = URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{{{}}}", required.join(","))));
        assert_eq!((key.kid(), &jwk["kid"]), (thumbprint.as_str(), &json!(thumbprint)), "{kind}");
    }
}

#[test]
fn the_smallest_key_of_rsa_has_2048_bits_and_the_usual_one_3072() {
    for (kind, bits) in [(SigningKeyKind::Rsa2048, 2048), (SigningKeyKind::default(), 3072)] {
        let key = SigningKey::generate(kind).unwrap();
        let jwk: Value = serde_json::from_str(key.public_jwk()).unwrap();
        let modulus = URL_SAFE_NO_PAD.decode(jwk["n"].as_str().unwrap()).unwrap();
        assert_eq!((modulus.len() * 8, modulus[0] >> 7), (bits, 1), "{kind}");
    }
}

#[test]
fn a_key_comes_out_of_its_envelope_as_it_went_in() {
    let (master, other) = (MasterKey::generate().unwrap(), MasterKey::generate().unwrap());
    for kind in SMALL {
        let key = SigningKey::generate(kind).unwrap();
        let envelope = key.wrap(&master).unwrap();
        let opened = SigningKey::unwrap(&envelope, key.kid(), key.algorithm(), &master).unwrap();
        assert_eq!(opened.public_jwk(), key.public_jwk());
        let token = IssuedToken::sign(&claims(), &opened).unwrap();
        assert!(verify(token.expose(), &key).is_ok(), "{kind}");

        let moved = SigningKey::unwrap(&envelope, "another-row", key.algorithm(), &master);
        assert_eq!(moved.unwrap_err(), SigningError::Envelope(crate::MasterKeyError::Altered), "{kind}");
        assert!(SigningKey::unwrap(&envelope, key.kid(), key.algorithm(), &other).is_err(), "{kind}");
    }
}

#[test]
fn a_key_under_the_name_of_another_is_refused() {
    let master = MasterKey::generate().unwrap();
    let (one, other) = (SMALL[1], SMALL[2]);
    let (one, other) = (SigningKey::generate(one).unwrap(), SigningKey::generate(other).unwrap());
    let pkcs8 =
        master.unwrap(&one.wrap(&master).unwrap(), crate::Place { table: "signing_keys", row: one.kid(), version: 1 });
    let place = crate::Place { table: "signing_keys", row: other.kid(), version: 1 };
    let swapped = master.wrap(&pkcs8.unwrap(), place).unwrap();
    let error = SigningKey::unwrap(&swapped, other.kid(), one.algorithm(), &master).unwrap_err();
    assert_eq!(error, SigningError::OtherKey { kid: other.kid().to_owned(), found: one.kid().to_owned() });
    let error = SigningKey::unwrap(&swapped, other.kid(), other.algorithm(), &master).unwrap_err();
    assert!(matches!(error, SigningError::NotAKey { .. }), "{error}");
}

#[test]
fn neither_a_key_nor_a_token_is_printed() {
    let key = SigningKey::generate(SigningKeyKind::Ed25519).unwrap();
    let token = IssuedToken::sign(&claims(), &key).unwrap();
    assert_eq!(format!("{key:?} {token:?}"), format!("SigningKey(EdDSA, {}, …) IssuedToken(…)", key.kid()));
}

#[test]
fn ids_of_tokens_differ() {
    let ids: BTreeSet<_> = (0..1_000).map(|_| token_id().unwrap()).collect();
    assert!(ids.len() == 1_000 && ids.iter().all(|id| id.len() == 22));
}

#[test]
fn every_kind_is_read_as_it_is_written() {
    for kind in SigningKeyKind::ALL {
        assert_eq!(kind.to_string().parse(), Ok(kind));
    }
    assert_eq!("rsa-1024".parse::<SigningKeyKind>().unwrap_err().to_string(), "`rsa-1024` is no kind of signing key");
}
