//! A node that only decides carries out what its policies demand, and every other node refuses the key.

use std::time::Duration;

use argus_tests::http::{Connection, once};
use argus_tests::program::{Server, promised};
use argus_tests::trap::{TRAPPED, policies_with_trap};
use serde_json::json;

use crate::installation::{Installation, ask_until_revoked};
use crate::postgres::PostgresServer;

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_a_deciding_node_has_revoked_is_refused_by_all_within_a_second() {
    let Some(postgres) = PostgresServer::start() else { return };
    let database = postgres.new_database();
    let installation = Installation::start(&database, None).await;
    let folder = tempfile::tempdir().unwrap();
    let policies = policies_with_trap(folder.path()).unwrap();
    let node = Server::start_node(&installation.folder().join("trapping"), "pdp", &database, |command| {
        command.env("ARGUS_POLICIES", &policies);
    })
    .unwrap();
    let free = installation.verification(&installation.keys.reader);
    installation.wait_until_permitted(&node, &free).await;
    let mut connections = Vec::new();
    for other in installation.deciding.iter().chain([&node]) {
        connections.push(Connection::open(other.pdp).await.unwrap());
    }
    let body = json!({"credential": installation.keys.reader, "action": "read", "resource": TRAPPED});
    let trapped = installation.keys.verification(&body);
    let answer = once(node.pdp, &trapped).await.unwrap();
    assert_eq!(answer.json().unwrap()["decision"], "Deny", "{}", answer.text());
    for connection in &mut connections {
        let waited = ask_until_revoked(connection, &free, promised(Duration::from_secs(1))).await;
        println!("from the decision to the refusal, node after node: {waited:?}");
    }
}
