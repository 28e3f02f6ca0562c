//! A clock that is stepped by an hour, there and back, and over a restart: nothing on a schedule happens twice, and what
//! has ended stays ended.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use argus_tests::flood::counter;
use argus_tests::http::{get, once, post};
use argus_tests::program::{Server, stdout};
use serde_json::{Value, json};

const DAY: i64 = 86_400;

/// How long a sweep may be awaited on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// The library that stands between a program and the clock. Where it isn't there, nothing is tested, but in CI.
fn library() -> Option<PathBuf> {
    let mut folders = fs::read_dir("/usr/lib").ok()?.filter_map(Result::ok).map(|entry| entry.path());
    let found = folders.find_map(|folder| Some(folder.join("faketime/libfaketime.so.1")).filter(|file| file.exists()));
    if found.is_none() {
        assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "needs libfaketime");
        println!("skipped: needs libfaketime");
    }
    found
}

/// A server that reads its clock from a file.
struct Stepped {
    server: Server,
    clock: PathBuf,
}

impl Stepped {
    fn start(data: &Path, library: &Path, clock: &Path) -> Self {
        let settings = |command: &mut Command| {
            command.env("LD_PRELOAD", library).env("FAKETIME_TIMESTAMP_FILE", clock);
            command.env("FAKETIME_NO_CACHE", "1").env("DONT_FAKE_MONOTONIC", "1");
        };
        Self { server: Server::start_with(data, settings).unwrap(), clock: clock.to_owned() }
    }

    fn set_clock(&self, seconds: i64) {
        set(&self.clock, seconds);
    }

    fn argus(&self, arguments: &[&str]) -> Value {
        let printed = stdout(&self.server.argus(&[arguments, &["--output", "json"]].concat())).unwrap();
        serde_json::from_str(&printed).unwrap()
    }

    fn key(&self) -> Value {
        self.argus(&["key", "show", "acme/rotated"])
    }

    /// Decision and reason for whoever presents what is in a file.
    fn decided(&self, file: &Path) -> (String, Value) {
        let asked =
            ["verify", "--credential-file", file.to_str().unwrap(), "--action", "read", "--resource", "acme/x/1"];
        let answer = self.argus(&asked);
        (answer["decision"].as_str().unwrap().to_owned(), answer["reason"].clone())
    }

    /// The states of the credentials of the key with a schedule, sorted.
    fn states(&self) -> Vec<String> {
        let key = self.key();
        let credentials = key["credentials"].as_array().unwrap();
        let mut states: Vec<_> =
            credentials.iter().map(|credential| credential["state"].as_str().unwrap().to_owned()).collect();
        states.sort();
        states
    }

