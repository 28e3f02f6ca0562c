//! Tokens whose keys are fetched: of a holder's own set, and of a trusted issuer.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread;

use argus_credentials::jwt::Algorithm;
use argus_pdp::{Reach, TrustedIssuer};
use argus_store::credential::{self, PublicMaterial};
use argus_store::key::{self, Revocation};
use chrono::Utc;
use serde_json::{Value, json};

use crate::signing::{HOLDERS, Pair, STRANGERS};
use crate::support::{Installation, post, question};

const CI: &str = "https://ci.example";

/// A server on this machine that publishes a set of keys.
struct Publisher {
    url: String,
    keys: Arc<Mutex<Value>>,
    asked: Arc<AtomicUsize>,
}

impl Publisher {
    fn start(pairs: &[&Pair]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/jwks.json", listener.local_addr().unwrap());
        let (keys, asked) = (Arc::new(Mutex::new(set(pairs))), Arc::new(AtomicUsize::new(0)));
        let (published, count) = (Arc::clone(&keys), Arc::clone(&asked));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                count.fetch_add(1, SeqCst);
                let mut lines = BufReader::new(&stream).lines();
                while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
                let body = published.lock().unwrap().to_string();
                let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
                let _ = stream.write_all(format!("{head}{body}").as_bytes());
            }
        });
        Self { url, keys, asked }
    }
}

fn set(pairs: &[&Pair]) -> Value {
    json!({"keys": pairs.iter().map(|pair| Value::Object(pair.jwk.clone())).collect::<Vec<_>>()})
}

/// An installation that trusts the issuer whose keys a publisher has, and asks this machine.
fn trusting(publisher: &Publisher) -> Installation {
    let jwks_url = publisher.url.clone();
    Installation::start(|settings, _| {
        settings.reach =
            Reach { networks: vec!["127.0.0.0/8".parse().unwrap()], plain_http_on_loopback: true, ..Reach::default() };
        settings.tokens.issuers = vec![TrustedIssuer {
            issuer: CI.into(),
            jwks_url,
            audience: "https://argus.acme.example".into(),
            algorithms: vec![Algorithm::Es256],
        }];
    })
}

fn issued(pair: &Pair, subject: &str) -> String {
    let now = Utc::now().timestamp();
    pair.sign(
        "JWT",
        &json!({"iss": CI, "sub": subject, "aud": "https://argus.acme.example", "exp": now + 600, "iat": now}),
    )
}

async fn reading(installation: &Installation, credential: &str) -> Value {
    let asked = json!({"credential": credential, "action": "read", "resource": "acme/atlas/evidence/42"});
    installation.verify(&installation.pep, &asked).await.json()
}

#[actix_web::test]
async fn a_trusted_issuers_token_presents_the_key_that_its_subject_is_registered_for() {
    let publisher = Publisher::start(&[&HOLDERS]);
    let installation = trusting(&publisher);
    let key = installation.reader.key.id;
    let subject = PublicMaterial::JwtSubject { issuer: CI.into(), subject: "acme/build".into() };
    let credential = installation.add_credential(key, subject);
    let token = issued(&HOLDERS, "acme/build");
    for _ in 0..3 {
        let answer = reading(&installation, &token).await;
        assert_eq!((&answer["decision"], &answer["key"]["id"]), (&json!("Permit"), &json!(key)), "{answer}");
    }
    assert_eq!(publisher.asked.load(SeqCst), 1);
    for forged in [
        issued(&STRANGERS, "acme/build"),
        issued(&HOLDERS, "acme/other"),
        HOLDERS.sign("JWT", &json!({"iss": "https://evil.example"})),
    ] {
        assert_eq!(reading(&installation, &forged).await["reason"], "credential_unknown");
    }
    installation.act(|conn, act| credential::revoke(conn, act, key, &credential).unwrap());
    assert_eq!(reading(&installation, &token).await["reason"], "credential_revoked");
    // Its subject may present another key then.
    let other = installation.add_key("acme", "other", "acme/atlas/evidence:read", |_, _| {});
    installation
        .add_credential(other.key.id, PublicMaterial::JwtSubject { issuer: CI.into(), subject: "acme/build".into() });
    assert_eq!(reading(&installation, &token).await["key"]["id"], json!(other.key.id));
    installation.act(|conn, act| key::revoke(conn, act, other.key.id, &Revocation::manual("spilled")).unwrap());
    assert_eq!(reading(&installation, &token).await["reason"], "credential_revoked");
}

