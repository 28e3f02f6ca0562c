//! Signed tokens at the doors: of subjects and of callers, with the same attributes as any other way to present a key, and
//! dead with their key.

use std::fs;
use std::path::Path;

use actix_web::http::Method;
use actix_web::http::header::AUTHORIZATION;
use actix_web::test::TestRequest;
use argus_pdp::AssertionRefused;
use argus_store::credential::{self, PublicMaterial};
use argus_store::key::{self, Revocation};
use argus_store::signing_key::{self, NewSigningKey};
use argus_store::{KeyId, revoked_token};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};

use crate::signing::{HOLDERS, OURS, Pair, STRANGERS};
use crate::support::{Answer, ISSUER, Installation, TestKey, installation, post, question, request};
use crate::tls::{client, self_signed, x5c};

/// A policy that says which attributes of Argus' own a subject has.
const SHOW: &str = r#"<Policy xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" PolicyId="urn:test:show" Version="1.0"
  RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:permit-unless-deny"><Target/>
  <AdviceExpressions><AdviceExpression AdviceId="urn:test:shown" AppliesTo="Permit">ATTRIBUTES</AdviceExpression></AdviceExpressions>
  </Policy>"#;

const SHOWN: [&str; 8] =
    ["key-id", "credential-id", "organisation", "project", "owner", "scope", "authentication-method", "parent-key-id"];

/// An installation in which Permit comes with the attributes of the subject.
fn showing() -> Installation {
    let installation = Installation::start(|settings, folder| {
        let policies = folder.path().join("policies");
        fs::create_dir_all(policies.join("organisations/acme")).unwrap();
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
        for entry in fs::read_dir(shipped).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "xml") {
                fs::copy(&path, policies.join(path.file_name().unwrap())).unwrap();
            }
        }
        let attributes = SHOWN.map(|name| {
            format!(
                r#"<AttributeAssignmentExpression AttributeId="{name}"><AttributeDesignator
                 Category="urn:oasis:names:tc:xacml:1.0:subject-category:access-subject" MustBePresent="false"
                 AttributeId="urn:argus:attribute:{name}" DataType="http://www.w3.org/2001/XMLSchema#string"/>
                 </AttributeAssignmentExpression>"#
            )
        });
        fs::write(policies.join("organisations/acme/show.xml"), SHOW.replace("ATTRIBUTES", &attributes.concat()))
            .unwrap();
        settings.policies = Some(policies);
    });
    publish(&installation, &OURS);
    installation
}

/// Lets a pair sign for the installation.
pub(crate) fn publish(installation: &Installation, pair: &Pair) {
    let new = NewSigningKey {
        kid: pair.kid().into(),
        algorithm: "ES256".into(),
        public_jwk: Value::Object(pair.jwk.clone()).to_string(),
        envelope: "sealed".into(),
    };
    installation.act(|conn, act| signing_key::publish(conn, act, &new).unwrap());
}

/// Registers a public key with a key.
fn register(installation: &Installation, key: &TestKey, pair: &Pair) -> String {
    installation.add_credential(key.key.id, PublicMaterial::PublicKey { jwk: pair.jwk.clone() })
}

fn now() -> i64 {
    Utc::now().timestamp()
}

/// An access token for a key, as it would be issued, but for some claims.
pub(crate) fn access(key: KeyId, members: &Value) -> String {
    OURS.sign("at+jwt", &with(access_claims(key), members))
}

fn access_claims(key: KeyId) -> Value {
    let now = now();
    json!({"iss": ISSUER, "aud": ISSUER, "sub": key, "client_id": key, "jti": format!("j-{key}"), "iat": now, "exp": now + 600})
}

/// A token that a holder signs.
fn signed(pair: &Pair, key: KeyId, members: &Value) -> String {
    pair.sign("JWT", &with(json!({"iss": key, "sub": key, "aud": "argus", "exp": now() + 600}), members))
}

