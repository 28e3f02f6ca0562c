//! A use of a durable key that is answered is counted, whatever becomes of the server: once, in usage and in quotas.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::{Duration, Instant};

use argus_tests::flood::counter;
use argus_tests::http::{Connection, once, post};
use argus_tests::program::{Server, stdout};
use argus_tests::walk::{Keys, create};
use serde_json::{Value, json};

/// Longer than any of this takes on a machine that works at all.
const LONG: Duration = Duration::from_mins(1);

/// Clients that ask at the same time.
const CLIENTS: u64 = 4;

const QUOTA: u64 = 1_000_000;

/// What one use costs.
const COST: u64 = 3;

struct Durable {
    keys: Keys,
    secret: String,
    administrator: String,
}

impl Durable {
    /// Makes a durable key with a yearly quota, and one that is derived from it and is none itself.
    async fn create(server: &Server) -> Self {
        let keys = Keys::create(server).await.unwrap();
        let quota = json!({"name": "yearly", "strategy": "quota", "limit": QUOTA, "window_seconds": 365 * 86_400});
        let mut asked = json!({"organisation": "acme", "project": "atlas", "name": "above", "durable": true,
                               "scopes": ["acme/atlas/evidence:read"], "limits": [quota]});
        let above = create(server, "/v1/keys", &asked).await.unwrap();
        assert_eq!(above["durable"], true);
        for (name, value) in
            [("name", json!("durable")), ("durable", json!(false)), ("parent_key_id", above["id"].clone())]
        {
            asked[name] = value;
        }
        let below = create(server, "/v1/keys", &asked).await.unwrap();
        let secret = below["secret"].as_str().unwrap().to_owned();
        Self { keys, secret, administrator: server.key.clone() }
    }

    fn verification(&self, more: &Value) -> Vec<u8> {
        let mut body = json!({"credential": self.secret, "action": "read", "resource": "acme/atlas/evidence/1",
                              "cost": COST, "context": {"ip": "203.0.113.7"}});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.keys.verification(&body)
    }

    async fn verify(&self, server: &Server, more: &Value) -> Value {
        once(server.pdp, &self.verification(more)).await.unwrap().json().unwrap()
    }

    /// Asks with all clients until the server is killed. How many uses were answered.
    async fn until_killed(&self, server: &mut Server, lasts: Duration) -> u64 {
        let answered = Arc::new(AtomicU64::new(0));
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                let (pdp, request, answered) = (server.pdp, self.verification(&json!({})), Arc::clone(&answered));
                tokio::spawn(async move {
                    let mut connection = Connection::open(pdp).await.unwrap();
                    while let Ok(answer) = connection.send(&request).await {
                        assert_eq!(answer.json().unwrap()["decision"], "Permit", "{}", answer.text());
                        answered.fetch_add(1, SeqCst);
                    }
                })
            })
            .collect();
        tokio::time::sleep(lasts).await;
        server.kill().unwrap();
        for client in clients {
            client.await.unwrap();
        }
        answered.load(SeqCst)
    }
}

fn restart(data: &Path, durable: &Durable) -> Server {
    let mut server = Server::start(data).unwrap();
    server.key.clone_from(&durable.administrator);
    server
}

/// Requests of the key, and what they cost, by minutes: a test may run across the end of one.
fn counted(server: &Server) -> (u64, u64) {
    let arguments = ["usage", "acme", "--by", "key", "--granularity", "minute", "--output", "json"];
    let list: Value = serde_json::from_str(&stdout(&server.argus(&arguments)).unwrap()).unwrap();
    let lines: Vec<_> = list["items"].as_array().unwrap().iter().collect();
    let of_key = lines.iter().filter(|line| line["group"] == "acme/atlas/durable");
    let sum = |name: &str| of_key.clone().map(|line| line[name].as_u64().unwrap()).sum();
    (sum("requests"), sum("cost"))
}

/// What is used of the quota, without a use of the quota.
async fn used(server: &Server, durable: &Durable) -> u64 {
    let answer = durable.verify(server, &json!({"cost": 0})).await;
    QUOTA - answer["limits"][0]["remaining"].as_u64().unwrap_or_else(|| panic!("{answer:#}"))
}