    fn wait_for(&self, expected: &[&str]) {
        let since = Instant::now();
        while self.states() != expected {
            assert!(since.elapsed() < PATIENCE, "{:?}, not {expected:?}", self.states());
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Makes a key that ends soon by the server's clock, and waits until it is seen to have ended: a sweep that began
    /// later than this was called has gone by.
    fn wait_for_a_sweep(&self, name: &str) {
        let named = format!("acme/{name}");
        self.argus(&["key", "create", &named, "--scope", "acme/x:read", "--expires", "1s"]);
        let since = Instant::now();
        while self.argus(&["key", "show", &named])["state"] != "expired" {
            assert!(since.elapsed() < PATIENCE, "nothing is swept");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn collect(&self) {
        let key = self.key();
        let waiting = key["credentials"].as_array().unwrap().iter().find(|credential| credential["state"] == "pending");
        let credential = waiting.unwrap()["id"].as_str().unwrap();
        let folder = self.clock.parent().unwrap();
        let (id, old) = (key["id"].as_str().unwrap(), folder.join("rotated.key"));
        let arguments = ["key", "collect", id, credential, "--key-file", old.to_str().unwrap()];
        stdout(&self.server.argus_in(folder, &arguments)).unwrap();
    }
}

fn set(clock: &Path, seconds: i64) {
    // In one step: half a file would be half a time.
    let next = clock.with_extension("next");
    fs::write(&next, format!("{seconds:+}")).unwrap();
    fs::rename(&next, clock).unwrap();
}

#[test]
fn a_rotation_on_schedule_is_opened_once_however_the_clock_is_stepped_and_the_server_restarted() {
    let Some(library) = library() else { return };
    let folder = tempfile::tempdir().unwrap();
    let (data, clock) = (folder.path().join("data"), folder.path().join("clock"));
    set(&clock, 0);
    let first = Stepped::start(&data, &library, &clock);
    stdout(&first.server.argus(&["org", "create", "acme"])).unwrap();
    let schedule =
        ["key", "create", "acme/rotated", "--scope", "acme/x:read", "--rotate-every", "1h", "--grace", "10m"];
    let secret = folder.path().join("rotated.key");
    first.argus(&[&schedule[..], &["--secret-to", secret.to_str().unwrap()]].concat());
    first.wait_for_a_sweep("before");
    assert_eq!(first.states(), ["active"]);

    // The hour is over: it is opened. An hour back, over a restart, and forward again: it stays that one.
    first.set_clock(3_700);
    first.wait_for(&["active", "pending"]);
    first.set_clock(100);
    first.wait_for_a_sweep("back");
    drop(first);
    let second = Stepped::start(&data, &library, &clock);
    second.wait_for_a_sweep("restarted");
    second.set_clock(3_700);
    second.wait_for_a_sweep("forward");
    assert_eq!(second.states(), ["active", "pending"]);

    // Collected, and the clock goes back once more: the schedule counts from the collection.
    second.collect();
    second.set_clock(100);
    second.wait_for_a_sweep("collected");
    assert_eq!(second.states(), ["active", "active"]);
    second.set_clock(3_700 + 700);
    second.wait_for(&["active", "revoked"]);
    second.set_clock(3_700 + 3_500);
    second.wait_for_a_sweep("not-yet");
    assert_eq!(second.states(), ["active", "revoked"]);
    second.set_clock(3_700 + 3_700);
    second.wait_for(&["active", "pending", "revoked"]);
    second.wait_for_a_sweep("at-last");
    assert_eq!(second.states(), ["active", "pending", "revoked"]);
}

#[tokio::test]
async fn what_has_ended_while_nobody_looked_stays_ended_when_the_clock_is_turned_back() {
    let Some(library) = library() else { return };
    let folder = tempfile::tempdir().unwrap();
    let clock = folder.path().join("clock");
    set(&clock, 0);
    let stepped = Stepped::start(&folder.path().join("data"), &library, &clock);
    let server = &stepped.server;
    stdout(&server.argus(&["org", "create", "acme"])).unwrap();
    let file = |name: &str| folder.path().join(name);
    let create = |name: &str, expires: &str| {
        let (named, to) = (format!("acme/{name}"), file(name));
        let asked = ["key", "create", &named, "--scope", "acme/x:read", "--expires", expires];
        stepped.argus(&[&asked[..], &["--secret-to", to.to_str().unwrap()]].concat())
    };
    let lasting = create("lasting", "30d");
    create("ending", "1h");
    create("older", "30d");
    let newer = file("newer");
    stepped.argus(&["key", "rotate", "acme/older", "--grace", "10m", "--secret-to", newer.to_str().unwrap()]);
    let secret = fs::read_to_string(file("lasting")).unwrap();
    let client = format!("client_id={}&client_secret={}", lasting["id"].as_str().unwrap(), secret.trim());
    let body = format!("grant_type=client_credentials&{client}");
    let asked = post("/oauth/token", "application/x-www-form-urlencoded", None, body.as_bytes());
    let token = once(server.pap, &asked).await.unwrap().json().unwrap()["access_token"].as_str().unwrap().to_owned();
    fs::write(file("token"), &token).unwrap();
    for name in ["lasting", "ending", "older", "newer", "token"] {
        assert_eq!(stepped.decided(&file(name)), ("Permit".to_owned(), Value::Null), "{name}");
    }

    // There and back without a request in between. The node has seen it when it says that the clock went back.
    let since = Instant::now();
    let mut away = Duration::from_secs(1);
    loop {
        stepped.set_clock(4_000);
        tokio::time::sleep(away).await;
        stepped.set_clock(0);
        let told = once(server.pdp, &get("/readyz")).await.unwrap().json().unwrap();
        if told["clock"]["problem"].as_str().is_some_and(|problem| problem.contains("went back by")) {
            break;
        }
        assert!(since.elapsed() < PATIENCE, "it doesn't say that the clock went back: {told}");
        away *= 2;
    }
    for name in ["ending", "older", "token"] {
        let (decision, reason) = stepped.decided(&file(name));
        // A sweep that fell into that time has taken the older secret away as well.
        let is_over = reason == "credential_expired" || name == "older" && reason == "credential_revoked";
        assert!(decision == "Deny" && is_over, "{name}: {decision}, {reason}");
    }
    for name in ["lasting", "newer"] {
        assert_eq!(stepped.decided(&file(name)).0, "Permit", "{name}");
    }
    let asked = format!("{client}&token={token}");
    let asked = post("/oauth/introspect", "application/x-www-form-urlencoded", None, asked.as_bytes());
    assert_eq!(once(server.pap, &asked).await.unwrap().json().unwrap()["active"], false);
}

/// Days go by while it runs and while it doesn't, and it is killed in between: each day adds what it adds, once.
#[tokio::test(flavor = "multi_thread")]
async fn a_quota_that_adds_has_each_day_once_whatever_becomes_of_the_server() {
    let Some(library) = library() else { return };
    let folder = tempfile::tempdir().unwrap();
    let (data, clock) = (folder.path().join("data"), folder.path().join("clock"));
    set(&clock, 0);
    let mut stepped = Stepped::start(&data, &library, &clock);
    stepped.argus(&["org", "create", "acme"]);
    let limit = "credits=10/1d/quota/add";
    let made = stepped.argus(&["key", "create", "acme/adding", "--scope", "acme/x:read", "--limit", limit]);
    let shown = stdout(&stepped.server.argus(&["key", "show", "acme/adding"])).unwrap();
    assert!(shown.contains("limit credits, 10 in 1d (quota, adds to what is left)"), "{shown}");
    let (secret, administrator) = (made["secret"].as_str().unwrap().to_owned(), stepped.server.key.clone());
    let verify = async |stepped: &Stepped, cost: u64| {
        let body = json!({"credential": secret, "action": "read", "resource": "acme/x/1", "cost": cost});
        let key = Some(stepped.server.key.as_str());
        let asked = post("/v1/verify", "application/json", key, body.to_string().as_bytes());
        let answer: Value = once(stepped.server.pdp, &asked).await.unwrap().json().unwrap();
        let remaining = answer["limits"][0]["remaining"].as_u64().unwrap_or_else(|| panic!("{answer:#}"));
        (answer["decision"].as_str().unwrap().to_owned(), remaining)
    };
    let permit = |remaining| ("Permit".to_owned(), remaining);
    assert_eq!(verify(&stepped, 4).await, permit(6));
    stepped.set_clock(DAY);
    assert_eq!(verify(&stepped, 1).await, permit(15));
    stepped.server.terminate().unwrap();

    set(&clock, 3 * DAY);
    stepped = Stepped::start(&data, &library, &clock);
    stepped.server.key.clone_from(&administrator);
    assert_eq!(verify(&stepped, 20).await, permit(15), "two more days");
    assert_eq!(verify(&stepped, 16).await, ("Deny".to_owned(), 15));
    let since = Instant::now();
    while counter(&stepped.server, "argus_quota_uses_unwritten").await.unwrap() > 0 {
        assert!(since.elapsed() < PATIENCE, "what was used is not written");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    stepped.server.kill().unwrap();

    stepped = Stepped::start(&data, &library, &clock);
    stepped.server.key.clone_from(&administrator);
    assert_eq!(verify(&stepped, 0).await, permit(15), "nothing came twice");
    // Raised, it brings more from this day on: 15 and 90.
    stepped.argus(&["key", "update", "acme/adding", "--limit", "credits=100/1d/quota/add"]);
    assert_eq!(verify(&stepped, 0).await, permit(105));
    stepped.set_clock(4 * DAY);
    assert_eq!(verify(&stepped, 0).await, permit(205));
}
