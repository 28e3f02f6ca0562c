//! How much a key may be used, at every door: what is refused, what is told, and what a refusal takes from nothing.

use argus_store::{Limit, LimitStrategy};
use serde_json::json;

use super::support::{Installation, TestKey, installation, post, question, request};

const RESOURCE: &str = "acme/atlas/evidence/42";

// An hour: a test that lasts so long has failed already. Token buckets have no boundary to run across.
fn limit(name: &str, strategy: LimitStrategy, limit: u64) -> Limit {
    Limit::new(name, strategy, limit, 3_600)
}

fn limited(installation: &Installation) -> TestKey {
    installation.add_key("acme", "limited", "acme/atlas/evidence:read", |key, _| {
        key.limits =
            vec![limit("hourly", LimitStrategy::TokenBucket, 2), limit("wide", LimitStrategy::SlidingWindow, 9)];
    })
}

#[actix_web::test]
async fn a_use_beyond_the_limit_is_refused_and_takes_nothing_from_other_limits() {
    let installation = installation();
    let key = limited(&installation);
    let asked = question(&key, "read", RESOURCE);
    for left in [1, 0] {
        let answer = installation.verify(&installation.pep, &asked).await;
        assert_eq!(answer.json()["decision"], "Permit", "{answer:?}");
        assert_eq!(answer.json()["limits"][0]["remaining"], left, "{answer:?}");
        assert_eq!(answer.header("retry-after"), "");
    }
    let refused = installation.verify(&installation.pep, &asked).await;
    let body = refused.json();
    assert_eq!((&body["decision"], &body["reason"]), (&json!("Deny"), &json!("rate_limited")), "{refused:?}");
    assert_eq!(body["limits"][0]["name"], "hourly");
    assert_eq!((&body["limits"][1]["limit"], &body["limits"][1]["remaining"]), (&json!(9), &json!(7)));
    assert_eq!(refused.header("ratelimit-policy"), "\"hourly\";q=2;w=3600, \"wide\";q=9;w=3600");
    assert!(refused.header("ratelimit").starts_with("\"hourly\";r=0;t="), "{refused:?}");
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=1_800).contains(&wait), "{wait}");
}

#[actix_web::test]
async fn what_is_denied_takes_nothing() {
    let installation = installation();
    let key = limited(&installation);
    for _ in 0..3 {
        let denied = installation.verify(&installation.pep, &question(&key, "delete", RESOURCE)).await;
        assert_eq!(denied.json()["reason"], "scope_missing", "{denied:?}");
    }
    let answer = installation.verify(&installation.pep, &question(&key, "read", RESOURCE)).await;
    assert_eq!(answer.json()["limits"][0]["remaining"], 1, "{answer:?}");
}

#[actix_web::test]
async fn a_cost_is_taken_whole_or_not_at_all() {
    let installation = installation();
    let key = limited(&installation);
    let ask = async |cost: u64| {
        let mut asked = question(&key, "read", RESOURCE);
        asked["cost"] = json!(cost);
        installation.verify(&installation.pep, &asked).await.json()
    };
    assert_eq!(ask(3).await["reason"], "cost_exceeds_limit");
    assert_eq!(ask(0).await["limits"][0]["remaining"], 2);
    assert_eq!(ask(2).await["limits"][0]["remaining"], 0);
    assert_eq!(ask(0).await["decision"], "Permit");
}

#[actix_web::test]
async fn all_doors_and_all_secrets_of_a_key_share_its_buckets() {
    let installation = installation();
    let key = limited(&installation);
    let newer = installation.rotate(&key);
    let first = installation.decide(&installation.pep, &request(Some(&key.token), "read", RESOURCE)).await;
    assert_eq!(first.decision(), "Permit", "{first:?}");
    assert!(first.header("ratelimit").starts_with("\"hourly\";r=1;t="), "{first:?}");
    let asked = json!({"credential": newer, "action": "read", "resource": RESOURCE});
    let second = installation.verify(&installation.pep, &asked).await;
    assert_eq!(second.json()["decision"], "Permit", "{second:?}");
    let domain = post("/domains/acme/pdp", &installation.pep.token).set_json(request(Some(&newer), "read", RESOURCE));
    let third = installation.send(domain).await;
    assert_eq!(third.decision(), "Deny", "{third:?}");
    assert_eq!(third.advised_reason(), "rate_limited", "{third:?}");
    assert_ne!(third.header("retry-after"), "");
}

#[actix_web::test]
async fn what_is_derived_uses_up_what_its_parent_has() {
    let installation = installation();
    let parent = limited(&installation);
    let child = installation.add_key_below(&parent, "child", "acme/atlas/evidence:read");
    let asked = question(&child, "read", RESOURCE);
    let answer = installation.verify(&installation.pep, &asked).await;
    assert_eq!(answer.json()["limits"][0]["name"], "parent:hourly", "{answer:?}");
    let answer = installation.verify(&installation.pep, &question(&parent, "read", RESOURCE)).await;
    assert_eq!(answer.json()["limits"][0]["remaining"], 0, "{answer:?}");
    let answer = installation.verify(&installation.pep, &asked).await;
    assert_eq!(answer.json()["reason"], "rate_limited", "{answer:?}");
}

#[actix_web::test]
async fn a_quota_that_is_used_up_says_so() {
    let installation = installation();
    let key = installation.add_key("acme", "daily", "acme/atlas/evidence:read", |key, _| {
        key.limits = vec![Limit { window_seconds: 366 * 86_400, ..limit("yearly", LimitStrategy::Quota, 1) }];
    });
    let asked = question(&key, "read", RESOURCE);
    assert_eq!(installation.verify(&installation.pep, &asked).await.json()["decision"], "Permit");
    assert_eq!(installation.verify(&installation.pep, &asked).await.json()["reason"], "quota_exhausted");
}

#[actix_web::test]
async fn who_is_always_denied_is_soon_not_evaluated() {
    let installation = Installation::start(|settings, _| settings.key_limits.attempts_per_second = 1);
    let asked = question(&installation.reader, "delete", RESOURCE);
    let mut reasons = Vec::new();
    for _ in 0..40 {
        reasons.push(installation.verify(&installation.pep, &asked).await.json()["reason"].clone());
    }
    assert!(reasons.iter().take(10).all(|reason| reason == "scope_missing"), "{reasons:?}");
    assert!(reasons.iter().any(|reason| reason == "rate_limited"), "{reasons:?}");
    let metrics = installation.send(super::support::get("/metrics")).await.text;
    assert!(metrics.contains("argus_limits_total{kind=\"attempts\",outcome=\"refused\"}"), "{metrics}");
    assert!(metrics.contains("argus_limit_buckets_cap"), "{metrics}");
}

#[actix_web::test]
async fn a_key_without_limits_is_told_of_none() {
    let installation = installation();
    let answer = installation.verify(&installation.pep, &question(&installation.reader, "read", RESOURCE)).await;
    assert_eq!(answer.json()["limits"], json!([]));
    assert_eq!((answer.header("ratelimit"), answer.header("ratelimit-policy")), ("", ""));
}
