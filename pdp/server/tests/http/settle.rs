//! Uses of which only the most is known before: reserved when they are verified, settled when they are over.

use std::time::{Duration, Instant};

use actix_web::rt::time::sleep;
use argus_store::{Limit, LimitStrategy};
use serde_json::{Value, json};

use super::support::{Answer, Installation, TestKey, installation, post, question};

const RESOURCE: &str = "acme/atlas/evidence/42";

fn limited(installation: &Installation) -> TestKey {
    installation.add_key("acme", "limited", "acme/atlas/evidence:read", |key, _| {
        let limit = |name, strategy, window_seconds| Limit::new(name, strategy, 10, window_seconds);
        key.limits =
            vec![limit("yearly", LimitStrategy::Quota, 31_536_000), limit("sliding", LimitStrategy::SlidingWindow, 60)];
    })
}

async fn verify(installation: &Installation, key: &TestKey, more: &[(&str, u64)]) -> Value {
    let mut asked = question(key, "read", RESOURCE);
    for (name, number) in more {
        asked[name] = json!(number);
    }
    installation.verify(&installation.pep, &asked).await.json()
}

async fn settle(installation: &Installation, caller: &TestKey, reserved: &Value, cost: u64) -> Answer {
    let body = json!({"decision_id": reserved["decision_id"], "cost": cost});
    installation.send(post("/v1/settle", &caller.token).set_json(&body)).await
}

#[actix_web::test]
async fn what_a_use_does_not_come_to_is_given_back_to_all_its_limits() {
    let installation = installation();
    let key = limited(&installation);
    let reserved = verify(&installation, &key, &[("cost", 8), ("reserve_seconds", 60)]).await;
    assert_eq!(reserved["limits"][0]["remaining"], 2, "{reserved}");
    assert!(reserved["settle_by"].as_str().unwrap().ends_with('Z'), "{reserved}");
    assert_eq!(verify(&installation, &key, &[("cost", 3)]).await["reason"], "quota_exhausted");
    let settled = settle(&installation, &installation.pep, &reserved, 1).await;
    assert_eq!(settled.status, 200, "{settled:?}");
    assert_eq!(settled.json(), json!({"decision_id": reserved["decision_id"], "cost": 1, "returned": 7}));
    let next = verify(&installation, &key, &[("cost", 9)]).await;
    assert_eq!((&next["decision"], &next["settle_by"]), (&json!("Permit"), &Value::Null), "{next}");
    assert!(next["limits"].as_array().unwrap().iter().all(|limit| limit["remaining"] == 0), "{next}");
}

#[actix_web::test]
async fn it_is_settled_once_by_who_reserved_it_and_for_no_more() {
    let installation = installation();
    let key = limited(&installation);
    let other = installation.add_key("acme", "other-gateway", "acme/argus/pdp:execute", |_, _| ());
    let reserved = verify(&installation, &key, &[("cost", 8), ("reserve_seconds", 60)]).await;
    let beyond = settle(&installation, &installation.pep, &reserved, 9).await;
    assert_eq!((beyond.status, beyond.problem().as_str()), (400, "invalid-field"), "{beyond:?}");
    assert_eq!(beyond.json()["errors"][0]["pointer"], "/cost");
    assert_eq!(settle(&installation, &other, &reserved, 1).await.status, 404);
    assert_eq!(settle(&installation, &installation.pep, &reserved, 8).await.status, 200);
    let again = settle(&installation, &installation.pep, &reserved, 8).await;
    assert_eq!((again.status, again.problem().as_str()), (404, "not-found"), "{again:?}");
}

#[actix_web::test]
async fn what_nobody_settles_in_time_counts_as_nothing() {
    let installation = installation();
    let key = limited(&installation);
    let reserved = verify(&installation, &key, &[("cost", 10), ("reserve_seconds", 1)]).await;
    assert_eq!(reserved["decision"], "Permit", "{reserved}");
    let begun = Instant::now();
    while verify(&installation, &key, &[("cost", 10)]).await["decision"] == "Deny" {
        assert!(begun.elapsed() < Duration::from_secs(10));
        sleep(Duration::from_millis(50)).await;
    }
    assert!(begun.elapsed() >= Duration::from_millis(900), "{:?}", begun.elapsed());
    assert_eq!(settle(&installation, &installation.pep, &reserved, 1).await.status, 404);
}

#[actix_web::test]
async fn nothing_is_reserved_for_what_is_denied_and_the_most_has_to_be_known() {
    let installation = installation();
    let key = limited(&installation);
    let denied = verify(&installation, &key, &[("cost", 11), ("reserve_seconds", 60)]).await;
    assert_eq!((&denied["reason"], &denied["settle_by"]), (&json!("cost_exceeds_limit"), &Value::Null), "{denied}");
    assert_eq!(settle(&installation, &installation.pep, &denied, 0).await.status, 404);
    let faulty = verify(&installation, &key, &[("reserve_seconds", 0)]).await;
    let places: Vec<_> = faulty["errors"].as_array().unwrap().iter().map(|error| &error["pointer"]).collect();
    assert_eq!(places, ["/reserve_seconds", "/cost"], "{faulty}");
    let free = installation.add_key("acme", "free", "acme/atlas/evidence:read", |_, _| ());
    let reserved = verify(&installation, &free, &[("cost", 5), ("reserve_seconds", 60)]).await;
    let settled = settle(&installation, &installation.pep, &reserved, 2).await;
    assert_eq!(settled.json()["returned"], 3, "{settled:?}");
}
