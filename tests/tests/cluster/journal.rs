//! Durable keys on nodes that share a database: each node has a journal of its own, and what a killed one has answered is
//! counted when it is back.

use std::path::Path;
use std::time::{Duration, Instant};

use argus_tests::http::{Connection, once};
use argus_tests::program::{Server, stdout};
use serde_json::{Value, json};

use crate::installation::Installation;
use crate::limits::question;
use crate::postgres::PostgresServer;

const LONG: Duration = Duration::from_mins(1);

const QUOTA: u64 = 1_000_000;

fn start(installation: &Installation, database: &str, name: &str) -> Server {
    let journal = installation.folder().join(name).join("journal");
    let node = Server::start_node(&installation.folder().join(name), "pdp", database, |command| {
        command.env("ARGUS_ISSUER", installation.issuer()).env("ARGUS_LIMITS_MODE", "local");
        command.env("ARGUS_JOURNAL", journal);
    });
    node.unwrap()
}

fn has_segments(folder: &Path) -> bool {
    let mut names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    names.any(|name| name.to_string_lossy().ends_with(".journal"))
}

/// Requests of the key, by minutes: a test may run across the end of one.
fn counted(installation: &Installation) -> u64 {
    let arguments = ["usage", "acme", "--by", "key", "--granularity", "minute", "--output", "json"];
    let list: Value = serde_json::from_str(&stdout(&installation.administration.argus(&arguments)).unwrap()).unwrap();
    let of_key = list["items"].as_array().unwrap().iter().filter(|line| line["group"] == "acme/atlas/durable");
    of_key.map(|line| line["requests"].as_u64().unwrap()).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_node_has_answered_of_a_durable_key_is_counted_when_it_is_back() {
    let Some(postgres) = PostgresServer::start() else { return };
    let database = postgres.new_database();
    let installation = Installation::start_with(&database, None, &[("ARGUS_LIMITS_MODE", "local")]).await;
    let quota = json!({"name": "yearly", "strategy": "quota", "limit": QUOTA, "window_seconds": 365 * 86_400});
    let asked = json!({"organisation": "acme", "project": "atlas", "name": "durable", "durable": true,
                       "scopes": ["acme/atlas/evidence:read"], "limits": [quota]});
    let made = installation.administer("/v1/keys", &asked).await.unwrap().json().unwrap();
    let secret = made["secret"].as_str().unwrap().to_owned();
    let request = |cost| question(&installation.keys, &secret, cost);

    // Without a journal nothing of it is answered.
    let without = &installation.deciding[0];
    let since = Instant::now();
    let problem = loop {
        let answer = once(without.pdp, &request(1)).await.unwrap();
        // Before it knows the key it denies.
        if answer.status != 200 {
            break answer.json().unwrap();
        }
        assert_eq!(answer.json().unwrap()["decision"], "Deny");
        assert!(since.elapsed() < LONG, "the key is not known");
    };
    assert_eq!(problem["type"], "urn:argus:problem:journal-away", "{problem:#}");
    assert!(problem["help"].as_str().unwrap().contains("--journal"), "{problem:#}");

    let [mut killed, other] = ["killed", "other"].map(|name| start(&installation, &database, name));
    let mut answered = 0;
    for node in [&killed, &other] {
        let mut connection = Connection::open(node.pdp).await.unwrap();
        for _ in 0..200 {
            assert_eq!(connection.send(&request(1)).await.unwrap().json().unwrap()["decision"], "Permit");
            answered += 1;
        }
    }
    // To the last moment, and past the last time that the journal was counted.
    let mut connection = Connection::open(killed.pdp).await.unwrap();
    let folder = installation.folder().join("killed/journal");
    let since = Instant::now();
    while since.elapsed() < Duration::from_secs(1) || !has_segments(&folder) {
        assert_eq!(connection.send(&request(1)).await.unwrap().json().unwrap()["decision"], "Permit");
        answered += 1;
    }
    killed.kill().unwrap();
    assert!(has_segments(&folder), "something is left to be counted");
    let killed = start(&installation, &database, "killed");
    other.terminate().unwrap();
    assert_eq!(counted(&installation), answered);
    let left = once(killed.pdp, &request(0)).await.unwrap().json().unwrap();
    let remaining = left["limits"][0]["remaining"].as_u64().unwrap_or_else(|| panic!("{left:#}"));
    println!("{answered} uses of two nodes, of which one was killed: {} of the quota are used", QUOTA - remaining);
    assert!(QUOTA - remaining <= answered, "nothing is counted twice");
    // What the other wrote as it was stopped is learnt with the next use that is written.
    let since = Instant::now();
    let mut used_since = 0;
    loop {
        let answer = once(killed.pdp, &request(1)).await.unwrap().json().unwrap();
        used_since += 1;
        let remaining = answer["limits"][0]["remaining"].as_u64().unwrap_or_else(|| panic!("{answer:#}"));
        if QUOTA - remaining == answered + used_since {
            break;
        }
        assert!(QUOTA - remaining < answered + used_since, "nothing is counted twice");
        assert!(since.elapsed() < LONG, "what the other node used is not learnt: {answer:#}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
