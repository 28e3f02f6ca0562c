//! What a proxy is told of the requests of its clients: RFC 6750, as a resource server has to answer (§3.1).

use actix_web::http::header::AUTHORIZATION;
use actix_web::test::TestRequest;
use argus_store::key::{self, Revocation};
use argus_store::{Conditions, Limit, LimitStrategy};

use crate::support::{Answer, Installation, TestKey, get, installation};

const DOOR: &str = "/v1/forward-auth?resource=acme/atlas";

/// What the enforcement point of `acme` tells of a request.
fn forwarded(installation: &Installation, door: &str, method: &str, uri: &str, client: &[&str]) -> TestRequest {
    let mut asked = get(door).insert_header((AUTHORIZATION, format!("Bearer {}", installation.pep.token)));
    asked = asked.insert_header(("x-forwarded-method", method)).insert_header(("x-forwarded-uri", uri));
    for value in client {
        asked = asked.append_header(("x-forwarded-authorization", *value));
    }
    asked
}

async fn ask(installation: &Installation, method: &str, uri: &str, client: &[&str]) -> Answer {
    installation.send(forwarded(installation, DOOR, method, uri, client)).await
}

fn bearer(key: &TestKey) -> String {
    format!("Bearer {}", key.token)
}

#[actix_web::test]
async fn what_is_granted_goes_through_and_what_is_not_is_told_the_scope_that_it_lacks() {
    let installation = installation();
    let reader = bearer(&installation.reader);
    for (method, uri) in [("GET", "/evidence/42"), ("HEAD", "/evidence/42?a=//b"), ("OPTIONS", "/evidence")] {
        let through = ask(&installation, method, uri, &[&reader]).await;
        assert_eq!((through.status, through.text.as_str()), (200, ""), "{through:?}");
        assert_eq!(through.header("argus-key-id"), installation.reader.key.id.to_string());
        assert!(!through.header("argus-decision-id").is_empty() && through.header("cache-control") == "no-store");
    }
    for (method, uri, scope) in [
        ("POST", "/evidence/42", "acme/atlas/evidence/42:write"),
        ("DELETE", "/evidence/42", "acme/atlas/evidence/42:delete"),
        ("GET", "/evidence-archive", "acme/atlas/evidence-archive:read"),
        ("GET", "/", "acme/atlas:read"),
    ] {
        let refused = ask(&installation, method, uri, &[&reader]).await;
        assert_eq!((refused.status, refused.problem().as_str()), (403, "not-permitted"), "{method} {uri}");
        let challenge = refused.header("www-authenticate");
        assert!(challenge.contains("error=\"insufficient_scope\""), "{challenge}");
        assert!(challenge.contains(&format!("scope=\"{scope}\"")), "{challenge}");
        assert_eq!(refused.header("argus-key-id"), "");
    }
    let named = forwarded(&installation, &format!("{DOOR}&action=read"), "PURGE", "/evidence/42", &[&reader]);
    assert_eq!(installation.send(named).await.status, 200, "its operator says what a request does");
}

#[actix_web::test]
async fn who_shows_nothing_two_things_or_something_wrong_is_told_so() {
    let installation = installation();
    for values in [&[][..], &["Basic YTpi"]] {
        let refused = ask(&installation, "GET", "/evidence/42", values).await;
        assert_eq!((refused.status, refused.problem().as_str()), (401, "credential-missing"));
        assert_eq!(refused.header("www-authenticate"), "Bearer realm=\"argus\"");
    }
    let right = bearer(&installation.reader);
    for values in [&["Bearer"][..], &["Bearer a b"], &[&right, &right]] {
        let refused = ask(&installation, "GET", "/evidence/42", values).await;
        assert_eq!((refused.status, refused.problem().as_str()), (400, "malformed-credential"));
        assert!(refused.header("www-authenticate").contains("error=\"invalid_request\""), "{refused:?}");
    }
    let revoked = installation.add_key("acme", "revoked", "acme/atlas:read", |_, _| {});
    let other = installation.add_key("beta", "other", "beta/atlas:read", |_, _| {});
    installation.act(|conn, act| key::revoke(conn, act, revoked.key.id, &Revocation::manual("manual")).unwrap());
    let mut answers = Vec::new();
    for credential in [&bearer(&revoked), &bearer(&other), "Bearer abc", "Bearer argus_live_abc"] {
        let asked = forwarded(&installation, DOOR, "GET", "/evidence/42", &[credential]);
        let refused = installation.send(asked.insert_header(("x-request-id", "r"))).await;
        let challenge = refused.header("www-authenticate").to_owned();
        assert!(refused.status == 401 && challenge.contains("error=\"invalid_token\""), "{refused:?}");
        answers.push((refused.text, challenge));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "one wording for all: {answers:?}");
}

