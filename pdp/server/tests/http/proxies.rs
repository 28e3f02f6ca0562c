//! Clients behind proxies: whom a trusted one names is who came, whom a stranger names is nobody.

use actix_web::test::TestRequest;
use argus_credentials::TrustedProxies;
use serde_json::json;

use crate::support::{Answer, Installation, TestKey, post, question, request};

/// An enforcement point that may ask from one network only.
fn bound(installation: &Installation) -> TestKey {
    installation.add_key("acme", "edge", "acme/argus/pdp:execute", |key, _| {
        key.conditions.networks = vec!["203.0.113.0/24".into()];
    })
}

async fn with_headers(installation: &Installation, caller: &TestKey, headers: &[(&str, &str)]) -> Answer {
    let mut sent: TestRequest = post("/v1/verify", &caller.token);
    for header in headers {
        sent = sent.append_header(*header);
    }
    installation.send(sent.set_json(question(&installation.reader, "read", "acme/atlas/evidence/42"))).await
}

#[actix_web::test]
async fn a_strangers_headers_move_nobody() {
    let installation = crate::support::installation();
    let edge = bound(&installation);
    for headers in [
        &[("x-forwarded-for", "203.0.113.7")][..],
        &[("forwarded", "for=203.0.113.7")],
        &[("forwarded", "for=203.0.113.7"), ("x-forwarded-for", "198.51.100.1")],
        &[("forwarded", "\"")],
        &[("x-real-ip", "203.0.113.7"), ("true-client-ip", "203.0.113.7")],
    ] {
        let refused = with_headers(&installation, &edge, headers).await;
        assert_eq!((refused.status, refused.problem().as_str()), (403, "not-permitted"), "{headers:?}");
        assert_eq!(with_headers(&installation, &installation.pep, headers).await.status, 200, "{headers:?}");
    }
}

#[actix_web::test]
async fn a_trusted_proxy_is_believed_up_to_the_first_stranger() {
    // Requests of these tests come from loopback.
    let installation = Installation::start(|settings, _| {
        settings.trusted_proxies = TrustedProxies::parse(&["127.0.0.0/8", "10.0.0.0/8"]).unwrap();
    });
    let edge = bound(&installation);
    for (headers, status) in [
        (&[("x-forwarded-for", "203.0.113.7")][..], 200),
        (&[("x-forwarded-for", "::ffff:203.0.113.7")], 200),
        (&[("x-forwarded-for", "198.51.100.1, 203.0.113.7:40000, 10.0.0.9")], 200),
        (&[("forwarded", "for=198.51.100.1, for=203.0.113.7;proto=https")], 200),
        (&[("forwarded", "for=203.0.113.7"), ("x-forwarded-for", "203.0.113.7")], 200),
        // What stands left of the client is his own word.
        (&[("x-forwarded-for", "203.0.113.7, 198.51.100.1")], 403),
        (&[("x-forwarded-for", "203.0.113.7"), ("x-forwarded-for", "198.51.100.1")], 403),
        (&[("x-forwarded-for", "203.0.113.7, unknown")], 403),
        (&[("forwarded", "for=203.0.113.7, for=_hidden")], 403),
        (&[], 403),
    ] {
        assert_eq!(with_headers(&installation, &edge, headers).await.status, status, "{headers:?}");
    }
}

#[actix_web::test]
async fn proxies_that_contradict_themselves_are_refused() {
    let installation = Installation::start(|settings, _| {
        settings.trusted_proxies = TrustedProxies::parse(&["127.0.0.1"]).unwrap();
    });
    for headers in [
        &[("forwarded", "for=203.0.113.7"), ("x-forwarded-for", "203.0.113.8")][..],
        &[("forwarded", "for=\"203.0.113.7")],
        &[("x-forwarded-for", "203.0.113.7, nonsense")],
    ] {
        let refused = with_headers(&installation, &installation.pep, headers).await;
        assert_eq!((refused.status, refused.problem().as_str()), (400, "client-unclear"), "{headers:?}");
        let asked = post("/pdp", &installation.pep.token).set_json(request(None, "read", "acme/x"));
        let asked = headers.iter().fold(asked, |asked, header| asked.append_header(*header));
        assert_eq!(installation.send(asked).await.status, 400, "{headers:?}");
    }
}

#[actix_web::test]
async fn the_address_of_a_subject_is_what_the_enforcement_point_says_and_nothing_else() {
    let installation = Installation::start(|settings, _| {
        settings.trusted_proxies = TrustedProxies::parse(&["127.0.0.1"]).unwrap();
    });
    let inside = installation.add_key("acme", "inside", "acme/atlas/evidence:read", |key, _| {
        key.conditions.networks = vec!["203.0.113.0/24".into()];
    });
    let mut asked = question(&inside, "read", "acme/atlas/evidence/42");
    let forwarded = ("x-forwarded-for", "203.0.113.7");
    let ask = |asked| post("/v1/verify", &installation.pep.token).append_header(forwarded).set_json(asked);
    assert_eq!(installation.send(ask(asked.clone())).await.json()["reason"], "condition_ip");
    asked["context"] = json!({"ip": "203.0.113.7"});
    assert_eq!(installation.send(ask(asked)).await.json()["decision"], "Permit");
}