fn with(mut claims: Value, members: &Value) -> Value {
    for (name, member) in members.as_object().unwrap() {
        claims[name] = member.clone();
    }
    claims
}

async fn ask(installation: &Installation, credential: &str, action: &str, resource: &str) -> Value {
    let asked = json!({"credential": credential, "action": action, "resource": resource});
    installation.verify(&installation.pep, &asked).await.json()
}

async fn reading(installation: &Installation, credential: &str) -> Value {
    ask(installation, credential, "read", "acme/atlas/evidence/42").await
}

/// `attribute=value` of all that the policy has shown.
fn shown(answer: &Value) -> Vec<String> {
    assert_eq!(answer["decision"], "Permit", "{answer}");
    let assignments = answer["advice"][0]["AttributeAssignment"].as_array().unwrap();
    let text =
        |given: &Value| format!("{}={}", given["AttributeId"].as_str().unwrap(), given["Value"].as_str().unwrap());
    assignments.iter().map(text).collect()
}

#[actix_web::test]
async fn a_key_has_the_same_attributes_however_it_is_presented() {
    let installation = showing();
    let above = installation.add_key("acme", "above", "acme/atlas:admin", |_, _| {});
    let key = installation.add_key_below(&above, "below", "acme/atlas/evidence:read");
    register(&installation, &key, &HOLDERS);
    let certificate = self_signed(&client());
    installation.add_credential(key.key.id, PublicMaterial::Certificate(x5c(&[&certificate])));
    let token = |members: Value| json!({"credential": access(key.key.id, &members)});
    let presented = [
        (json!({"credential": key.token}), "api_key", true),
        (json!({"credential": signed(&HOLDERS, key.key.id, &json!({}))}), "jwt", true),
        (token(json!({})), "client_credentials", false),
        (token(json!({"scope": "acme/atlas/evidence:read", "jti": "j-2"})), "client_credentials", false),
        (json!({"context": {"client_certificate": STANDARD.encode(&certificate.der)}}), "mtls", true),
    ];
    let mut seen = Vec::new();
    for (proof, method, names_credential) in &presented {
        let asked = with(json!({"action": "read", "resource": "acme/atlas/evidence/42"}), proof);
        // The second time is from memory.
        for _ in 0..2 {
            let mut attributes = shown(&installation.verify(&installation.pep, &asked).await.json());
            let place = attributes.iter().position(|text| *text == format!("authentication-method={method}")).unwrap();
            attributes.remove(place);
            let place = attributes.iter().position(|text| text.starts_with("credential-id="));
            assert_eq!(place.is_some(), *names_credential, "{method}");
            place.map(|place| attributes.remove(place));
            seen.push(attributes);
        }
    }
    assert_eq!(seen[0].len(), 5, "{:?}", seen[0]);
    assert!(seen.iter().all(|attributes| *attributes == seen[0]), "{seen:?}");
}

#[actix_web::test]
async fn a_token_grants_what_it_names_and_its_key_has() {
    let installation = showing();
    let key =
        installation.add_key("acme", "wide", "acme/atlas:read", |key, _| key.scopes.push("acme/nova:write".into()));
    let token =
        access(key.key.id, &json!({"scope": "acme/atlas/evidence:read acme/nova:admin other:read not-a-scope"}));
    let answer = reading(&installation, &token).await;
    let scopes: Vec<String> = shown(&answer).into_iter().filter(|text| text.starts_with("scope=")).collect();
    assert_eq!(scopes, ["scope=acme/atlas/evidence:read", "scope=acme/nova:write"]);
    assert_eq!(answer["matched_scope"], "acme/atlas/evidence:read");
    let denied = ask(&installation, &token, "read", "acme/atlas/reports/1").await;
    assert_eq!((&denied["reason"], &denied["matched_scope"]), (&json!("scope_missing"), &Value::Null));
    assert_eq!(ask(&installation, &key.token, "read", "acme/atlas/reports/1").await["decision"], "Permit");

    // What the key loses, the token loses.
    let change = key::KeyChange { scopes: Some(vec!["acme/nova:write".into()]), ..key::KeyChange::default() };
    installation.act(|conn, act| key::change(conn, act, key.key.id, &change, None).unwrap());
    assert_eq!(reading(&installation, &token).await["reason"], "scope_missing");
}

