//! What was used of a quota is used after a restart: all of it where the server was stopped, and all but what it let
//! through within a second where it was killed.

use std::path::Path;
use std::time::{Duration, Instant};

use argus_tests::flood::counter;
use argus_tests::http::once;
use argus_tests::program::{Server, stdout};
use argus_tests::walk::{Keys, create};
use serde_json::{Value, json};

use crate::killed::Killed;

/// Longer than any of this takes on a machine that works at all.
const LONG: Duration = Duration::from_mins(1);

const QUOTA: u64 = 1_000_000;

struct Limited {
    keys: Keys,
    secret: String,
    administrator: String,
}

impl Limited {
    /// Makes a key with a yearly quota: a test that runs across its end is none of this year.
    async fn create(server: &Server, refill: &str) -> Self {
        let keys = Keys::create(server).await.unwrap();
        let quota = json!({"name": "yearly", "strategy": "quota", "limit": QUOTA, "window_seconds": 365 * 86_400,
                           "refill": refill});
        let asked = json!({"organisation": "acme", "project": "atlas", "name": "limited",
                           "scopes": ["acme/atlas/evidence:read"], "limits": [quota]});
        let made = create(server, "/v1/keys", &asked).await.unwrap();
        Self { keys, secret: made["secret"].as_str().unwrap().to_owned(), administrator: server.key.clone() }
    }

    fn verification(&self, cost: u64) -> Vec<u8> {
        let body = json!({"credential": self.secret, "action": "read", "resource": "acme/atlas/evidence/1",
                          "cost": cost});
        self.keys.verification(&body)
    }

    async fn verify(&self, server: &Server, cost: u64) -> Value {
        once(server.pdp, &self.verification(cost)).await.unwrap().json().unwrap()
    }

    /// How much is used, without using any.
    async fn used(&self, server: &Server) -> u64 {
        let answer = self.verify(server, 0).await;
        QUOTA - answer["limits"][0]["remaining"].as_u64().unwrap_or_else(|| panic!("{answer:#}"))
    }
}

fn restart(data: &Path, limited: &Limited) -> Server {
    let mut server = Server::start(data).unwrap();
    server.key.clone_from(&limited.administrator);
    server
}

