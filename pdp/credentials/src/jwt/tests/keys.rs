//! Which JWKs and which texts in PEM are public keys that may be used.

use serde_json::{Map, Value, json};

use super::support::{CURVE, EDWARDS, ISSUERS, OURS, encode};
use crate::jwt::{Algorithm, KeySet, KeySetFault, PemFault, PublicKey, jwk_from_pem};

fn faults(jwk: &Value) -> Vec<(&'static str, String)> {
    let read = PublicKey::read(jwk.as_object().unwrap());
    read.err().unwrap_or_default().into_iter().map(|fault| (fault.member, fault.detail)).collect()
}

fn with(jwk: &Map<String, Value>, members: &Value) -> Value {
    let mut jwk = Value::Object(jwk.clone());
    for (name, member) in members.as_object().unwrap() {
        jwk[name] = member.clone();
    }
    jwk
}

#[test]
fn the_type_of_a_key_says_its_algorithm() {
    for (pair, algorithm) in [(&*OURS, Algorithm::Rs256), (&*CURVE, Algorithm::Es256), (&*EDWARDS, Algorithm::EdDsa)] {
        let key = pair.public();
        assert_eq!((key.algorithm(), key.thumbprint().len()), (algorithm, 43));
        let more = json!({"use": "sig", "key_ops": ["verify"], "alg": algorithm.as_str(), "x5t": "x"});
        assert_eq!(faults(&with(&pair.jwk, &more)), []);
    }
}

#[test]
fn the_thumbprint_is_that_of_rfc_7638() {
    let jwk = json!({"kty": "RSA", "alg": "RS256", "kid": "2011-04-29", "e": "AQAB",
        "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"});
    let key = PublicKey::read(jwk.as_object().unwrap()).unwrap();
    assert_eq!(key.thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    assert!(key.answers_to("2011-04-29") && !key.answers_to(key.thumbprint()));
}

#[test]
fn all_that_is_wrong_with_a_key_is_told() {
    let found =
        faults(&with(&OURS.jwk, &json!({"d": "AQ", "p": "AQ", "use": "enc", "alg": "HS256", "key_ops": ["sign"]})));
    let members: Vec<&str> = found.iter().map(|(member, _)| *member).collect();
    assert_eq!(members, ["d", "p", "use", "key_ops", "alg"]);
    assert_eq!(found[0].1, "`d` is part of a private key, which stays with whoever signs");
}

#[test]
fn a_key_that_is_weak_or_of_another_kind_is_none() {
    let modulus = |octets: usize, last: u8| {
        let mut number = vec![0xff; octets];
        *number.last_mut().unwrap() = last;
        encode(number)
    };
    let cases = [
        (with(&OURS.jwk, &json!({"n": modulus(128, 1)})), "n", "an RSA key has 2048 to 8192 bits, this has 1024"),
        (with(&OURS.jwk, &json!({"n": modulus(1_025, 1)})), "n", "an RSA key has 2048 to 8192 bits, this has 8200"),
        (with(&OURS.jwk, &json!({"n": modulus(256, 2)})), "n", "a modulus is odd"),
        (with(&OURS.jwk, &json!({"n": "a+b="})), "n", "`n` is required, in base64url without padding"),
        (with(&OURS.jwk, &json!({"e": "AQ"})), "e", "an exponent is odd, more than 1"),
        (with(&OURS.jwk, &json!({"e": modulus(256, 1)})), "e", "an exponent is odd, more than 1"),
        (with(&CURVE.jwk, &json!({"crv": "P-384"})), "crv", "the curve is P-256 here, not `P-384`"),
        (with(&CURVE.jwk, &json!({"crv": "secp256k1"})), "crv", "the curve is P-256 here, not `secp256k1`"),
        (with(&CURVE.jwk, &json!({"y": CURVE.jwk["x"]})), "x", "`x` and `y` are no point of P-256"),
        (with(&EDWARDS.jwk, &json!({"crv": "X25519"})), "crv", "the curve is Ed25519 here"),
        (with(&EDWARDS.jwk, &json!({"x": "AAAA"})), "x", "`x` is no point of Ed25519"),
        (json!({"kty": "oct", "k": "AAAA"}), "k", "`k` is part of a private key"),
        (json!({"kty": "oct"}), "kty", "`oct` is a shared secret"),
        (json!({"kty": "PQ"}), "kty", "`PQ` is none of RSA, EC and OKP"),
        (json!({}), "kty", "`kty` is required"),
        (with(&OURS.jwk, &json!({"kid": 7})), "kid", "`kid` is not a string"),
    ];
    for (jwk, member, detail) in cases {
        let found = faults(&jwk);
        assert!(found[0].0 == member && found[0].1.starts_with(detail), "{found:?}, not {member}: {detail}");
    }
}

#[test]
fn of_a_set_only_the_keys_that_can_be_used_are_taken() {
    let weak = with(&OURS.jwk, &json!({"n": encode([0xff; 64])}));
    let set = json!({"keys": [OURS.jwk, weak, {"kty": "oct", "k": "AAAA"}, "x", CURVE.jwk]});
    let set = KeySet::read(set.to_string().as_bytes()).unwrap();
    let names: Vec<_> = set.keys().iter().map(PublicKey::key_id).collect();
    assert_eq!(names, [Some("ours"), Some("curve")]);
    assert!(set.is_same_as(&KeySet::new(vec![CURVE.public(), OURS.public()])));
    assert!(!set.is_same_as(&KeySet::new(vec![CURVE.public(), ISSUERS.public()])));

    let many = json!({"keys": vec![json!({}); 101]});
    for (text, fault) in [
        (many.to_string(), KeySetFault::TooMany),
        (json!({"keys": [weak]}).to_string(), KeySetFault::Useless),
        (json!({"keys": {}}).to_string(), KeySetFault::Form),
        ("[]".to_owned(), KeySetFault::Form),
        ("{\"keys\": [], \"keys\": []}".to_owned(), KeySetFault::Form),
    ] {
        assert_eq!(KeySet::read(text.as_bytes()).unwrap_err(), fault, "{text}");
    }
}

#[test]
fn a_public_key_in_pem_is_the_same_key() {
    let rsa = include_str!("pem/rsa.pub.pem");
    let key = PublicKey::read(&jwk_from_pem(rsa).unwrap()).unwrap();
    assert_eq!((key.algorithm(), key.thumbprint()), (Algorithm::Rs256, include_str!("pem/rsa.thumbprint").trim()));
    for (text, algorithm) in
        [(include_str!("pem/p256.pub.pem"), Algorithm::Es256), (include_str!("pem/ed25519.pub.pem"), Algorithm::EdDsa)]
    {
        assert_eq!(PublicKey::read(&jwk_from_pem(text).unwrap()).unwrap().algorithm(), algorithm);
    }
}

#[test]
fn what_is_no_public_key_in_pem_is_told_apart() {
    let block = |label: &str, body: &str| format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n");
    for (text, fault) in [
        (String::new(), PemFault::Form),
        ("ssh-rsa AAAA".to_owned(), PemFault::Form),
        (block("PRIVATE KEY", "AAAA"), PemFault::Private),
        (block("RSA PRIVATE KEY", "AAAA"), PemFault::Private),
        (block("CERTIFICATE", "AAAA"), PemFault::Label("CERTIFICATE".to_owned())),
        (block("PUBLIC KEY", "AAAA"), PemFault::Kind),
        (include_str!("pem/p384.pub.pem").to_owned(), PemFault::Kind),
    ] {
        assert_eq!(jwk_from_pem(&text), Err(fault), "{text}");
    }
}
