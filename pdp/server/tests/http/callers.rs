//! Who asks: challenges (RFC 6750), grants, and that asking is a use of a key.

use actix_web::http::Method;
use actix_web::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use actix_web::test::TestRequest;
use argus_store::key::Revocation;
use argus_store::{credential, key};
use chrono::{TimeDelta, Utc};
use serde_json::json;

use crate::support::{Answer, Installation, installation, post, question, request};

const DOORS: [&str; 3] = ["/pdp", "/v1/verify", "/domains/acme/pdp"];

async fn with_authorization(installation: &Installation, path: &str, values: &[&str]) -> Answer {
    let mut sent = TestRequest::default().method(Method::POST).uri(path).set_json(json!({}));
    for value in values {
        sent = sent.append_header((AUTHORIZATION, *value));
    }
    installation.send(sent).await
}

#[actix_web::test]
async fn who_shows_nothing_is_challenged_without_an_error() {
    let installation = installation();
    for path in DOORS {
        for values in [&[][..], &["Basic YTpi"]] {
            let refused = with_authorization(&installation, path, values).await;
            assert_eq!((refused.status, refused.problem().as_str()), (401, "credential-missing"), "{path}");
            assert_eq!(refused.header("www-authenticate"), "Bearer realm=\"argus\"");
        }
    }
}

#[actix_web::test]
async fn who_shows_two_keys_or_no_token_made_a_bad_request() {
    let installation = installation();
    let right = format!("Bearer {}", installation.pep.token);
    for path in DOORS {
        for values in [&["Bearer"][..], &["Bearer a b"], &[&right, &right]] {
            let refused = with_authorization(&installation, path, values).await;
            assert_eq!((refused.status, refused.problem().as_str()), (400, "malformed-credential"), "{path}");
            assert!(refused.header("www-authenticate").contains("error=\"invalid_request\""), "{refused:?}");
        }
    }
}

#[actix_web::test]
async fn every_key_that_is_refused_is_refused_in_the_same_words() {
    let installation = installation();
    let make = |name: &str| installation.add_key("acme", name, "acme/argus/pdp:execute", |_, _| {});
    let (revoked, suspended, lost) = (make("revoked"), make("suspended"), make("lost"));
    let expired = installation.add_key("acme", "expired", "acme/argus/pdp:execute", |key, _| {
        key.expires_at = Some(Utc::now() - TimeDelta::hours(1));
    });
    let early = installation.add_key("acme", "early", "acme/argus/pdp:execute", |_, credential| {
        credential.not_before = Utc::now() + TimeDelta::hours(1);
    });
    installation.act(|conn, act| {
        key::revoke(conn, act, revoked.key.id, &Revocation::manual("manual")).unwrap();
        key::suspend(conn, act, suspended.key.id).unwrap();
        let of_lost = credential::list(conn, lost.key.id).unwrap();
        credential::revoke(conn, act, lost.key.id, &of_lost.first().unwrap().id).unwrap();
    });
    let mut forged = installation.pep.token.clone();
    let last = if forged.pop() == Some('0') { '1' } else { '0' };
    forged.push(last);
    let tokens = [&revoked.token, &suspended.token, &lost.token, &expired.token, &early.token, &forged];

    let mut answers = Vec::new();
    for token in tokens.into_iter().map(String::as_str).chain(["abc", "argus_live_abc"]) {
        let refused = installation.send(post("/pdp", token).insert_header(("x-request-id", "r")).set_json(json!({})));
        let refused = refused.await;
        assert_eq!((refused.status, refused.problem().as_str()), (401, "credential-refused"), "{token}");
        assert!(!refused.text.contains(token), "{refused:?}");
        answers.push((refused.text, refused.headers.get(WWW_AUTHENTICATE).cloned()));
    }
    let (_, challenge) = answers.first().unwrap();
    assert!(challenge.as_ref().unwrap().to_str().unwrap().contains("error=\"invalid_token\""));
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
}

#[actix_web::test]
async fn a_key_without_the_grant_is_told_the_scope_that_it_lacks() {
    let installation = installation();
    let read = request(None, "read", "acme/atlas/evidence/42");
    for path in ["/pdp", "/domains/acme/pdp"] {
        let refused = installation.send(post(path, &installation.reader.token).set_json(&read)).await;
        assert_eq!((refused.status, refused.problem().as_str()), (403, "not-permitted"), "{path}");
        let challenge = refused.header("www-authenticate");
        assert!(challenge.contains("error=\"insufficient_scope\""), "{challenge}");
        assert!(challenge.contains("scope=\"acme/argus/pdp:execute\""), "{challenge}");
        assert_eq!(refused.json()["needed_scope"], "acme/argus/pdp:execute");
    }
    let asked = question(&installation.reader, "read", "acme/atlas/evidence/42");
    assert_eq!(installation.verify(&installation.reader, &asked).await.status, 403);
    // Another organisation, and one that isn't there, look alike.
    for path in ["/domains/beta/pdp", "/domains/nobody/pdp"] {
        let refused = installation.send(post(path, &installation.pep.token).set_json(&read)).await;
        assert_eq!((refused.status, refused.problem().as_str()), (403, "not-permitted"), "{path}");
    }
    for resource in ["beta/x/1", "nobody/x/1"] {
        let asked = question(&installation.reader, "read", resource);
        assert_eq!(installation.verify(&installation.pep, &asked).await.status, 403, "{resource}");
    }
}

#[actix_web::test]
async fn a_key_of_argus_asks_for_every_organisation() {
    let installation = installation();
    let read = request(Some(&installation.reader.token), "read", "acme/atlas/evidence/42");
    assert_eq!(installation.decide(&installation.boss, &read).await.decision(), "Permit");
    let at_acme = installation.send(post("/domains/acme/pdp", &installation.boss.token).set_json(&read)).await;
    assert_eq!(at_acme.decision(), "Permit");
    let lost = installation.send(post("/domains/nobody/pdp", &installation.boss.token).set_json(&read)).await;
    assert_eq!((lost.status, lost.problem().as_str()), (404, "not-found"));
}

#[actix_web::test]
async fn to_ask_and_to_administer_are_uses_of_a_key_as_well() {
    let installation = installation();
    let (pep, boss, reader) = (&installation.pep, &installation.boss, &installation.reader);
    let ids = [pep.key.id, boss.key.id, reader.key.id];
    assert!(ids.iter().all(|id| installation.find_key(*id).last_used_at.is_none()));
    assert_eq!(installation.verify(pep, &question(reader, "read", "acme/atlas/evidence/42")).await.status, 200);
    let headers = post("/", &boss.token).to_http_request().headers().clone();
    assert!(installation.pdp.authenticate(&headers, None, None).await.is_ok());
    // Nobody is told for a minute that a key was never used which just was.
    installation.wait_for_use(pep.key.id).await;
    installation.wait_for_use(boss.key.id).await;
    // What was noted is not lost where the key changes before it is written down.
    installation.act(|conn, act| key::suspend(conn, act, reader.key.id).unwrap());

    for used_at in installation.stop_and_wait_for_uses(&ids) {
        assert!(Utc::now() - used_at < TimeDelta::minutes(5));
    }
}
