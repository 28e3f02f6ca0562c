//! A schedule under a clock that is stepped by an hour, there and back, and over a restart: nothing happens twice.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use argus_tests::program::{Server, stdout};
use serde_json::Value;

/// How long a sweep may be awaited on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// The library that stands between a program and the clock.
fn library() -> Option<PathBuf> {
    let folders = fs::read_dir("/usr/lib").ok()?.filter_map(Result::ok).map(|entry| entry.path());
    folders.map(|folder| folder.join("faketime/libfaketime.so.1")).find(|library| library.exists())
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
    let Some(library) = library() else {
        assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "needs libfaketime");
        println!("skipped: needs libfaketime");
        return;
    };
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
