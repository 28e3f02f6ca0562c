//! Uses that are reserved on one of several nodes, counted in Redis: what they don't come to is there again for all.
//!
//! What was reserved is kept by the node that decided. So it is settled there: another node knows nothing of it, says so,
//! and takes nothing back.

use std::time::{Duration, Instant};

use argus_tests::flood::counter;
use argus_tests::http::{Answer, once, post};
use argus_tests::program::Server;
use serde_json::{Value, json};

use crate::installation::Installation;
use crate::limits::{LONG, create_limited, decision, question};
use crate::postgres::PostgresServer;
use crate::redis::RedisServer;

fn limits() -> Value {
    let of = |name: &str, strategy: &str, days: u64| json!({"name": name, "strategy": strategy, "limit": 10, "window_seconds": days * 86_400});
    json!([
        of("window", "fixed_window", 366),
        of("sliding", "sliding_window", 1),
        of("bucket", "token_bucket", 366),
        of("yearly", "quota", 365),
    ])
}

async fn reserve(installation: &Installation, node: &Server, secret: &str, cost: u64, seconds: u64) -> Value {
    let body = json!({"credential": secret, "action": "read", "resource": "acme/atlas/evidence/1", "cost": cost,
                      "reserve_seconds": seconds});
    let answer = decision(node, &installation.keys.verification(&body)).await;
    assert_eq!(answer["decision"], "Permit", "{answer}");
    answer
}

async fn settle(installation: &Installation, node: &Server, reserved: &Value, cost: u64) -> Answer {
    let body = json!({"decision_id": reserved["decision_id"], "cost": cost});
    let key = Some(installation.keys.enforcement_point.as_str());
    once(node.pdp, &post("/v1/settle", "application/json", key, body.to_string().as_bytes())).await.unwrap()
}

/// What is left of each limit, as a node is told by Redis.
async fn left(installation: &Installation, node: &Server, secret: &str) -> Vec<u64> {
    let answer = decision(node, &question(&installation.keys, secret, 0)).await;
    let limits = answer["limits"].as_array().unwrap_or_else(|| panic!("{answer}"));
    limits.iter().map(|limit| limit["remaining"].as_u64().unwrap()).collect()
}

/// Waits until there is so much left of each; a bucket keeps what it may have gained in the place of what comes back,
/// which is less than one here.
async fn wait_until_left(installation: &Installation, node: &Server, secret: &str, wanted: u64) {
    let since = Instant::now();
    loop {
        let left = left(installation, node, secret).await;
        let is_it =
            left.iter().enumerate().all(|(n, left)| *left == wanted || n == 2 && *left + 2 >= wanted && *left < wanted);
        if is_it {
            return;
        }
        assert!(since.elapsed() < LONG, "{left:?} of {wanted}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_reserved_use_does_not_come_to_is_there_again_for_every_node() {
    let (Some(postgres), Some(redis)) = (PostgresServer::start(), RedisServer::start()) else { return };
    let url = redis.url();
    let settings = [("ARGUS_REDIS_URL", url.as_str()), ("ARGUS_REDIS_MILLISECONDS", "1000")];
    let installation = Installation::start_with(&postgres.new_database(), None, &settings).await;
    let secret = create_limited(&installation.administration, "reserving", &limits()).await;
    let [one, other] = [&installation.deciding[0], &installation.deciding[1]];
    for node in [one, other] {
        installation.wait_until_permitted(node, &question(&installation.keys, &secret, 0)).await;
    }

    let reserved = reserve(&installation, one, &secret, 8, 60).await;
    assert_eq!(left(&installation, other, &secret).await, [2, 2, 2, 2], "what is reserved is taken on all nodes");
    assert_eq!(decision(other, &question(&installation.keys, &secret, 3)).await["decision"], "Deny");
    // The design keeps it where it was decided.
    assert_eq!(settle(&installation, other, &reserved, 1).await.status, 404);
    assert_eq!(left(&installation, one, &secret).await, [2, 2, 2, 2], "who doesn't know it gives nothing back");
    let settled = settle(&installation, one, &reserved, 1).await;
    assert_eq!((settled.status, settled.json().unwrap()["returned"].as_u64()), (200, Some(7)), "{}", settled.text());
    wait_until_left(&installation, other, &secret, 9).await;
    assert_eq!(settle(&installation, one, &reserved, 1).await.status, 404, "once");
    assert_eq!(decision(other, &question(&installation.keys, &secret, 7)).await["decision"], "Permit");

    // One of which nobody tells what it came to: all of it comes back, on all nodes.
    let fresh = create_limited(&installation.administration, "forgetting", &limits()).await;
    for node in [one, other] {
        installation.wait_until_permitted(node, &question(&installation.keys, &fresh, 0)).await;
    }
    let reserved = reserve(&installation, one, &fresh, 10, 2).await;
    assert_eq!(left(&installation, other, &fresh).await, [0, 0, 0, 0]);
    wait_until_left(&installation, other, &fresh, 10).await;
    assert_eq!(settle(&installation, one, &reserved, 1).await.status, 404, "it is overdue");
    assert_eq!(counter(one, "argus_reservations_total{outcome=\"overdue\"}").await.unwrap(), 1);
    for node in [one, other] {
        assert_eq!(counter(node, "argus_decisions_without_redis_total").await.unwrap(), 0);
    }
}
