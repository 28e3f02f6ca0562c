//! A policy of an organisation has a key revoked: the real program, with the policy in its folder.

use std::time::Duration;

use argus_tests::http::Connection;
use argus_tests::program::{Server, promised, stdout};
use argus_tests::trap::{REASON, TRAPPED, policies_with_trap};
use argus_tests::walk::Keys;
use serde_json::{Value, json};

#[tokio::test]
async fn a_key_that_touches_what_a_policy_has_trapped_is_refused_everywhere_within_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let policies = policies_with_trap(folder.path()).unwrap();
    let server = Server::start_with(&folder.path().join("data"), |command| {
        command.env("ARGUS_POLICIES", &policies);
    })
    .unwrap();
    let keys = Keys::create(&server).await.unwrap();
    let ask = |resource: &str| {
        let body = json!({"credential": keys.reader, "action": "read", "resource": resource});
        keys.verification(&body)
    };
    let mut connection = Connection::open(server.pdp).await.unwrap();
    let free = connection.send(&ask("acme/atlas/evidence/1")).await.unwrap();
    assert_eq!(free.json().unwrap()["decision"], "Permit", "{}", free.text());
    let trapped = connection.send(&ask(TRAPPED)).await.unwrap().json().unwrap();
    let since = tokio::time::Instant::now();
    assert_eq!(trapped["decision"], "Deny");
    assert_eq!(trapped["obligations"][0]["Id"], "urn:argus:obligation:revoke-key");
    let by = json!({"AttributeId": "urn:argus:attribute:carried-out-by", "Value": "argus"});
    assert_eq!(trapped["obligations"][0]["AttributeAssignment"][1], by);

    loop {
        let answer = connection.send(&ask("acme/atlas/evidence/1")).await.unwrap().json().unwrap();
        if answer["reason"] == "credential_revoked" {
            assert!(answer["detail"].as_str().unwrap().contains(REASON), "{answer}");
            break;
        }
        assert!(since.elapsed() < promised(Duration::from_secs(1)), "{answer}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    println!("from the decision to the refusal: {:?}", since.elapsed());
    let shown = stdout(&server.argus(&["key", "show", "acme/atlas/reader", "--output", "json"])).unwrap();
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!((&shown["revoked_cause"], &shown["revoked_reason"]), (&json!("policy"), &json!(REASON)));
}
