//! A key's usage is there within two seconds of its first use, permitted or not, and `argus usage` shows it. A server
//! that is killed loses of it what it decided within a second.

use std::time::{Duration, Instant};

use argus_tests::http::{once, post};
use argus_tests::program::{Server, promised, stdout};
use argus_tests::walk::Keys;
use serde_json::{Value, json};

use crate::killed::Killed;

/// How soon a use is to be seen.
const FRESH: Duration = Duration::from_secs(2);

async fn administer(server: &Server, path: &str, body: &Value) -> Value {
    let request = post(path, "application/json", Some(&server.key), body.to_string().as_bytes());
    let answer = once(server.pap, &request).await.unwrap();
    assert!((200..300).contains(&answer.status), "{path}: {} {}", answer.status, answer.text());
    answer.json().unwrap()
}

async fn verify(server: &Server, keys: &Keys, secret: &str, action: &str) -> Value {
    once(server.pdp, &verification(keys, secret, action)).await.unwrap().json().unwrap()
}

fn verification(keys: &Keys, secret: &str, action: &str) -> Vec<u8> {
    let body = json!({"credential": secret, "action": action, "resource": "acme/atlas/evidence/1", "cost": 3,
                      "context": {"ip": "203.0.113.7"}});
    keys.verification(&body)
}

fn usage(server: &Server, arguments: &[&str]) -> String {
    stdout(&server.argus(&[&["usage", "acme"], arguments].concat())).unwrap()
}

