//! From decisions to the log: nothing is lost while there is room, what is lost is counted, and no key is written.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and its helpers are part of it"
)]

#[path = "../../store/tests/support/postgres.rs"]
mod server;

use std::fs;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use argus_insight::decisions::{DecisionLogging, ENTRIES, LogEntry, LogFile, LogTarget};
use argus_insight::queue::queue;
use argus_store::decision::{self, Decision, DecisionFilter, PolicySet};
use argus_store::organisation::{self, NewOrganisation, OrganisationPolicy};
use argus_store::{Act, Conditions, Conn, KeyId, Location, OrganisationId, PageSize, Store};
use chrono::{DateTime, TimeDelta, Utc};
use diesel::{RunQueryDsl, sql_query};
use serde_json::Value;
use server::PostgresServer;

/// Longer than anything here takes on a machine that works at all.
const LONG: Duration = Duration::from_mins(1);

fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

fn entry(n: usize) -> LogEntry {
    let decision = Decision {
        id: format!("{n:08}"),
        at: noon() + TimeDelta::seconds(i64::try_from(n).unwrap()),
        organisation: "acme".into(),
        door: "pdp".into(),
        caller_key_id: KeyId::new(noon()),
        key_id: None,
        decision: "Deny".into(),
        reason: Some("policy_denied".into()),
        action: Some("read".into()),
        resource: Some("acme/SECRET".into()),
        address: None,
        microseconds: 12,
        policy_id: "urn:root".into(),
        policy_version: "1".into(),
        policy_set: "sha256:ab".into(),
        is_evaluated: true,
        request: r#"{"Request":{"note":"SECRET\n"}}"#.into(),
        response: r#"{"Response":[]}"#.into(),
        redacted: r#"["urn:acme:role"]"#.into(),
    };
    LogEntry { decision, policies: Arc::new(PolicySet { digest: "sha256:ab".into(), members: "[]".into() }) }
}

fn hide(text: &str) -> String {
    text.replace("SECRET", "…")
}

fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let since = Instant::now();
    while !holds() {
        assert!(since.elapsed() < LONG, "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

fn add_organisation(store: &Store, name: &str) {
    let id = OrganisationId::new(noon());
    let new = NewOrganisation {
        id,
        name: name.into(),
        display_name: None,
        conditions: Conditions::default(),
        policy: OrganisationPolicy::default(),
        time_zone: "UTC".into(),
    };
    store.write(|conn| organisation::create(conn, &Act::of_host(id, noon(), "a test"), &new)).unwrap();
}

fn run(store: &Store, statement: &str) {
    let run = |conn: &mut Conn| {
        if let Conn::Sqlite(conn) = conn {
            sql_query(statement).execute(conn.queries())?;
        }
        Ok(())
    };
    store.write(run).unwrap();
}

fn open(url: &str) -> Store {
    Store::open(Location::parse(url).unwrap()).unwrap()
}

fn count(store: &Store) -> usize {
    let (mut all, mut before) = (0, None::<String>);
    loop {
        let (filter, size) = (DecisionFilter::default(), PageSize::new(200).unwrap());
        let page = store.read(|conn| decision::list(conn, &filter, before.as_deref(), size)).unwrap();
        all += page.items.len();
        before = page.items.last().map(|last| last.id.clone());
        if !page.more {
            return all;
        }
    }
}

#[test]
fn decisions_stand_in_the_store_and_in_lines_without_what_is_hidden() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&format!("sqlite://{}", folder.path().join("argus.db").display()));
    let path = folder.path().join("log");
    let target = LogTarget::File { path: path.clone(), most_bytes: 1 << 20, most_files: 2 };
    let (sender, queue) = queue(ENTRIES);
    let file = LogFile::open(target).unwrap();
    let logging = DecisionLogging::begin(Some(store.clone()), Some(file), queue, hide).unwrap();
    (0..1_200).for_each(|n| sender.send(entry(n)));
    drop(logging);
    let tally = sender.tally();
    assert_eq!((tally.taken, tally.written, tally.failures), (1_200, 1_200, 0));
    assert_eq!(count(&store), 1_200);
    let found = store.read(|conn| decision::find(conn, "00000007")).unwrap().unwrap();
    assert_eq!((found.resource.as_deref(), found.request.as_str()), (Some("acme/…"), r#"{"Request":{"note":"…\n"}}"#));
    assert!(store.read(|conn| decision::find_policy_set(conn, "sha256:ab")).unwrap().is_some());

    let text = fs::read_to_string(path).unwrap();
    assert!(!text.contains("SECRET"));
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 1_200);
    let line = lines.get(7).unwrap();
    assert_eq!((line["id"].as_str(), line["request"]["Request"]["note"].as_str()), (Some("00000007"), Some("…\n")));
    assert_eq!((&line["redacted"][0], &line["at"]), (&"urn:acme:role".into(), &"2027-01-15T08:00:07.000000Z".into()));
}

#[test]
fn of_an_organisation_whose_plan_has_no_log_nothing_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&format!("sqlite://{}", folder.path().join("argus.db").display()));
    for name in ["acme", "globex", "initech"] {
        add_organisation(&store, name);
    }
    // No plan that ships is without it. The grace of the last is not over.
    let lowered = "INSERT INTO plans VALUES ('small', 'Small', '{}', '[]');
        UPDATE organisations SET plan = 'small' WHERE name <> 'globex';
        UPDATE organisations SET plan_grace_until = '9999-01-01 00:00:00' WHERE name = 'initech'";
    lowered.split(';').for_each(|statement| run(&store, statement));
    let (sender, queue) = queue(ENTRIES);
    let logging = DecisionLogging::begin(Some(store.clone()), None, queue, hide).unwrap();
    for (n, name) in ["acme", "globex", "initech"].into_iter().enumerate() {
        let mut entry = entry(n);
        entry.decision.organisation = name.into();
        sender.send(entry);
    }
    drop(logging);
    let is_kept = |n| store.read(|conn| decision::find(conn, &format!("{n:08}"))).unwrap().is_some();
    assert_eq!([0, 1, 2].map(is_kept), [false, true, true]);
}

#[test]
fn what_finds_the_queue_full_is_dropped_and_counted() {
    let (sender, _queue) = queue(10);
    (0..25).for_each(|n| sender.send(entry(n)));
    let tally = sender.tally();
    assert_eq!((tally.taken, tally.dropped_at_queue, tally.written), (10, 15, 0));
}

#[test]
fn what_waits_for_the_store_is_written_when_it_is_back_and_what_has_no_room_is_counted() {
    let Some(mut server) = PostgresServer::start() else { return };
    let url = server.new_database();
    let (sender, queue) = queue(ENTRIES);
    let logging = DecisionLogging::begin(Some(open(&url)), None, queue, hide).unwrap();
    sender.send(entry(0));
    wait_until("nothing is written", || sender.tally().written == 1);
    server.stop();
    let mut sent = 1;
    while sender.tally().dropped_at_rows == 0 {
        sender.send(entry(sent));
        sent += 1;
        if sent % 1_000 == 0 {
            thread::sleep(Duration::from_millis(20));
        }
    }
    server.start_again();
    let all = || {
        let tally = sender.tally();
        tally.written + tally.dropped_at_queue + tally.dropped_at_rows
    };
    wait_until("not all is written", || all() == u64::try_from(sent).unwrap());
    drop(logging);
    let tally = sender.tally();
    assert!(tally.failures > 0);
    assert_eq!(u64::try_from(count(&open(&url))).unwrap(), tally.written);
}