fn segments(data: &Path) -> Vec<String> {
    let names = fs::read_dir(data.join("journal")).unwrap().map(|entry| entry.unwrap().file_name());
    names.filter_map(|name| name.into_string().ok()).filter(|name| name.contains(".journal")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_in_the_midst_of_the_load_loses_nothing_that_was_answered_and_counts_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut server = Server::start(&data).unwrap();
    let durable = Durable::create(&server).await;
    let (mut answered, mut in_flight, mut asked_for_used) = (0, 0, 0);
    for round in 0..4 {
        answered += durable.until_killed(&mut server, Duration::from_millis(700 + 350 * round)).await;
        in_flight += CLIENTS;
        assert!(!segments(&data).is_empty(), "something is left to be counted");
        server = restart(&data, &durable);
        // All of it is there from the start on; what nobody was answered may be.
        let (requests, cost) = counted(&server);
        println!("killed after {answered} answers in all: {requests} are counted");
        assert_eq!(cost, (requests - asked_for_used) * COST, "of what is counted, all is");
        assert!((answered..=answered + in_flight).contains(&(requests - asked_for_used)), "{requests} of {answered}");
        assert_eq!(used(&server, &durable).await, cost, "usage and quota tell the same");
        asked_for_used += 1;
        // Else that use would be killed with the next load, and counted all the same.
        let since = Instant::now();
        while counted(&server).0 < requests + 1 {
            assert!(since.elapsed() < LONG, "it is not counted");
        }
    }
    // A start that nothing is asked of counts nothing again, nor is there anything to count.
    let before = counted(&server);
    server.terminate().unwrap();
    assert_eq!(segments(&data), [""; 0]);
    let server = restart(&data, &durable);
    assert_eq!(counted(&server), before);
    assert_eq!(used(&server, &durable).await, before.1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_segment_that_was_counted_and_lies_there_still_is_not_counted_again() {
    let folder = tempfile::tempdir().unwrap();
    let (data, copies) = (folder.path().join("data"), folder.path().join("copies"));
    fs::create_dir(&copies).unwrap();
    let server = Server::start(&data).unwrap();
    let durable = Durable::create(&server).await;
    let copy = |name: &str| fs::copy(data.join("journal").join(name), copies.join(name)).is_ok();
    let mut uses = 0;
    // Before it is counted, which it is within a second.
    let name = loop {
        assert_eq!(durable.verify(&server, &json!({})).await["decision"], "Permit");
        uses += 1;
        match segments(&data).first() {
            Some(name) if copy(name) && fs::metadata(copies.join(name)).unwrap().len() > 0 => break name.clone(),
            _ => assert!(uses < 100, "no segment is there after an answer"),
        }
    };
    server.terminate().unwrap();
    for _ in 0..2 {
        fs::copy(copies.join(&name), data.join("journal").join(&name)).unwrap();
        let server = restart(&data, &durable);
        assert_eq!(segments(&data), [""; 0]);
        assert_eq!(counted(&server), (uses, uses * COST));
        server.terminate().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_reserved_is_settled_for_good_before_the_answer() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut server = Server::start(&data).unwrap();
    let durable = Durable::create(&server).await;
    let reserved = durable.verify(&server, &json!({"cost": 500, "reserve_seconds": 60})).await;
    assert!(reserved["settle_by"].is_string(), "{reserved}");
    let body = json!({"decision_id": reserved["decision_id"], "cost": 130}).to_string();
    let settling = post("/v1/settle", "application/json", Some(&durable.keys.enforcement_point), body.as_bytes());
    assert_eq!(once(server.pdp, &settling).await.unwrap().json().unwrap()["returned"], 370);
    // One that nobody settles stays taken, and costs nothing.
    durable.verify(&server, &json!({"cost": 7, "reserve_seconds": 60})).await;
    server.kill().unwrap();
    let server = restart(&data, &durable);
    assert_eq!(counted(&server), (2, 130));
    assert_eq!(used(&server, &durable).await, 137);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_written_is_not_answered_and_keys_that_are_not_durable_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(&data).unwrap();
    let durable = Durable::create(&server).await;
    assert_eq!(durable.verify(&server, &json!({})).await["decision"], "Permit");
    let (journal, away) = (data.join("journal"), data.join("away"));
    fs::rename(&journal, &away).unwrap();
    // The segment that is open goes on until it is counted.
    let since = Instant::now();
    let refused = loop {
        let answer = once(server.pdp, &durable.verification(&json!({}))).await.unwrap();
        if answer.status != 200 {
            break answer;
        }
        assert!(since.elapsed() < LONG, "uses are answered without a journal");
    };
    let problem = refused.json().unwrap();
    assert_eq!((refused.status, &problem["type"]), (503, &json!("urn:argus:problem:journal-away")), "{problem:#}");
    assert!(refused.header("retry-after").is_some());
    assert!(counter(&server, "argus_journal_write_failures_total").await.unwrap() > 0);
    let body = json!({"credential": durable.keys.reader, "action": "read", "resource": "acme/atlas/evidence/1"});
    let other = durable.keys.verification(&body);
    assert_eq!(once(server.pdp, &other).await.unwrap().json().unwrap()["decision"], "Permit");
    // Who can't present the key has no use of it, and isn't told of the disk.
    let guess = durable.verify(&server, &json!({"credential": "argus_live_guess"})).await;
    assert_eq!(guess["decision"], "Deny", "{guess:#}");
    // What was reserved without an answer is not given back: nothing of it was written.
    let reserving = durable.verification(&json!({"cost": 500, "reserve_seconds": 1}));
    assert_eq!(once(server.pdp, &reserving).await.unwrap().status, 503);
    assert_eq!(counter(&server, "argus_reservations_open").await.unwrap(), 0);
    fs::rename(&away, &journal).unwrap();
    assert_eq!(durable.verify(&server, &json!({})).await["decision"], "Permit");
    assert!(counter(&server, "argus_journal_uses_total").await.unwrap() >= 2);
    server.terminate().unwrap();
    let server = restart(&data, &durable);
    let (requests, cost) = counted(&server);
    assert_eq!((cost, used(&server, &durable).await), (requests * COST, cost));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_for_several_decisions_waits_for_all_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut server = Server::start(&data).unwrap();
    let durable = Durable::create(&server).await;
    let category = |id: &str, attribute: &str, value: &str| json!([{"Id": id, "Attribute": [{"AttributeId": attribute, "Value": value}]}]);
    let one = json!({"ReferenceId": ["s", "a", "r"]});
    let body = json!({"Request": {
        "AccessSubject": category("s", "urn:argus:attribute:credential", &durable.secret),
        "Action": category("a", "urn:oasis:names:tc:xacml:1.0:action:action-id", "read"),
        "Resource": category("r", "urn:oasis:names:tc:xacml:1.0:resource:resource-id", "acme/atlas/evidence/1"),
        "MultiRequests": {"RequestReference": [one, one, {"ReferenceId": ["s", "a", "nowhere"]}]},
    }});
    let point = Some(durable.keys.enforcement_point.as_str());
    let request = post("/pdp", "application/xacml+json", point, body.to_string().as_bytes());
    let answer = once(server.pdp, &request).await.unwrap().json().unwrap();
    server.kill().unwrap();
    let decisions: Vec<_> = answer["Response"].as_array().unwrap().iter().map(|result| &result["Decision"]).collect();
    assert_eq!(decisions, ["Permit", "Permit", "Indeterminate"], "{answer}");
    let server = restart(&data, &durable);
    assert_eq!(counted(&server), (3, 2));
    assert_eq!(used(&server, &durable).await, 2);
}

#[test]
fn a_folder_is_of_one_server() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal");
    let _first = Server::start_with(&folder.path().join("first"), |command| {
        command.arg("--journal").arg(&journal);
    })
    .unwrap();
    let second = Server::start_with(&folder.path().join("second"), |command| {
        command.arg("--journal").arg(&journal);
    });
    let fault = second.err().unwrap().to_string();
    assert!(fault.contains("another process's") && fault.contains("--journal"), "{fault}");
}
