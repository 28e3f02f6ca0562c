//! Revocations under load: from the acknowledgement to the first refusal on each node.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use argus_tests::http::Connection;
use argus_tests::program::promised;
use serde_json::json;
use tokio::task::JoinHandle;

use crate::installation::{Installation, Made, ask_until_revoked, by_build};
use crate::postgres::PostgresServer;

/// A node's poll, and what reading and a busy machine may add to it.
const WITHOUT_WAKE_UP: Duration = Duration::from_millis(1_500);

/// Keys that are made, and later revoked, at a time.
const AT_ONCE: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn every_node_refuses_a_revoked_key_within_a_second() {
    let Some(postgres) = PostgresServer::start() else { return };
    let database = postgres.new_database();
    let installation = Arc::new(Installation::start(&database, None).await);
    let keys = create_keys(&installation, by_build(1_000, 12)).await;
    let load = Load::begin(&installation);

    let waits = revoke_all(&installation, &keys).await;
    print_waits("woken", &waits, keys.len());
    assert!(waits.last().is_some_and(|longest| *longest <= promised(Duration::from_secs(1))), "{:?}", waits.last());

    let keys = create_keys(&installation, by_build(100, 4)).await;
    let deaf = Deafness::begin(&postgres, &database);
    let waits = revoke_all(&installation, &keys).await;
    print_waits("with LISTEN broken", &waits, keys.len());
    assert!(waits.last().is_some_and(|longest| *longest <= promised(WITHOUT_WAKE_UP)), "{:?}", waits.last());
    println!("listening connections that were ended meanwhile: {}", deaf.end());
    println!("decisions of the load meanwhile: {}", load.end().await);
}

async fn create_keys(installation: &Arc<Installation>, count: usize) -> Vec<Made> {
    let mut keys = Vec::with_capacity(count);
    let mut number = 0;
    while number < count {
        let making = (number..count.min(number + AT_ONCE)).map(|number| {
            let (installation, name) = (Arc::clone(installation), format!("reader-{count}-{number}"));
            tokio::spawn(async move { installation.create_reader(&name).await.unwrap() })
        });
        for made in making.collect::<Vec<_>>() {
            keys.push(made.await.unwrap());
        }
        number = keys.len();
    }
    keys
}

/// Revokes the keys, a few at a time, and gives the sorted times from each acknowledgement to each node's refusal.
async fn revoke_all(installation: &Arc<Installation>, keys: &[Made]) -> Vec<Duration> {
    let mut waits = Vec::new();
    for some in keys.chunks(AT_ONCE) {
        let revoking = some.iter().map(|key| {
            let (installation, id, request) =
                (Arc::clone(installation), key.id.clone(), installation.verification(&key.secret));
            tokio::spawn(async move { revoke(&installation, &id, request).await })
        });
        for waited in revoking.collect::<Vec<_>>() {
            waits.extend(waited.await.unwrap());
        }
    }
    waits.sort_unstable();
    waits
}

async fn revoke(installation: &Installation, id: &str, request: Vec<u8>) -> Vec<Duration> {
    let mut connections = Vec::new();
    for node in &installation.deciding {
        connections.push(Connection::open(node.pdp).await.unwrap());
    }
    // Acknowledged as soon as it is durable: what waits for all nodes would find nothing left to measure.
    let asked = json!({"reason": "a test", "wait_seconds": 0});
    let revoked = installation.administer(&format!("/v1/keys/{id}/revoke"), &asked).await.unwrap();
    assert_eq!(revoked.status, 200, "{}", revoked.text());
    let asking = connections.into_iter().map(|mut connection| {
        let request = request.clone();
        tokio::spawn(async move { ask_until_revoked(&mut connection, &request, Duration::from_secs(10)).await })
    });
    let mut waits = Vec::new();
    for asked in asking.collect::<Vec<_>>() {
        waits.push(asked.await.unwrap());
    }
    waits
}

fn print_waits(how: &str, waits: &[Duration], keys: usize) {
    let at = |percent: usize| waits[(waits.len() - 1) * percent / 100];
    println!(
        "{keys} revocations, {how}: from acknowledgement to refusal on each of 3 nodes: median {:?}, 99th percentile \
         {:?}, maximum {:?}",
        at(50),
        at(99),
        at(100)
    );
}

/// Clients with right, warm keys on every node.
struct Load {
    ends: Arc<AtomicBool>,
    clients: Vec<JoinHandle<u64>>,
}

impl Load {
    fn begin(installation: &Arc<Installation>) -> Self {
        let ends = Arc::new(AtomicBool::new(false));
        let request = installation.verification(&installation.keys.reader);
        let clients = installation.deciding.iter().map(|node| {
            let (address, request, ends) = (node.pdp, request.clone(), Arc::clone(&ends));
            tokio::spawn(async move {
                let (mut connection, mut count) = (Connection::open(address).await.unwrap(), 0);
                while !ends.load(Ordering::Relaxed) {
                    let answer = connection.send(&request).await.unwrap();
                    assert!(answer.text().contains("\"Permit\""), "{} {}", answer.status, answer.text());
                    count += 1;
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                count
            })
        });
        Self { clients: clients.collect(), ends }
    }

    async fn end(self) -> u64 {
        self.ends.store(true, Ordering::Relaxed);
        let mut count = 0;
        for client in self.clients {
            count += client.await.unwrap();
        }
        count
    }
}

/// Ends every connection that listens, as soon as it does.
struct Deafness {
    ends: Arc<AtomicBool>,
    ended: Arc<AtomicU64>,
    thread: std::thread::JoinHandle<()>,
}

impl Deafness {
    fn begin(postgres: &PostgresServer, database: &str) -> Self {
        let (ends, ended) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let (until, count) = (Arc::clone(&ends), Arc::clone(&ended));
        let mut session = postgres.session(database);
        let thread = std::thread::spawn(move || {
            while !until.load(Ordering::Relaxed) {
                let killed = session.sql(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                     WHERE datname = current_database() AND pid <> pg_backend_pid() AND query ILIKE 'LISTEN%'",
                );
                count.fetch_add(killed.parse().unwrap_or(0), Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(5));
            }
        });
        Self { ends, ended, thread }
    }

    fn end(self) -> u64 {
        self.ends.store(true, Ordering::Relaxed);
        self.thread.join().unwrap();
        self.ended.load(Ordering::Relaxed)
    }
}