#[actix_web::test]
async fn what_can_be_read_in_two_ways_is_not_let_through() {
    let installation = installation();
    let reader = bearer(&installation.reader);
    for uri in ["/evidence//42", "/evidence/../users", "/evidence/./42", "/evidence/", "evidence/42", "", "/a%2fb", "*"]
    {
        let refused = ask(&installation, "GET", uri, &[&reader]).await;
        assert_eq!((refused.status, refused.problem().as_str()), (400, "forwarded-request"), "{uri}");
    }
    let send = async |door: &str, method: &str| {
        installation.send(forwarded(&installation, door, method, "/evidence/42", &[&reader])).await
    };
    assert_eq!(send(DOOR, "PURGE").await.problem(), "forwarded-request");
    for door in
        ["/v1/forward-auth", "/v1/forward-auth?resource=acme&resource=acme/atlas", "/v1/forward-auth?resource=a&x=1"]
    {
        assert_eq!(send(door, "GET").await.problem(), "forwarded-request", "{door}");
    }
    assert_eq!(send(&format!("{DOOR}&action=READ"), "GET").await.problem(), "forwarded-request");
    let twice = forwarded(&installation, DOOR, "GET", "/evidence/42", &[&reader]);
    let twice = installation.send(twice.append_header(("x-forwarded-uri", "/evidence/43"))).await;
    assert_eq!(twice.problem(), "forwarded-request");
}

#[actix_web::test]
async fn the_proxy_asks_by_a_key_of_its_own_and_says_where_its_client_is() {
    let installation = installation();
    let reader = bearer(&installation.reader);
    let without = get(DOOR).insert_header(("x-forwarded-authorization", reader.clone()));
    assert_eq!(installation.send(without).await.problem(), "credential-missing");
    let clients = get(DOOR).insert_header((AUTHORIZATION, reader.clone()));
    let clients =
        clients.insert_header(("x-forwarded-method", "GET")).insert_header(("x-forwarded-uri", "/evidence/4"));
    let clients = installation.send(clients.insert_header(("x-forwarded-authorization", reader))).await;
    assert_eq!((clients.status, clients.problem().as_str()), (403, "not-permitted"), "a client is no proxy");

    let office = installation.add_key("acme", "office", "acme/atlas:read", |key, _| {
        key.conditions = Conditions { networks: vec!["192.0.2.0/24".into()], ..Conditions::default() };
    });
    // What the client wrote itself stands before what the proxy has seen.
    let addresses = [("192.0.2.7", 200), ("203.0.113.9, 192.0.2.7", 200), ("192.0.2.7, 203.0.113.9", 403), ("x", 403)];
    for (address, status) in addresses {
        let asked = forwarded(&installation, DOOR, "GET", "/evidence/42", &[&bearer(&office)]);
        let answer = installation.send(asked.insert_header(("x-forwarded-for", address))).await;
        assert_eq!(answer.status, status, "{address}: {answer:?}");
        assert!(!answer.text.contains("192.0.2.0"), "nobody is told what would have been right");
    }
}

#[actix_web::test]
async fn who_comes_too_often_is_told_when_to_come_again() {
    let installation = installation();
    let key = installation.add_key("acme", "limited", "acme/atlas:read", |key, _| {
        key.limits = vec![Limit::new("hourly", LimitStrategy::TokenBucket, 1, 3_600)];
    });
    let through = ask(&installation, "GET", "/evidence/42", &[&bearer(&key)]).await;
    assert_eq!((through.status, through.header("ratelimit-policy")), (200, "\"hourly\";q=1;w=3600"));
    let refused = ask(&installation, "GET", "/evidence/42", &[&bearer(&key)]).await;
    assert_eq!((refused.status, refused.problem().as_str()), (429, "limited"));
    assert!((1..=3_600).contains(&refused.header("retry-after").parse::<u32>().unwrap()), "{refused:?}");
}
