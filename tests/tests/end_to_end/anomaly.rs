//! A leaked key: used from many addresses at once, it is told of within seconds, and suspended where the policy says so.

use std::time::{Duration, Instant};

use argus_insight::anomaly::{Network, Observation, Settings, Surroundings, Watch};
use argus_store::{KeyId, Store, anomaly};
use argus_tests::http::{once, post};
use argus_tests::program::{Server, stdout};
use argus_tests::walk::Keys;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::mail::{MailServer, certified};
use crate::notices::{OBLIGATION, Webhook, asked};

/// What a webhook answers that has taken a notice.
const TAKEN: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

/// From the first use of the thief to the suspension: two seconds, and what a busy machine needs.
const IN_TIME: Duration = Duration::from_secs(20);

async fn ask(server: &Server, path: &str, key: &str, body: &Value) -> Value {
    let body = body.to_string();
    let address = if path == "/v1/verify" { server.pdp } else { server.pap };
    once(address, &post(path, "application/json", Some(key), body.as_bytes())).await.unwrap().json().unwrap()
}

/// Five weeks of a key that is used by one machine: nobody waits for them in a test.
fn remember(store: &Store, key: KeyId, now: DateTime<Utc>) {
    let (settings, around) = (Settings::default(), Surroundings::default());
    let from = now.timestamp() - 35 * 86_400;
    let mut watch = Watch::new(from);
    for hour in 0..35 * 24 {
        let home = Network { address: "192.0.2.1", ..Network::default() };
        let seen = Observation { count: 40, ..Observation::permitted(from + hour * 3_600, "evidence", "read", home) };
        watch.observe(&seen, &around, &settings);
    }
    let memory = STANDARD.encode(watch.to_bytes().unwrap());
    store.write_aside(|conn| anomaly::save_watch(conn, key, &memory, now)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leaked_key_is_told_of_and_suspended_by_policy() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(&data).unwrap();
    let (root, keys) = (server.key.clone(), Keys::create(&server).await.unwrap());
    let body =
        json!({"organisation": "acme", "project": "atlas", "name": "leaked", "scopes": ["acme/atlas/evidence:read"]});
    let made = ask(&server, "/v1/keys", &root, &body).await;
    let (id, secret) = (made["id"].as_str().unwrap().to_owned(), made["secret"].as_str().unwrap().to_owned());
    stdout(&server.argus(&["org", "update", "acme", "--respond", "suspend:critical:shared-key"])).unwrap();
    server.terminate().unwrap();
    let store = Store::open(data.join("argus.db").as_path()).unwrap();
    remember(&store, id.parse().unwrap(), Utc::now());
    drop(store);

    // Told by both ways: by e-mail over STARTTLS, and by webhook.
    let (hook, mail) = (Webhook::start(TAKEN.to_owned()), MailServer::start(Some(certified(folder.path()))));
    let mut server = Server::start_with(&data, |command| {
        command.env("ARGUS_WEBHOOK_PLAIN_HTTP", "true").env("ARGUS_SMTP_URL", mail.url());
        command.env("ARGUS_SMTP_FROM", "argus@acme.example").env("ARGUS_SMTP_CA_FILE", folder.path().join("ca.pem"));
    })
    .unwrap();
    server.key = root;
    for contact in [["--email", "security@acme.example"], ["--webhook", &hook.url()]] {
        asked(&server, &[&["contact", "create", "acme"], &contact[..]].concat());
    }
    let use_from = async |address: String| {
        let body = json!({"credential": secret, "action": "read", "resource": "acme/atlas/evidence/1",
                          "context": {"ip": address}});
        ask(&server, "/v1/verify", &keys.enforcement_point, &body).await
    };
    assert_eq!(use_from("192.0.2.1".to_owned()).await["decision"], "Permit");
    let since = Instant::now();
    for n in 0..80 {
        use_from(format!("203.0.113.{n}")).await;
    }
    while use_from("192.0.2.1".to_owned()).await["reason"] != "credential_suspended" {
        assert!(since.elapsed() < IN_TIME, "it is not suspended after {:?}", since.elapsed());
    }
    println!("suspended {:?} after the first use by the thief", since.elapsed());
    let list = ["anomaly", "list", "acme", "--detector", "shared-key", "--output", "json"];
    let list: Value = serde_json::from_str(&stdout(&server.argus(&list)).unwrap()).unwrap();
    let found = &list["items"][0];
    assert_eq!(
        (&found["key_id"], &found["severity"], &found["response"]),
        (&json!(id), &json!("critical"), &json!("suspend"))
    );
    let shown = stdout(&server.argus(&["anomaly", "show", found["id"].as_str().unwrap()])).unwrap();
    assert!(shown.contains("done about it: suspend\n") && shown.contains("addresses within an hour"), "{shown}");
    let audit =
        stdout(&server.argus(&["audit", "list", "acme", "--event", "key.suspended", "--output", "json"])).unwrap();
    assert!(audit.contains("detected threat: "), "{audit}");
    let told = stdout(&server.argus(&["outbox", "list", "acme", "--output", "json"])).unwrap();
    assert!(told.contains("anomaly.detected"), "{told}");

    let told: Value = serde_json::from_str(&told).unwrap();
    let mut notices = told["items"].as_array().unwrap().iter();
    let notice = notices.find(|notice| notice["type"] == "anomaly.detected").unwrap()["id"].as_str().unwrap();
    let is_told = || hook.answered().iter().any(|id| id == notice) && mail.encrypted().contains(notice);
    while !is_told() {
        assert!(since.elapsed() < OBLIGATION, "it is not told by both ways");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    println!("told by e-mail and webhook {:?} after the first use by the thief", since.elapsed());
}
