//! What is believed: the same that every other implementation of these standards believes.

use serde_json::json;

use super::support::{ARGUS, AUDIENCE, CURVE, Class, EDWARDS, KEY, NOW, OURS};
use crate::Refusal;
use crate::jwt::{AccessToken, AccessTokenRules, Jwt, JwtFault};

#[test]
fn a_right_token_is_good_for_its_class_and_for_no_other() {
    for made in Class::ALL {
        for asked in Class::ALL {
            let outcome = asked.verify(&made.token());
            assert_eq!(outcome.is_ok(), made == asked, "{made:?} as {asked:?}: {outcome:?}");
        }
    }
}

#[test]
fn what_may_be_otherwise_is_believed_all_the_same() {
    let tokens = [
        (Class::Access, Class::Access.with_header(&json!({"typ": "application/at+jwt"}))),
        (Class::Access, Class::Access.with_header(&json!({"typ": "AT+JWT"}))),
        (Class::Access, Class::Access.with_claims(&json!({"aud": ["https://other.example", AUDIENCE]}))),
        (Class::Access, Class::Access.with_claims(&json!({"aud": ARGUS}))),
        (Class::Access, Class::Access.with_claims(&json!({"scope": null, "nbf": NOW}))),
        (Class::Access, CURVE.sign(r#"{"alg":"ES256","typ":"at+jwt"}"#, &Class::Access.claims().to_string())),
        (Class::Bearer, Class::Bearer.with_header(&json!({"typ": null, "kid": null, "x-more": 1}))),
        (
            Class::Bearer,
            Class::Bearer.with_claims(&json!({"exp": 1_800_000_100.75, "nbf": NOW + 29, "more": {"a": 1}})),
        ),
        (Class::Bearer, Class::Bearer.with_claims(&json!({"exp": NOW - 29}))),
        (Class::Bearer, EDWARDS.sign(r#"{"alg":"EdDSA","kid":"edwards"}"#, &Class::Bearer.claims().to_string())),
        (Class::Bearer, EDWARDS.sign(r#"{"alg":"Ed25519"}"#, &Class::Bearer.claims().to_string())),
        (Class::Assertion, Class::Assertion.with_header(&json!({"typ": "client-authentication+jwt"}))),
        (Class::Assertion, Class::Assertion.with_claims(&json!({"aud": [ARGUS, ARGUS]}))),
        (Class::Issuer, Class::Issuer.with_header(&json!({"typ": "at+jwt"}))),
        (Class::Issuer, Class::Issuer.with_claims(&json!({"scope": "openid", "azp": "x"}))),
    ];
    for (number, (class, token)) in tokens.iter().enumerate() {
        assert_eq!(class.verify(token), Ok(()), "{number}");
    }
}

#[test]
fn what_an_access_token_says_is_read() {
    let thumbprint = "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2";
    let token = Class::Access.with_claims(&json!({"cnf": {"x5t#S256": thumbprint}, "nbf": NOW - 5}));
    let rules = AccessTokenRules { issuer: ARGUS, audiences: None, leeway_seconds: 30 };
    // The last of 43 characters has four bits; a text that uses more says the same octets in another way.
    assert_eq!(AccessToken::verify(&Jwt::read(&token).unwrap(), &OURS.public(), &rules, NOW), Err(JwtFault::Binding));
    let thumbprint = "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg0";
    let token = Class::Access.with_claims(&json!({"cnf": {"x5t#S256": thumbprint}, "nbf": NOW - 5}));
    let read = AccessToken::verify(&Jwt::read(&token).unwrap(), &OURS.public(), &rules, NOW).unwrap();
    assert_eq!((&*read.client_id, &*read.jti, read.scope.as_deref()), (KEY, "j-1", Some("acme/atlas:read")));
    assert_eq!((read.not_before, read.issued_at, read.expires_at), (Some(NOW - 5), NOW - 10, NOW + 600));
    assert_eq!(read.certificate.unwrap().to_string(), thumbprint);
    assert_eq!(read.audiences, [AUDIENCE.into()]);
}

#[test]
fn only_what_is_behind_a_right_signature_is_told() {
    assert_eq!(JwtFault::Expired.refusal(), Refusal::Expired);
    assert_eq!(JwtFault::NotYetValid.refusal(), Refusal::NotYetValid);
    for fault in [JwtFault::Signature, JwtFault::Json, JwtFault::Issuer, JwtFault::Audience, JwtFault::Replayed] {
        assert!(fault.refusal().is_outwardly_unknown(), "{fault}");
    }
}
