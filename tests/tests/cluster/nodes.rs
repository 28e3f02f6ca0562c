//! Who the nodes are, how far each has come, and an answer that waits for all of them.

use std::time::{Duration, Instant};

use argus_tests::http::once;
use argus_tests::program::stdout;
use serde_json::{Value, json};

use crate::installation::{Installation, is_revoked};
use crate::postgres::PostgresServer;

fn status(installation: &Installation, output: &str) -> String {
    let node = &installation.deciding[0];
    let address = format!("http://{}", node.pdp);
    let asked = ["status", "--pdp-url", &address, "--output", output];
    stdout(&installation.administration.argus(&asked)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_is_answered_when_every_node_refuses_the_key_or_names_those_that_do_not_yet() {
    let Some(postgres) = PostgresServer::start() else { return };
    let database = postgres.new_database();
    let mut installation = Installation::start(&database, None).await;

    let shown: Value = serde_json::from_str(&status(&installation, "json")).unwrap();
    let nodes = shown["nodes"]["items"].as_array().unwrap();
    let roles: Vec<_> = nodes.iter().map(|node| node["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["pap", "pdp", "pdp", "pdp"], "{shown:#}");
    assert!(nodes.iter().all(|node| node["state"] == "live"), "{shown:#}");
    assert_eq!(shown["revocation_bound_seconds"], 30);
    let words = status(&installation, "human");
    assert!(words.contains("revocation      in force everywhere after 30 s at most"), "{words}");
    for node in &installation.deciding {
        assert!(words.contains(&format!("{}  pdp, live: change ", node.pdp)), "{words}");
    }

    // The database is elsewhere, and so is the master key: what is signed of the audit is written beside them all the same.
    let outside = installation.folder().join("administration/audit-checkpoints.jsonl");
    let signed = std::fs::read_to_string(outside).unwrap();
    assert!(signed.contains("\"signature\""), "{signed}");

    for n in 0..5 {
        let key = installation.create_reader(&format!("waited-for-{n}")).await.unwrap();
        let asked = json!({"reason": "a test", "wait_seconds": 20});
        let revoked = installation.administer(&format!("/v1/keys/{}/revoke", key.id), &asked).await.unwrap();
        let told = revoked.json().unwrap();
        assert_eq!(
            (&told["applied_by"], &told["decision_points"], &told["behind"]),
            (&3.into(), &3.into(), &json!([]))
        );
        println!("answered after {} ms", told["applied_after_milliseconds"]);
        for node in &installation.deciding {
            let refused = once(node.pdp, &installation.verification(&key.secret)).await.unwrap();
            assert!(is_revoked(&refused), "not refused by the time of the answer: {}", refused.text());
        }
    }

    // One that was killed can't say that it decides no more: it may be cut off, and go on.
    let lost = installation.deciding.remove(1);
    let address = lost.pdp.to_string();
    drop(lost);
    let key = installation.create_reader("one-is-missing").await.unwrap();
    let asked = json!({"reason": "a test", "wait_seconds": 1});
    let since = Instant::now();
    let revoked = installation.administer(&format!("/v1/keys/{}/revoke", key.id), &asked).await.unwrap();
    assert!(since.elapsed() >= Duration::from_secs(1) && revoked.status == 200, "{}", revoked.text());
    let told = revoked.json().unwrap();
    assert_eq!((&told["applied_by"], &told["decision_points"]), (&2.into(), &3.into()), "{told:#}");
    assert_eq!(told["behind"].as_array().unwrap().len(), 1, "{told:#}");
    assert_eq!(told["behind"][0]["address"], address.as_str());
    // Whatever else stops a key waits in the same way.
    let key = installation.create_reader("stopped-otherwise").await.unwrap();
    installation.create_reader("stopped-with-all").await.unwrap();
    let credentials = format!("/v1/keys/{}/credentials", key.id);
    let added = json!({"kind": "certificate", "san_dns": "client.acme.example"});
    let added = installation.administer(&credentials, &added).await.unwrap().json().unwrap();
    let credential = format!("{credentials}/{}/revoke", added["id"].as_str().unwrap());
    for (path, asked) in [
        (credential, json!({})),
        (format!("/v1/keys/{}/rotate", key.id), json!({"emergency": true})),
        ("/v1/signing-keys/rotate".to_owned(), json!({"emergency": true})),
        (format!("/v1/keys/{}/suspend", key.id), json!({"wait_seconds": 1})),
        ("/v1/leaks".to_owned(), json!({"keys": [key.secret], "source": "a test", "wait_seconds": 1})),
        ("/v1/keys/revoke".to_owned(), json!({"organisation": "acme", "project": "atlas", "wait_seconds": 1})),
    ] {
        let since = Instant::now();
        let told = installation.administer(&path, &asked).await.unwrap().json().unwrap();
        assert!(since.elapsed() >= Duration::from_secs(1), "{told:#}");
        // A rotated key has it beside what else is told of its rotation.
        let told = told.get("rotation").unwrap_or(&told);
        assert_eq!((&told["applied_by"], &told["decision_points"]), (&2.into(), &3.into()), "{told:#}");
        assert_eq!(told["behind"][0]["address"], address.as_str(), "{told:#}");
    }
    let key = installation.create_reader("asked-by-command").await.unwrap();
    let command = installation.administration.argus(&["key", "revoke", &key.id, "--yes", "--wait", "1"]);
    let words = String::from_utf8(command.stdout).unwrap();
    assert_eq!(command.status.code(), Some(1), "{words}");
    assert!(words.contains("revoked; applied by 2 of 3 decision points"), "{words}");
    assert!(words.contains(&format!("not yet by {address}, heard of ")), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_stopped_says_that_it_decides_no_more() {
    let Some(postgres) = PostgresServer::start() else { return };
    let database = postgres.new_database();
    let mut installation = Installation::start(&database, None).await;
    installation.deciding.remove(0).terminate().unwrap();
    let key = installation.create_reader("two-are-left").await.unwrap();
    let asked = json!({"reason": "a test", "wait_seconds": 20});
    let revoked = installation.administer(&format!("/v1/keys/{}/revoke", key.id), &asked).await.unwrap();
    let told = revoked.json().unwrap();
    assert_eq!((&told["applied_by"], &told["decision_points"]), (&2.into(), &2.into()), "{told:#}");
}