#[actix_web::test]
async fn an_enforcement_point_may_ask_with_a_token_of_a_trusted_issuer() {
    let publisher = Publisher::start(&[&HOLDERS]);
    let installation = trusting(&publisher);
    let subject = PublicMaterial::JwtSubject { issuer: CI.into(), subject: "gateway".into() };
    installation.add_credential(installation.pep.key.id, subject);
    let asked = question(&installation.reader, "read", "acme/atlas/evidence/42");
    let answer = installation.send(post("/v1/verify", &issued(&HOLDERS, "gateway")).set_json(&asked)).await;
    assert_eq!(answer.json()["decision"], "Permit", "{answer:?}");
}

#[actix_web::test]
async fn a_holder_may_publish_his_keys_at_an_address_and_none_of_them_is_another_holders() {
    let publisher = Publisher::start(&[&HOLDERS]);
    let installation = trusting(&publisher);
    let key = installation.reader.key.id;
    let url = PublicMaterial::JwksUrl { url: publisher.url.clone(), algorithms: vec!["ES256".into()] };
    installation.add_credential(key, url);
    let signed = |pair: &Pair| {
        pair.sign("JWT", &json!({"iss": key, "sub": key, "aud": "argus", "exp": Utc::now().timestamp() + 600}))
    };
    assert_eq!(reading(&installation, &signed(&HOLDERS)).await["decision"], "Permit");
    assert_eq!(reading(&installation, &signed(&STRANGERS)).await["reason"], "credential_unknown");
    // What is published now is not fetched within half a minute of the last time.
    *publisher.keys.lock().unwrap() = set(&[&STRANGERS]);
    assert_eq!(reading(&installation, &signed(&STRANGERS)).await["reason"], "credential_unknown");
    assert_eq!(publisher.asked.load(SeqCst), 1);

    let only_rsa = installation.add_key("acme", "rsa", "acme/atlas/evidence:read", |_, _| {});
    let url = PublicMaterial::JwksUrl { url: publisher.url.clone(), algorithms: vec!["RS256".into()] };
    installation.add_credential(only_rsa.key.id, url);
    let id = only_rsa.key.id;
    let token =
        HOLDERS.sign("JWT", &json!({"iss": id, "sub": id, "aud": "argus", "exp": Utc::now().timestamp() + 600}));
    assert_eq!(
        reading(&installation, &token).await["reason"],
        "credential_unknown",
        "the algorithm is the credential's"
    );
}

#[actix_web::test]
async fn while_keys_can_not_be_had_nothing_is_said_of_their_tokens() {
    let publisher = Publisher::start(&[&HOLDERS]);
    *publisher.keys.lock().unwrap() = json!({});
    let installation = trusting(&publisher);
    let subject = PublicMaterial::JwtSubject { issuer: CI.into(), subject: "acme/build".into() };
    installation.add_credential(installation.reader.key.id, subject);
    let asked =
        json!({"credential": issued(&HOLDERS, "acme/build"), "action": "read", "resource": "acme/atlas/evidence/42"});
    for _ in 0..2 {
        let busy = installation.verify(&installation.pep, &asked).await;
        assert_eq!((busy.status, busy.problem().as_str()), (503, "busy"));
        assert!(busy.header("retry-after").parse::<u32>().unwrap() <= 30);
    }
    assert_eq!(publisher.asked.load(SeqCst), 1);
}
