//! What one node lets through of a quota, the others learn, and so does a node that starts.

use std::time::{Duration, Instant};

use argus_tests::flood::counter;
use argus_tests::http::once;
use argus_tests::program::Server;
use serde_json::json;

use crate::installation::Installation;
use crate::limits::question;
use crate::postgres::PostgresServer;

const LONG: Duration = Duration::from_mins(1);

async fn wait_until_written(node: &Server) {
    let since = Instant::now();
    while counter(node, "argus_quota_uses_unwritten").await.unwrap() > 0 {
        assert!(since.elapsed() < LONG, "what was used is not written");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_learn_what_the_others_let_through_of_a_quota() {
    let Some(postgres) = PostgresServer::start() else { return };
    let database = postgres.new_database();
    let mut installation = Installation::start_with(&database, None, &[("ARGUS_LIMITS_MODE", "local")]).await;
    let quota = json!({"name": "yearly", "strategy": "quota", "limit": 100, "window_seconds": 365 * 86_400});
    let asked = json!({"organisation": "acme", "project": "atlas", "name": "limited",
                       "scopes": ["acme/atlas/evidence:read"], "limits": [quota]});
    let made = installation.administer("/v1/keys", &asked).await.unwrap().json().unwrap();
    let secret = made["secret"].as_str().unwrap().to_owned();
    let request = |cost| question(&installation.keys, &secret, cost);
    let [looks, takes] = [request(0), request(10)];
    let remaining = async |node: &Server, request: &[u8]| {
        let answer = once(node.pdp, request).await.unwrap().json().unwrap();
        answer["limits"][0]["remaining"].as_u64().unwrap_or_else(|| panic!("{answer:#}"))
    };
    let [one, other] = [installation.deciding.remove(0), installation.deciding.remove(0)];
    for node in [&one, &other] {
        installation.wait_until_permitted(node, &looks).await;
    }
    for left in [90, 80, 70] {
        assert_eq!(remaining(&one, &takes).await, left);
    }
    wait_until_written(&one).await;
    // It has not looked yet; with its own first use it does.
    assert_eq!(remaining(&other, &takes).await, 90);
    wait_until_written(&other).await;
    assert_eq!(remaining(&other, &looks).await, 60);
    assert_eq!(remaining(&one, &takes).await, 60);
    wait_until_written(&one).await;
    assert_eq!(remaining(&one, &looks).await, 50);

    // A node that starts knows from the first request on.
    let joined = Server::start_node(&installation.folder().join("joined"), "pdp", &database, |command| {
        command.env("ARGUS_ISSUER", installation.issuer()).env("ARGUS_LIMITS_MODE", "local");
    });
    let joined = joined.unwrap();
    assert_eq!(remaining(&joined, &looks).await, 50);
}
