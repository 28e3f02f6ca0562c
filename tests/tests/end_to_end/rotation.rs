//! A rotation under load: nobody is refused while the grace lasts, and the older secret is at its end.

use std::time::{Duration, SystemTime};

use argus_tests::flood::counter;
use argus_tests::http::{once, post};
use argus_tests::program::{Server, is_release};
use argus_tests::rotation::{Client, Seen, judge_older};
use argus_tests::walk::Keys;
use chrono::DateTime;
use serde_json::{Value, json};

/// Clients on each secret.
const CLIENTS: usize = 2;

/// What a release build answers in a second while a key is rotated.
const PER_SECOND: f64 = 1_000.0;

async fn act(server: &Server, path: &str, body: &Value) -> Value {
    let request = post(path, "application/json", Some(&server.key), body.to_string().as_bytes());
    let answer = once(server.pap, &request).await.unwrap();
    assert!((200..300).contains(&answer.status), "{path}: {} {}", answer.status, answer.text());
    answer.json().unwrap()
}

fn text<'v>(value: &'v Value, member: &str) -> &'v str {
    value[member].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_is_refused_while_a_key_is_rotated_and_the_older_secret_is_within_a_second_of_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("data")).unwrap();
    let keys = Keys::create(&server).await.unwrap();
    let asked = json!({"organisation": "acme", "project": "atlas", "name": "rotated", "scopes": ["acme/atlas:read"]});
    let made = act(&server, "/v1/keys", &asked).await;
    let verification = |secret: &str| {
        let body = json!({"credential": secret, "action": "read", "resource": "acme/atlas/evidence/1",
                          "context": {"ip": "203.0.113.7"}});
        keys.verification(&body)
    };
    let begin = |secret: &str| -> Vec<Client> {
        (0..CLIENTS).map(|_| Client::begin(server.pdp, verification(secret))).collect()
    };
    let begun = SystemTime::now();
    let older = begin(text(&made, "secret"));

    let grace = if is_release() { 5 } else { 3 };
    let path = format!("/v1/keys/{}/rotate", text(&made, "id"));
    let rotated = act(&server, &path, &json!({"grace_seconds": grace})).await;
    let newer = begin(text(&rotated, "secret"));
    let end: SystemTime =
        DateTime::parse_from_rfc3339(text(&rotated["rotation"], "grace_ends_at")).unwrap().to_utc().into();
    assert!(end.duration_since(begun).unwrap() >= Duration::from_secs(grace));

    let mut counts = [0, 0];
    for client in older {
        let seen: Seen = client.until_refused().await.unwrap();
        judge_older(&seen, end).unwrap();
        counts[0] += seen.permitted;
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    for client in newer {
        let seen = client.end().await.unwrap();
        assert_eq!(seen.refused, None, "the newer secret is never refused");
        counts[1] += seen.permitted;
    }
    let [by_older, by_newer] = counts;
    let seconds = begun.elapsed().unwrap().as_secs_f64();
    println!(
        "a rotation with {grace} s of grace: {by_older} requests with the older secret, {by_newer} with the newer, no refusal"
    );
    assert!(by_older > 0 && by_newer > 0);
    if is_release() {
        #[expect(clippy::cast_precision_loss, reason = "thousands")]
        let rate = (by_older + by_newer) as f64 / seconds;
        assert!(rate >= PER_SECOND, "{rate} requests in a second");
    }
    let noted = counter(&server, "argus_uses_while_rotated_total{secret=\"older\"}").await.unwrap();
    assert!(noted > 0 && noted <= by_older, "{noted}");
}

#[tokio::test]
async fn an_emergency_rotation_ends_the_older_secret_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("data")).unwrap();
    let keys = Keys::create(&server).await.unwrap();
    let asked = json!({"organisation": "acme", "project": "atlas", "name": "leaked", "scopes": ["acme/atlas:read"]});
    let made = act(&server, "/v1/keys", &asked).await;
    let path = format!("/v1/keys/{}/rotate", text(&made, "id"));
    let rotated = act(&server, &path, &json!({"emergency": true})).await;
    for (secret, expected) in [(&made, "credential_revoked"), (&rotated, "")] {
        let body = json!({"credential": text(secret, "secret"), "action": "read", "resource": "acme/atlas/evidence/1"});
        let answer = once(server.pdp, &keys.verification(&body)).await.unwrap().json().unwrap();
        assert_eq!(answer["reason"].as_str().unwrap_or_default(), expected);
    }
}