#[actix_web::test]
async fn tokens_die_with_their_key_and_with_every_key_above_it() {
    let installation = showing();
    let above = installation.add_key("acme", "above", "acme/atlas:admin", |_, _| {});
    let key = installation.add_key_below(&above, "below", "acme/atlas/evidence:read");
    register(&installation, &key, &HOLDERS);
    let tokens = [access(key.key.id, &json!({})), signed(&HOLDERS, key.key.id, &json!({}))];
    for token in &tokens {
        assert_eq!(reading(&installation, token).await["decision"], "Permit");
    }
    installation.act(|conn, act| key::suspend(conn, act, key.key.id).unwrap());
    for token in &tokens {
        assert_eq!(reading(&installation, token).await["reason"], "credential_suspended");
    }
    installation.act(|conn, act| key::resume(conn, act, key.key.id).unwrap());
    for token in &tokens {
        assert_eq!(reading(&installation, token).await["decision"], "Permit");
    }
    installation.act(|conn, act| key::revoke(conn, act, above.key.id, &Revocation::manual("spilled")).unwrap());
    for token in &tokens {
        let answer = reading(&installation, token).await;
        assert_eq!(answer["reason"], "credential_revoked");
        let detail = answer["detail"].as_str().unwrap();
        assert!(detail.starts_with("a key above was revoked ") && detail.ends_with(", reason spilled"), "{detail}");
        assert!(installation.pdp.inspect_token(token).is_none());
    }
}

#[actix_web::test]
async fn a_token_ends_with_its_signer_its_credential_or_its_own_revocation() {
    let installation = showing();
    let key = installation.add_key("acme", "many", "acme/atlas/evidence:read", |_, _| {});
    let credential = register(&installation, &key, &HOLDERS);
    let [first, second] = ["a", "b"].map(|jti| access(key.key.id, &json!({"jti": jti})));
    let own = signed(&HOLDERS, key.key.id, &json!({}));
    for token in [&first, &second, &own] {
        assert_eq!(reading(&installation, token).await["decision"], "Permit");
    }
    let until = Utc::now() + TimeDelta::minutes(10);
    installation.act(|conn, act| revoked_token::revoke(conn, act, key.key.id, ("a", until)).unwrap());
    assert_eq!(reading(&installation, &first).await["reason"], "credential_revoked");
    assert_eq!(reading(&installation, &second).await["decision"], "Permit");
    assert!(installation.pdp.inspect_token(&first).is_none() && installation.pdp.inspect_token(&second).is_some());

    installation.act(|conn, act| credential::revoke(conn, act, key.key.id, &credential).unwrap());
    assert_eq!(reading(&installation, &own).await["reason"], "credential_revoked");
    assert_eq!(reading(&installation, &second).await["decision"], "Permit");

    installation.act(|conn, act| signing_key::withdraw(conn, act, OURS.kid()).unwrap());
    assert_eq!(reading(&installation, &second).await["reason"], "credential_unknown");
    assert_eq!(reading(&installation, &key.token).await["decision"], "Permit");
}