async fn wait_until_written(server: &Server) {
    let since = Instant::now();
    while counter(server, "argus_quota_uses_unwritten").await.unwrap() > 0 {
        assert!(since.elapsed() < LONG, "what was used is not written");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(counter(server, "argus_quota_write_failures_total").await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_forgets_nothing_of_a_quota_and_a_kill_nothing_that_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(&data).unwrap();
    let limited = Limited::create(&server, "replace").await;
    for cost in [1, 2, 3] {
        assert_eq!(limited.verify(&server, cost).await["decision"], "Permit");
    }
    server.terminate().unwrap();

    let mut server = restart(&data, &limited);
    assert_eq!(limited.used(&server).await, 6);
    assert_eq!(limited.verify(&server, 10).await["decision"], "Permit");
    wait_until_written(&server).await;
    server.kill().unwrap();

    let mut server = restart(&data, &limited);
    assert_eq!(limited.used(&server).await, 16);
    // Nothing is counted twice, however often it is read.
    server.kill().unwrap();
    let server = restart(&data, &limited);
    assert_eq!(limited.used(&server).await, 16);
    let refused = limited.verify(&server, QUOTA - 15).await;
    assert_eq!((&refused["decision"], &refused["reason"]), (&json!("Deny"), &json!("quota_exhausted")), "{refused:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_in_the_midst_of_the_load_forgets_no_more_than_a_second_of_a_quota() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut server = Server::start(&data).unwrap();
    let limited = Limited::create(&server, "replace").await;
    for round in 0..3 {
        let before = limited.used(&server).await;
        let lasts = Duration::from_millis(2_000 + 350 * round);
        let killed = Killed::under_load(&mut server, &limited.verification(1), lasts).await;
        server = restart(&data, &limited);
        killed.assert_found(usize::try_from(limited.used(&server).await - before).unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_is_told_once_when_four_fifths_of_a_quota_are_used_and_once_when_all_is() {
    told_once("replace").await;
}

/// In its first period it has as much as one that replaces.
#[tokio::test(flavor = "multi_thread")]
async fn of_a_quota_that_adds_the_owner_is_told_when_a_fifth_of_what_a_period_adds_is_left_and_when_nothing_is() {
    told_once("add").await;
}

async fn told_once(refill: &str) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(&data).unwrap();
    let limited = Limited::create(&server, refill).await;
    let told = || -> Vec<Value> {
        let listed = server.argus(&["outbox", "list", "acme", "--output", "json"]);
        let listed: Value = serde_json::from_str(&stdout(&listed).unwrap()).unwrap();
        let items = listed["items"].as_array().unwrap().iter();
        items.filter(|notice| notice["type"].as_str().unwrap().starts_with("quota.")).cloned().collect()
    };
    for (cost, expected) in [
        (QUOTA / 2, &[][..]),
        (QUOTA * 3 / 10, &["quota.nearly_used"]),
        (QUOTA / 10, &["quota.nearly_used"]),
        (QUOTA / 10, &["quota.nearly_used", "quota.used"]),
    ] {
        assert_eq!(limited.verify(&server, cost).await["decision"], "Permit");
        wait_until_written(&server).await;
        let kinds: Vec<_> = told().iter().map(|notice| notice["type"].as_str().unwrap().to_owned()).collect();
        assert_eq!(kinds, expected);
    }
    let [nearly, all] = &told()[..] else { panic!() };
    assert_eq!(
        (&nearly["data"]["used"], &nearly["data"]["limit"]),
        (&json!(QUOTA * 8 / 10), &json!(QUOTA)),
        "{nearly}"
    );
    assert_eq!((&all["data"]["quota"], &all["data"]["used"]), (&json!("yearly"), &json!(QUOTA)), "{all}");

    // Nor again by a node that doesn't remember.
    server.terminate().unwrap();
    let server = restart(&data, &limited);
    assert_eq!(limited.verify(&server, 1).await["reason"], "quota_exhausted");
    let listed = server.argus(&["outbox", "list", "acme", "--output", "json"]);
    assert_eq!(stdout(&listed).unwrap().matches("quota.used").count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quota_with_too_little_left_for_a_use_is_told_as_used_also_where_keys_share_it() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("data")).unwrap();
    let limited = Limited::create(&server, "replace").await;
    let quota = json!({"organisation": "acme", "project": "atlas", "name": "shared", "strategy": "quota",
                       "limit": QUOTA, "window_seconds": 365 * 86_400});
    let shared = create(&server, "/v1/limits", &quota).await.unwrap();
    assert_eq!(limited.verify(&server, QUOTA / 2).await["limits"][1]["name"], "project:shared");
    assert_eq!(limited.verify(&server, QUOTA + 1).await["reason"], "cost_exceeds_limit");
    wait_until_written(&server).await;
    let told = || -> Vec<Value> {
        let listed = server.argus(&["outbox", "list", "acme", "--output", "json"]);
        let listed: Value = serde_json::from_str(&stdout(&listed).unwrap()).unwrap();
        listed["items"].as_array().unwrap().iter().filter(|notice| notice["type"] == "quota.used").cloned().collect()
    };
    assert_eq!(told(), [] as [Value; 0], "what no year has room for says nothing of this one");
    for _ in 0..2 {
        assert_eq!(limited.verify(&server, QUOTA / 2 + 1).await["reason"], "quota_exhausted");
        wait_until_written(&server).await;
    }
    let mut told = told();
    told.sort_by_key(|notice| notice["data"]["quota"].to_string());
    let [of_project, own] = &told[..] else { panic!("each once: {told:#?}") };
    assert_eq!((&own["data"]["quota"], &own["data"]["used"]), (&json!("yearly"), &json!(QUOTA / 2)));
    assert_eq!((&of_project["data"]["quota"], &of_project["recipient"]), (&json!("project:shared"), &json!("acme")));
    assert_eq!(of_project["data"]["limit_id"], shared["id"]);
}
