//! A rotation on three deciding nodes at once.

use std::time::{Duration, SystemTime};

use argus_tests::http::once;
use argus_tests::program::promised;
use argus_tests::rotation::{Client, judge_older};
use chrono::DateTime;
use serde_json::json;

use crate::installation::{Installation, by_build};
use crate::postgres::PostgresServer;

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_refuses_nobody_on_any_node_and_ends_on_all_within_a_second() {
    let Some(postgres) = PostgresServer::start() else { return };
    let installation = Installation::start(&postgres.new_database(), None).await;
    let made = installation.create_reader("rotated").await.unwrap();
    let older = installation.verification(&made.secret);
    for node in &installation.deciding {
        installation.wait_until_permitted(node, &older).await;
    }
    let older: Vec<_> = installation.deciding.iter().map(|node| Client::begin(node.pdp, older.clone())).collect();

    let grace = by_build(5, 4);
    let path = format!("/v1/keys/{}/rotate", made.id);
    let rotated = installation.administer(&path, &json!({"grace_seconds": grace})).await.unwrap().json().unwrap();
    let newer = installation.verification(rotated["secret"].as_str().unwrap());
    let end = DateTime::parse_from_rfc3339(rotated["rotation"]["grace_ends_at"].as_str().unwrap()).unwrap();
    let end: SystemTime = end.to_utc().into();
    let known_by = tokio::time::Instant::now() + promised(Duration::from_secs(1));
    let mut clients = Vec::new();
    for node in &installation.deciding {
        while once(node.pdp, &newer).await.unwrap().json().unwrap()["decision"] != "Permit" {
            assert!(tokio::time::Instant::now() < known_by, "the newer secret isn't known within a second");
        }
        clients.push(Client::begin(node.pdp, newer.clone()));
    }
    let mut counts = [0, 0];
    for client in older {
        let seen = client.until_refused().await.unwrap();
        judge_older(&seen, end).unwrap();
        counts[0] += seen.permitted;
    }
    for client in clients {
        let seen = client.end().await.unwrap();
        assert_eq!(seen.refused, None);
        counts[1] += seen.permitted;
    }
    let [by_older, by_newer] = counts;
    println!("a rotation on 3 nodes: {by_older} requests with the older secret, {by_newer} with the newer, no refusal");
}
