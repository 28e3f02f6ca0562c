//! The database goes away: decisions go on for a while, administration says that it can't, and afterwards all is there.

use std::time::{Duration, Instant};

use argus_tests::http::{get, once};
use argus_tests::program::Server;
use serde_json::json;

use crate::installation::{Installation, by_build, is_revoked};
use crate::postgres::PostgresServer;

#[tokio::test(flavor = "multi_thread")]
async fn decisions_outlast_a_short_outage_and_end_in_a_long_one() {
    let Some(mut postgres) = PostgresServer::start() else { return };
    let database = postgres.new_database();
    // A release build is tested with the bound that holds where nothing is set.
    let (bound, setting) = by_build((Duration::from_secs(30), None), (Duration::from_secs(6), Some(6)));
    let installation = Installation::start(&database, setting.map(Duration::from_secs)).await;

    let short = bound * 2 / 3;
    // What is acknowledged a moment before the database goes is kept, whether or not a node has heard of it.
    let stopped = installation.create_reader("stopped-before").await.unwrap();
    let at_once = json!({"reason": "before the outage", "wait_seconds": 0});
    let path = format!("/v1/keys/{}/revoke", stopped.id);
    assert_eq!(installation.administer(&path, &at_once).await.unwrap().status, 200);
    postgres.stop();
    let since = Instant::now();
    let mut said_so = vec![false; installation.deciding.len()];
    while since.elapsed() < short {
        for (node, said_so) in installation.deciding.iter().zip(&mut said_so) {
            assert_eq!(decision(&installation, node).await, "Permit", "after {:?}", since.elapsed());
            *said_so |= readiness(node).await == (200, "degraded".to_owned());
        }
        let refused = installation.administer("/v1/organisations", &json!({"name": "lost"})).await.unwrap();
        assert_eq!(refused.status, 503, "{}", refused.text());
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    assert!(said_so.iter().all(|said_so| *said_so), "each node says that it goes by what it knew: {said_so:?}");

    postgres.start_again();
    let back = Instant::now();
    wait_until_ready(&installation).await;
    println!("after {short:?} without the database, all nodes were up to date {:?} after its return", back.elapsed());
    for node in &installation.deciding {
        let known = once(node.pdp, &installation.verification(&stopped.secret)).await.unwrap();
        assert!(is_revoked(&known), "{}", known.text());
    }
    let key = installation.create_reader("made-between").await.unwrap();

    let long = bound * 4 / 3;
    postgres.stop();
    let since = Instant::now();
    let mut refused_after = None;
    while since.elapsed() < long {
        for node in &installation.deciding {
            let (decision, elapsed) = (decision(&installation, node).await, since.elapsed());
            if elapsed < bound.saturating_sub(Duration::from_secs(2)) {
                assert_eq!(decision, "Permit", "after {elapsed:?}");
            }
            if elapsed > bound + Duration::from_secs(2) {
                assert_eq!(decision, "503", "after {elapsed:?}");
                assert_eq!(readiness(node).await, (503, "not_ready".to_owned()));
                let refused = installation.administer("/v1/organisations", &json!({"name": "lost"})).await.unwrap();
                assert_eq!(refused.status, 503, "{}", refused.text());
            }
            if decision == "503" {
                refused_after.get_or_insert(elapsed);
            }
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    println!("with a bound of {bound:?}, keys were refused from {refused_after:?} on");

    postgres.start_again();
    wait_until_ready(&installation).await;
    for node in &installation.deciding {
        assert_eq!(decision(&installation, node).await, "Permit");
        let known = once(node.pdp, &installation.verification(&key.secret)).await.unwrap();
        assert!(known.text().contains("\"Permit\""), "{}", known.text());
    }
    let revoked = installation.administer(&format!("/v1/keys/{}/revoke", key.id), &json!({"reason": "a test"})).await;
    assert_eq!(revoked.unwrap().status, 200);
    tokio::time::sleep(Duration::from_secs(1)).await;
    for node in &installation.deciding {
        assert!(is_revoked(&once(node.pdp, &installation.verification(&key.secret)).await.unwrap()));
    }
    assert_acts_are_told(
        &installation,
        &[(&stopped.id, "key.revoked"), (&key.id, "key.created"), (&key.id, "key.revoked")],
    )
    .await;
}

/// Each act that was acknowledged is in the audit once, and none that was refused.
async fn assert_acts_are_told(installation: &Installation, acts: &[(&String, &str)]) {
    let asked = String::from_utf8(get("/v1/audit?limit=200")).unwrap();
    let key = &installation.administration.key;
    let asked = asked.replace("\r\n\r\n", &format!("\r\nAuthorization: Bearer {key}\r\n\r\n"));
    let told = once(installation.administration.pap, asked.as_bytes()).await.unwrap();
    let told = told.json().unwrap();
    let entries = told["items"].as_array().unwrap();
    for (id, event) in acts {
        let of_it = entries.iter().filter(|entry| entry["event"] == *event && entry["target"]["id"] == id.as_str());
        assert_eq!(of_it.count(), 1, "{event} of {id}: {told}");
    }
    assert!(!told.to_string().contains("\"lost\""), "what was answered with 503 did not happen");
}

/// The decision about the reader's key, or the status where there is none.
async fn decision(installation: &Installation, node: &Server) -> String {
    let answer = once(node.pdp, &installation.verification(&installation.keys.reader)).await.unwrap();
    let decision = answer.json().ok().and_then(|answer| answer["decision"].as_str().map(str::to_owned));
    decision.unwrap_or_else(|| answer.status.to_string())
}

async fn readiness(node: &Server) -> (u16, String) {
    let answer = once(node.pdp, &get("/readyz")).await.unwrap();
    (answer.status, answer.json().unwrap()["status"].as_str().unwrap().to_owned())
}

async fn wait_until_ready(installation: &Installation) {
    let until = Instant::now() + Duration::from_secs(20);
    for node in &installation.deciding {
        while readiness(node).await != (200, "ready".to_owned()) {
            assert!(Instant::now() < until, "a node is not ready 20 s after the database came back");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    while installation.administer("/v1/organisations", &json!({"name": "acme"})).await.unwrap().status != 409 {
        assert!(Instant::now() < until, "the administration is not back");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