/// The line of a group, as soon as it is there.
fn wait_for(server: &Server, by: &str, group: &str) -> Value {
    let since = Instant::now();
    loop {
        let list: Value = serde_json::from_str(&usage(server, &["--by", by, "--output", "json"])).unwrap();
        let found = list["items"].as_array().unwrap().iter().find(|line| line["group"] == group);
        if let Some(found) = found {
            return found.clone();
        }
        assert!(since.elapsed() < promised(FRESH), "no usage of {group} after {:?}: {list:#}", since.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_use_of_a_key_is_counted_within_two_seconds_also_where_it_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("data")).unwrap();
    let keys = Keys::create(&server).await.unwrap();
    for (name, action, is_suspended, reason) in [
        ("permitted", "read", false, "none"),
        ("denied", "write", false, "scope_missing"),
        ("suspended", "read", true, "credential_suspended"),
    ] {
        let asked =
            json!({"organisation": "acme", "project": "atlas", "name": name, "scopes": ["acme/atlas/evidence:read"]});
        let made = administer(&server, "/v1/keys", &asked).await;
        if is_suspended {
            let path = format!("/v1/keys/{}/suspend", made["id"].as_str().unwrap());
            administer(&server, &path, &json!({})).await;
        }
        let answer = verify(&server, &keys, made["secret"].as_str().unwrap(), action).await;
        assert_eq!(answer["reason"].as_str().unwrap_or("none"), reason, "{answer}");
        let line = wait_for(&server, "key", &format!("acme/atlas/{name}"));
        let counts = ["requests", "permits", "denials", "cost", "addresses", "resources"].map(|name| &line[name]);
        let expected = if reason == "none" { [1, 1, 0, 3, 1, 1] } else { [1, 0, 1, 0, 1, 1] };
        assert_eq!(counts, expected, "{line}");
        assert_eq!((line["key_id"].as_str(), &line["errors"]), (made["id"].as_str(), &json!(0)));
        wait_for(&server, "reason", reason);
    }

    let shown = usage(&server, &["--by", "reason"]);
    let bar = "#".repeat(20);
    assert!(shown.lines().any(|line| line.contains("scope_missing") && line.contains(&bar)), "{shown}");
    assert!(shown.ends_with("3 decisions: 1 permitted, 2 denied, 0 errors\n"), "{shown}");
    assert_eq!(usage(&server, &["--before", "2020-01-01T00:00:00Z"]), "nothing was decided in this time\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_reserved_costs_what_it_was_settled_for() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("data")).unwrap();
    let keys = Keys::create(&server).await.unwrap();
    let ask = async |path: &str, body: Value| -> Value {
        let body = body.to_string();
        let request = post(path, "application/json", Some(&keys.enforcement_point), body.as_bytes());
        let answer = once(server.pdp, &request).await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json().unwrap()
    };
    let verify = async |action: &str, more: Value| {
        let mut body = json!({"credential": keys.reader, "action": action, "resource": "acme/atlas/evidence/1"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        ask("/v1/verify", body).await
    };
    // One that is not reserved, one denied, one that comes to all of it, to less, to nothing, and one that nobody settles.
    verify("read", json!({"cost": 100})).await;
    verify("write", json!({"cost": 50, "reserve_seconds": 60})).await;
    for came_to in [500, 130, 0] {
        let reserved = verify("read", json!({"cost": 500, "reserve_seconds": 60})).await;
        assert!(reserved["settle_by"].is_string(), "{reserved}");
        ask("/v1/settle", json!({"decision_id": reserved["decision_id"], "cost": came_to})).await;
    }
    verify("read", json!({"cost": 500, "reserve_seconds": 60})).await;
    let since = Instant::now();
    let cost = |by: &str, group: &str| -> (Value, Value) {
        let list: Value = serde_json::from_str(&usage(&server, &["--by", by, "--output", "json"])).unwrap();
        let found = list["items"].as_array().unwrap().iter().find(|line| line["group"] == group).cloned();
        found.map(|line| (line["requests"].clone(), line["cost"].clone())).unwrap_or_default()
    };
    // All are counted at once, what was settled among them.
    while cost("key", "acme/atlas/reader") != (json!(6), json!(730)) {
        assert!(since.elapsed() < Duration::from_secs(10), "{:?}", cost("key", "acme/atlas/reader"));
    }
    assert_eq!(cost("action", "read"), (json!(5), json!(730)));
    assert_eq!(cost("reason", "scope_missing"), (json!(1), json!(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_of_several_whose_one_result_fails_is_counted_as_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("data")).unwrap();
    let keys = Keys::create(&server).await.unwrap();
    let category = |id: &str, attribute: &str, value: &str| json!([{"Id": id, "Attribute": [{"AttributeId": attribute, "Value": value}]}]);
    let body = json!({"Request": {
        "AccessSubject": category("s", "urn:argus:attribute:credential", &keys.reader),
        "Action": category("a", "urn:oasis:names:tc:xacml:1.0:action:action-id", "read"),
        "Resource": category("r", "urn:oasis:names:tc:xacml:1.0:resource:resource-id", "acme/atlas/evidence/1"),
        "MultiRequests": {"RequestReference": [{"ReferenceId": ["s", "a", "r"]}, {"ReferenceId": ["s", "a", "nowhere"]}]},
    }});
    let request = post("/pdp", "application/xacml+json", Some(&keys.enforcement_point), body.to_string().as_bytes());
    let answer = once(server.pdp, &request).await.unwrap().json().unwrap();
    let decisions: Vec<_> = answer["Response"].as_array().unwrap().iter().map(|result| &result["Decision"]).collect();
    assert_eq!(decisions, ["Permit", "Indeterminate"], "{answer}");
    let line = wait_for(&server, "key", "acme/atlas/reader");
    assert_eq!(["requests", "permits", "errors"].map(|name| &line[name]), [2, 1, 1], "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_counted_is_written_when_the_server_is_stopped_and_nothing_is_counted_where_it_is_off() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(&data).unwrap();
    let (key, keys) = (server.key.clone(), Keys::create(&server).await.unwrap());
    for _ in 0..50 {
        assert_eq!(verify(&server, &keys, &keys.reader, "read").await["decision"], "Permit");
    }
    let watched_since = |server: &Server| -> Value {
        let advice = stdout(&server.argus(&["key", "advise", "acme/atlas/gate", "--output", "json"])).unwrap();
        let advice: Value = serde_json::from_str(&advice).unwrap();
        if advice["watched_since"].is_null() {
            assert_eq!((&advice["command"], &advice["scopes"][0]["uses"]), (&Value::Null, &Value::Null), "{advice:#}");
        }
        advice["acts_watched_since"].clone()
    };
    assert!(watched_since(&server).is_string());
    server.terminate().unwrap();

    let mut server = Server::start_with(&data, |command| {
        command.env("ARGUS_USAGE", "off");
    })
    .unwrap();
    server.key = key;
    assert_eq!(verify(&server, &keys, &keys.reader, "read").await["decision"], "Permit");
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    assert_eq!(wait_for(&server, "key", "acme/atlas/reader")["requests"], 50);
    // What was not counted meanwhile may have been used.
    assert_eq!(watched_since(&server), Value::Null);
    let key = server.key.clone();
    server.terminate().unwrap();
    let mut server = Server::start(&data).unwrap();
    server.key = key;
    assert!(watched_since(&server).is_string());
}

/// Requests of a key, and what they cost, by minutes: a test may run across the end of one.
fn counted(server: &Server, key: &str) -> (usize, usize) {
    let list = usage(server, &["--by", "key", "--granularity", "minute", "--output", "json"]);
    let list: Value = serde_json::from_str(&list).unwrap();
    assert_eq!(list["next_cursor"], Value::Null, "{list:#}");
    let lines: Vec<_> = list["items"].as_array().unwrap().iter().filter(|line| line["group"] == key).collect();
    let sum = |name: &str| -> u64 { lines.iter().map(|line| line[name].as_u64().unwrap()).sum() };
    (usize::try_from(sum("requests")).unwrap(), usize::try_from(sum("cost")).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_in_the_midst_of_the_load_loses_no_more_than_a_second_of_usage() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut server = Server::start(&data).unwrap();
    let keys = Keys::create(&server).await.unwrap();
    let restart = |key: String| {
        let mut server = Server::start(&data).unwrap();
        server.key = key;
        server
    };
    let mut before = 0;
    for round in 0..3 {
        let request = verification(&keys, &keys.reader, "read");
        let killed = Killed::under_load(&mut server, &request, Duration::from_millis(2_000 + 350 * round)).await;
        server = restart(server.key.clone());
        let (requests, cost) = counted(&server, "acme/atlas/reader");
        assert_eq!(cost, 3 * requests, "of what is counted, all is");
        killed.assert_found(requests - before);
        before = requests;
    }
    // A start that nothing is asked of counts nothing again.
    server.kill().unwrap();
    let server = restart(server.key.clone());
    assert_eq!(counted(&server, "acme/atlas/reader").0, before);
}