#[actix_web::test]
async fn a_token_that_is_not_right_is_no_more_than_unknown() {
    let installation = showing();
    let reader = &installation.reader;
    register(&installation, reader, &HOLDERS);
    let id = reader.key.id;
    let foreign = installation.add_key("beta", "foreign", "beta:read", |_, _| {});
    let past = now() - 3_600;
    let tokens = [
        (STRANGERS.sign("at+jwt", &access_claims(id)), "credential_unknown"),
        (signed(&STRANGERS, id, &json!({})), "credential_unknown"),
        (OURS.sign("JWT", &access_claims(id)), "credential_unknown"),
        (HOLDERS.sign("at+jwt", &access_claims(id)), "credential_unknown"),
        (access(id, &json!({"aud": "https://other.example"})), "credential_unknown"),
        (access(id, &json!({"iss": "https://other.example"})), "credential_unknown"),
        (access(KeyId::new(Utc::now()), &json!({})), "credential_unknown"),
        (
            access(id, &json!({"cnf": {"x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg0"}})),
            "credential_unknown",
        ),
        (signed(&HOLDERS, id, &json!({"aud": ISSUER})), "credential_unknown"),
        (signed(&HOLDERS, id, &json!({"exp": now() + 90_000})), "credential_unknown"),
        (access(foreign.key.id, &json!({})), "credential_unknown"),
        (access(foreign.key.id, &json!({"exp": past})), "credential_unknown"),
        (access(id, &json!({"exp": past})), "credential_expired"),
        (signed(&HOLDERS, id, &json!({"exp": past})), "credential_expired"),
        (signed(&HOLDERS, id, &json!({"nbf": now() + 600})), "credential_not_yet_valid"),
        ("a.b.c".to_owned(), "credential_unknown"),
    ];
    for (number, (token, reason)) in tokens.iter().enumerate() {
        let answer = reading(&installation, token).await;
        assert_eq!(answer["reason"], *reason, "{number}: {answer}");
        let decided =
            installation.decide(&installation.pep, &request(Some(token), "read", "acme/atlas/evidence/42")).await;
        assert_eq!((decided.decision(), &decided.advised_reason()), ("Deny".to_owned(), &json!(reason)), "{number}");
    }
}

async fn as_caller(installation: &Installation, token: &str) -> Answer {
    installation
        .send(post("/v1/verify", token).set_json(question(&installation.reader, "read", "acme/atlas/evidence/42")))
        .await
}

#[actix_web::test]
async fn an_enforcement_point_may_ask_with_a_token_that_grants_it() {
    let installation = showing();
    let pep = &installation.pep;
    register(&installation, pep, &HOLDERS);
    let id = pep.key.id;
    for token in [
        access(id, &json!({})),
        access(id, &json!({"scope": "acme/argus/pdp:execute", "jti": "2"})),
        signed(&HOLDERS, id, &json!({})),
    ] {
        assert_eq!(as_caller(&installation, &token).await.json()["decision"], "Permit");
    }
    // One token's grant is not another's.
    let narrow = access(id, &json!({"scope": "acme/atlas:read", "jti": "3"}));
    for _ in 0..2 {
        let refused = as_caller(&installation, &narrow).await;
        assert_eq!((refused.status, refused.json()["needed_scope"].as_str()), (403, Some("acme/argus/pdp:execute")));
        assert!(refused.header("www-authenticate").contains("error=\"insufficient_scope\""), "{refused:?}");
    }
}

#[actix_web::test]
async fn every_token_that_is_refused_is_refused_in_the_same_words() {
    let installation = showing();
    let gone = installation.add_key("acme", "gone", "acme/argus/pdp:execute", |_, _| {});
    register(&installation, &gone, &HOLDERS);
    installation.act(|conn, act| key::revoke(conn, act, gone.key.id, &Revocation::manual("spilled")).unwrap());
    let id = installation.pep.key.id;
    let tokens = [
        access(id, &json!({"exp": now() - 3_600})),
        access(gone.key.id, &json!({})),
        signed(&HOLDERS, gone.key.id, &json!({})),
        STRANGERS.sign("at+jwt", &access_claims(id)),
        access(KeyId::new(Utc::now()), &json!({})),
        "a.b.c".to_owned(),
    ];
    for token in tokens {
        let refused = as_caller(&installation, &token).await;
        assert_eq!((refused.status, refused.problem().as_str()), (401, "credential-refused"));
        assert_eq!(
            refused.header("www-authenticate"),
            "Bearer realm=\"argus\", error=\"invalid_token\", error_description=\"the key is not accepted\""
        );
        assert!(!refused.text.contains("expired at") && !refused.text.contains(&token), "{refused:?}");
    }
    let two = TestRequest::default()
        .method(Method::POST)
        .uri("/v1/verify")
        .append_header((AUTHORIZATION, format!("Bearer {}", installation.pep.token)))
        .append_header((AUTHORIZATION, format!("Bearer {}", access(id, &json!({})))));
    assert_eq!(installation.send(two.set_json(json!({}))).await.problem(), "malformed-credential");
}

