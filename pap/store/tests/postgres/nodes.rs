//! Several nodes on one database.

use std::collections::BTreeSet;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use argus_store::{Location, Store, change, key, setting};

use crate::server::PostgresServer;
use crate::support::{act, add_key, add_organisation, fixture, minute, sequence};

/// Longer than anything here takes on a machine that works at all.
const LONG: Duration = Duration::from_secs(10);

fn open(url: &str) -> Store {
    Store::open(Location::parse(url).unwrap()).unwrap()
}

#[test]
fn nodes_that_start_at_once_all_find_the_tables() {
    let Some(server) = PostgresServer::shared() else { return };
    let url = server.new_database();
    let start = Barrier::new(8);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                start.wait();
                assert_eq!(sequence(&open(&url)), 0);
            });
        }
    });
}

#[test]
fn a_node_without_the_right_to_make_tables_opens_a_database_that_has_them() {
    let Some(fixture) = fixture() else { return };
    fixture
        .holder
        .sql(&fixture.url, "CREATE ROLE decides LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO decides");
    let url = fixture.url.replace("postgres@", "decides@");
    assert_eq!(sequence(&open(&url)), sequence(&fixture.store));
}

#[test]
fn who_follows_the_feed_misses_nothing_of_eight_writers() {
    const EACH: usize = 25;
    let Some(fixture) = fixture() else { return };
    let nodes = [fixture.store.clone(), open(&fixture.url)];
    let first = sequence(&fixture.store);
    let (seen, made) = thread::scope(|scope| {
        let writers: Vec<_> = (0..8)
            .map(|writer| {
                let node = &nodes[writer % 2];
                let write = move |n: usize| add_organisation(node, &format!("o-{writer}-{n}")).unwrap().to_string();
                scope.spawn(move || (0..EACH).map(write).collect::<Vec<_>>())
            })
            .collect();
        let seen = follow(&fixture.store, first, 8 * EACH);
        (seen, writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect::<BTreeSet<_>>())
    });
    assert_eq!(made.len(), 8 * EACH);
    assert_eq!(seen.iter().map(|(_, id)| id.clone()).collect::<BTreeSet<_>>(), made);
    let numbers: Vec<_> = seen.iter().map(|(sequence, _)| *sequence).collect();
    assert_eq!(numbers, (first + 1..=first + 8 * 25).collect::<Vec<_>>(), "in order, and without a gap");
}

/// Reads only what is behind the newest line seen so far.
fn follow(store: &Store, mut since: i64, lines: usize) -> Vec<(i64, String)> {
    let mut seen = Vec::new();
    while seen.len() < lines {
        let new = store.read(|conn| change::list_since(conn, since, 100)).unwrap();
        since = new.last().map_or(since, |line| line.sequence);
        seen.extend(new.into_iter().map(|line| (line.sequence, line.id)));
    }
    seen
}

#[test]
fn an_act_that_fails_leaves_no_gap_in_the_feed() {
    let Some(fixture) = fixture() else { return };
    let before = sequence(&fixture.store);
    add_organisation(&fixture.store, "acme").unwrap_err();
    let failed: Result<(), _> = fixture.store.write(|conn| {
        let by = act(fixture.acme, minute(1));
        let new = crate::support::new_key(None, "deploy");
        key::create(conn, &by, &new, &crate::support::new_credential("000000000001"))?;
        Err(argus_store::StoreError::Busy)
    });
    failed.unwrap_err();
    add_organisation(&fixture.store, "globex").unwrap();
    assert_eq!(sequence(&fixture.store), before + 1);
}

#[test]
fn an_act_on_one_node_wakes_the_others_until_they_listen_no_more() {
    let Some(fixture) = fixture() else { return };
    let other = open(&fixture.url);
    let (tell, told) = channel();
    let listener = other
        .listen(move || {
            let _ = tell.send(());
        })
        .unwrap();
    told.recv_timeout(LONG).expect("told once when it begins to listen");
    for n in 0..3 {
        add_key(&fixture, None, &format!("key-{n}"), n).unwrap();
        told.recv_timeout(Duration::from_secs(2)).expect("told of every act");
    }
    fixture.store.write_aside(|conn| setting::put(conn, "colour", "green")).unwrap();
    assert_eq!(told.recv_timeout(Duration::from_millis(100)), Err(RecvTimeoutError::Timeout), "told of an act alone");
    drop(listener);
    assert_eq!(told.recv_timeout(LONG), Err(RecvTimeoutError::Disconnected));
}

#[test]
fn an_act_waits_for_that_of_another_node_and_a_write_aside_does_not() {
    let Some(fixture) = fixture() else { return };
    let other = Arc::new(open(&fixture.url));
    let waiting = fixture.store.write(|conn| {
        setting::put(conn, "colour", "green")?;
        other.write_aside(|conn| setting::put(conn, "shape", "round"))?;
        let other = Arc::clone(&other);
        Ok(thread::spawn(move || {
            other.write(|conn| {
                let found = setting::find(conn, "colour")?;
                setting::put(conn, "colour", "red")?;
                Ok(found)
            })
        }))
    });
    assert_eq!(waiting.unwrap().join().unwrap().unwrap().as_deref(), Some("green"));
    assert_eq!(fixture.store.read(|conn| setting::find(conn, "shape")).unwrap().as_deref(), Some("round"));
}

#[test]
fn a_turn_that_does_not_come_is_told_as_busy() {
    let Some(fixture) = fixture() else { return };
    let other = open(&fixture.url);
    let busy = fixture.store.write(|_| Ok(add_organisation(&other, "globex"))).unwrap().unwrap_err();
    assert!(matches!(busy, argus_store::StoreError::Busy), "{busy}");
    add_organisation(&other, "globex").unwrap();
}

#[test]
fn noting_a_use_waits_for_nobody() {
    let Some(fixture) = fixture() else { return };
    let (held, free) = (add_key(&fixture, None, "held", 1).unwrap(), add_key(&fixture, None, "free", 2).unwrap());
    let by = act(fixture.acme, minute(2));
    fixture
        .store
        .write(|conn| {
            key::suspend(conn, &by, held.id)?;
            let uses = [(held.id, minute(3)), (free.id, minute(3))];
            fixture.store.write_aside(|conn| key::touch_last_used(conn, &uses))
        })
        .unwrap();
    let used = |id| fixture.store.read(|conn| key::find(conn, id)).unwrap().unwrap().last_used_at;
    assert_eq!((used(held.id), used(free.id)), (None, Some(minute(3))));
}

#[test]
fn a_store_outlives_the_runtime_in_which_it_was_opened_and_blocks_wherever_it_is_called() {
    let Some(server) = PostgresServer::shared() else { return };
    let url = server.new_database();
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let store = runtime().block_on(async {
        let store = tokio::task::spawn_blocking(move || open(&url)).await.unwrap();
        // Wrong, for nothing else moves meanwhile, and all the same no panic.
        assert_eq!(sequence(&store), 0);
        store
    });
    let blocking = {
        let store = store.clone();
        runtime().block_on(async { tokio::task::spawn_blocking(move || add_organisation(&store, "acme")).await })
    };
    blocking.unwrap().unwrap();
    assert_eq!(sequence(&store), 1);
}
