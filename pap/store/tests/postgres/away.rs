//! A server that ends connections, stops, or says nothing any more.

use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use argus_store::{Conn, Location, Store, StoreError, setting};
use diesel::connection::SimpleConnection;

use crate::server::PostgresServer;
use crate::support::{add_key, add_organisation, fixture, sequence};

const LONG: Duration = Duration::from_secs(10);

/// Ends every connection to the database but the one that asks for it.
const END_ALL: &str = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                       WHERE datname = current_database() AND pid <> pg_backend_pid()";

#[test]
fn connections_that_were_ended_while_idle_are_replaced_before_a_caller_notices() {
    let Some(fixture) = fixture() else { return };
    for name in ["globex", "initech", "umbrella"] {
        fixture.holder.sql(&fixture.url, END_ALL);
        add_organisation(&fixture.store, name).unwrap();
        sequence(&fixture.store);
    }
}

#[test]
fn an_act_whose_connection_is_ended_leaves_nothing_and_is_told_that_the_database_is_away() {
    let Some(fixture) = fixture() else { return };
    let lost = fixture.store.write(|conn| {
        setting::put(conn, "colour", "green")?;
        fixture.holder.sql(&fixture.url, END_ALL);
        setting::put(conn, "shape", "round")
    });
    assert!(matches!(lost, Err(StoreError::Away(_))), "{lost:?}");
    let lost = fixture.store.write(|conn| {
        setting::put(conn, "colour", "green")?;
        fixture.holder.sql(&fixture.url, END_ALL);
        Ok(())
    });
    assert!(matches!(lost, Err(StoreError::Away(_))), "{lost:?}");
    assert_eq!(fixture.store.read(|conn| setting::find(conn, "colour")).unwrap(), None);
    add_organisation(&fixture.store, "globex").unwrap();
}

#[test]
fn a_listener_whose_connection_is_ended_listens_again_and_tells_that_something_may_have_been_missed() {
    let Some(fixture) = fixture() else { return };
    let (tell, told) = channel();
    let _listener = fixture
        .store
        .listen(move || {
            let _ = tell.send(());
        })
        .unwrap();
    told.recv_timeout(LONG).unwrap();
    for n in 0..3 {
        fixture.holder.sql(&fixture.url, END_ALL);
        told.recv_timeout(LONG).expect("told after it listens again");
        add_key(&fixture, None, &format!("key-{n}"), n).unwrap();
        told.recv_timeout(Duration::from_secs(2)).expect("told of the act");
    }
}

#[test]
fn an_act_that_passes_over_a_failed_query_is_not_acknowledged() {
    let Some(fixture) = fixture() else { return };
    let passed_over = fixture.store.write(|conn| {
        setting::put(conn, "colour", "green")?;
        if let Conn::Postgres(conn) = conn {
            conn.queries().batch_execute("SELECT 1 / 0").unwrap_err();
        }
        Ok(())
    });
    assert!(matches!(passed_over, Err(StoreError::Query(_))), "{passed_over:?}");
    assert_eq!(fixture.store.read(|conn| setting::find(conn, "colour")).unwrap(), None);
}

#[test]
fn a_server_that_stops_is_told_at_once_and_used_again_when_it_is_back() {
    let Some(mut server) = PostgresServer::start() else { return };
    let location = Location::parse(&server.new_database()).unwrap();
    let store = Store::open(&location).unwrap();
    add_organisation(&store, "acme").unwrap();
    let (tell, told) = channel();
    let _listener = store
        .listen(move || {
            let _ = tell.send(());
        })
        .unwrap();
    told.recv_timeout(LONG).unwrap();

    server.stop();
    let since = Instant::now();
    for _ in 0..3 {
        let away = add_organisation(&store, "globex").unwrap_err();
        assert!(matches!(away, StoreError::Away(_)), "{away}");
        let away = store.read(|conn| setting::find(conn, "colour")).unwrap_err();
        assert!(matches!(away, StoreError::Away(_)), "{away}");
    }
    let away = Store::open(&location).unwrap_err();
    assert!(away.to_string().starts_with("the database is away: postgres://postgres@"), "{away}");
    assert!(since.elapsed() < Duration::from_secs(2), "{:?}", since.elapsed());

    server.start_again();
    add_organisation(&store, "globex").unwrap();
    assert_eq!(sequence(&store), 2);
    told.recv_timeout(LONG).expect("told after it listens again");
}

#[test]
fn a_server_that_says_nothing_is_told_as_away_and_used_again_when_it_speaks() {
    let Some(server) = PostgresServer::start() else { return };
    let location = Location::parse(&server.new_database()).unwrap();
    let store = Store::open(&location).unwrap();
    add_organisation(&store, "acme").unwrap();

    server.freeze();
    let since = Instant::now();
    let (open, write) = std::thread::scope(|scope| {
        let open = scope.spawn(|| Store::open(&location).unwrap_err());
        let write = scope.spawn(|| add_organisation(&store, "globex").unwrap_err());
        (open.join().unwrap(), write.join().unwrap())
    });
    let took = since.elapsed();
    server.thaw();
    assert!(matches!(open, StoreError::Away(_)), "{open}");
    assert!(matches!(write, StoreError::Away(_)), "{write}");
    assert!(took < Duration::from_secs(20), "{took:?}");

    add_organisation(&store, "globex").unwrap();
}

#[test]
fn a_database_that_is_not_there_is_named_without_its_password() {
    let Some(server) = PostgresServer::shared() else { return };
    let url = server.new_database().replace("postgres@", "postgres:s3cret@").replace("/test_", "/nowhere_");
    let away = Store::open(Location::parse(&url).unwrap()).unwrap_err().to_string();
    assert!(away.contains("does not exist"), "{away}");
    assert!(!away.contains("s3cret"), "{away}");
}