#[actix_web::test]
async fn an_assertion_authenticates_its_client_once() {
    let installation = installation();
    register(&installation, &installation.reader, &HOLDERS);
    let id = installation.reader.key.id;
    let audiences = [ISSUER.to_owned(), format!("{ISSUER}/oauth/token")];
    let assertion = |members: &Value| {
        HOLDERS.sign("JWT", &with(json!({"iss": id, "sub": id, "aud": ISSUER, "exp": now() + 60, "jti": "1"}), members))
    };
    let first = assertion(&json!({}));
    let authenticate = async |text: &str| installation.pdp.authenticate_assertion(text, &audiences).await;
    assert_eq!(authenticate(&first).await.unwrap().key.id, id);
    let replayed = AssertionRefused::Fault(argus_credentials::jwt::JwtFault::Replayed);
    assert_eq!(authenticate(&first).await.unwrap_err(), replayed);
    // The same id in another token is the same use.
    assert_eq!(authenticate(&assertion(&json!({"aud": audiences[1]}))).await.unwrap_err(), replayed);
    assert!(authenticate(&assertion(&json!({"aud": audiences[1], "jti": "2"}))).await.is_ok());
    // A wrong one uses nothing up.
    assert!(authenticate(&assertion(&json!({"aud": "argus", "jti": "3"}))).await.is_err());
    assert!(authenticate(&assertion(&json!({"jti": "3"}))).await.is_ok());
    assert_eq!(reading(&installation, &assertion(&json!({"jti": "4"}))).await["reason"], "credential_unknown");

    installation.act(|conn, act| key::suspend(conn, act, id).unwrap());
    let suspended = AssertionRefused::Key(argus_credentials::Refusal::Suspended);
    assert_eq!(authenticate(&assertion(&json!({"jti": "5"}))).await.unwrap_err(), suspended);
}

#[actix_web::test]
async fn of_many_uses_of_one_assertion_at_once_one_is_the_first() {
    let installation = installation();
    register(&installation, &installation.reader, &HOLDERS);
    let id = installation.reader.key.id;
    let assertion = HOLDERS.sign("JWT", &json!({"iss": id, "sub": id, "aud": ISSUER, "exp": now() + 60, "jti": "1"}));
    let uses: Vec<_> = (0..20)
        .map(|_| {
            let (pdp, assertion) = (installation.pdp.clone(), assertion.clone());
            actix_web::rt::spawn(
                async move { pdp.authenticate_assertion(&assertion, &[ISSUER.to_owned()]).await.is_ok() },
            )
        })
        .collect();
    let mut right = 0;
    for used in uses {
        right += usize::from(used.await.unwrap());
    }
    assert_eq!(right, 1);
}

#[actix_web::test]
async fn what_an_access_token_says_is_told_for_introspection() {
    let installation = showing();
    let token = access(installation.reader.key.id, &json!({"aud": ["https://service.example"], "scope": "acme:read"}));
    let found = installation.pdp.inspect_token(&token).unwrap();
    assert_eq!(
        (found.record.key.id, &*found.claims.audiences),
        (installation.reader.key.id, &["https://service.example".into()][..])
    );
    assert_eq!(found.record.scopes().iter().map(ToString::to_string).collect::<Vec<_>>(), ["acme/atlas/evidence:read"]);
    assert!(installation.pdp.inspect_token(&installation.reader.token).is_none());
    assert!(
        installation.pdp.inspect_token(&access(installation.reader.key.id, &json!({"exp": now() - 100}))).is_none()
    );
}
