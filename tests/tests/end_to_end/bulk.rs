//! A fleet of keys revoked in one act: how long it takes until every decision knows, and what decisions wait meanwhile.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use argus_tests::http::{Connection, once, post};
use argus_tests::program::{Server, is_release};
use argus_tests::walk::{Keys, create};
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};
use serde_json::{Value, json};

use crate::postgres::PostgresServer;

/// How many are revoked: what is promised, and what is enough to see that it works.
const FLEET: usize = if cfg!(debug_assertions) { 2_000 } else { 100_000 };

/// What is aimed at. It is printed beside what it took: how fast a machine is decides no test.
const LONGEST: Duration = Duration::from_secs(5);

/// So many times as long is no slow machine any more.
const FAR_TOO_LONG: u32 = 6;

/// How long decisions are watched before the act.
const QUIET: Duration = Duration::from_secs(3);

const PACE: Duration = Duration::from_millis(1);

/// Makes a fleet of the one key that is tagged so, by copying its rows while nobody serves them.
fn multiply_in_file(database: &Path) {
    let mut conn = SqliteConnection::establish(database.to_str().unwrap()).unwrap();
    let step = "UPDATE one SET id = printf('0197f3aa-0000-7000-8000-%012x', {number}), name = 'fleet-' || {number};
         INSERT INTO keys SELECT * FROM one;
         UPDATE proof SET id = printf('fleet%07d', {number}), key_id = printf('0197f3aa-0000-7000-8000-%012x', {number});
         INSERT INTO credentials SELECT * FROM proof;";
    conn.batch_execute(
        "CREATE TEMP TABLE one AS SELECT * FROM keys WHERE tags LIKE '%fleet%';
         CREATE TEMP TABLE proof AS SELECT * FROM credentials WHERE key_id = (SELECT id FROM one);
         BEGIN;",
    )
    .unwrap();
    for n in 1..FLEET {
        conn.batch_execute(&step.replace("{number}", &n.to_string())).unwrap();
    }
    conn.batch_execute("COMMIT;").unwrap();
}

/// The same on a server.
fn multiply_on_server(postgres: &PostgresServer, database: &str) {
    let copies = FLEET - 1;
    let id = "'0197f3aa-0000-7000-8000-' || lpad(to_hex(n), 12, '0')";
    let fleet = "(SELECT id FROM keys WHERE tags LIKE '%fleet%' AND name = 'fleet')";
    postgres.sql(
        database,
        &format!(
            "INSERT INTO keys SELECT copy.* FROM keys one, generate_series(1, {copies}) n, LATERAL jsonb_populate_record(one,
                 jsonb_build_object('id', {id}, 'name', 'fleet-' || n)) copy WHERE one.id = {fleet};
             INSERT INTO credentials SELECT copy.* FROM credentials proof, generate_series(1, {copies}) n,
                 LATERAL jsonb_populate_record(proof, jsonb_build_object('id', 'fleet' || lpad(n::text, 7, '0'),
                 'key_id', {id})) copy WHERE proof.key_id = {fleet};
             ANALYZE;"
        ),
    );
}

/// Asks at a steady pace until it is to end; what each answer took.
async fn ask(address: SocketAddr, request: Vec<u8>, ends: Arc<AtomicBool>) -> Vec<Duration> {
    let mut connection = Connection::open(address).await.unwrap();
    let mut taken = Vec::new();
    while !ends.load(Ordering::Relaxed) {
        let begun = Instant::now();
        let answer = connection.send(&request).await.unwrap();
        taken.push(begun.elapsed());
        assert_eq!(answer.json().unwrap()["decision"], "Permit", "{}", answer.text());
        tokio::time::sleep(PACE).await;
    }
    taken.sort();
    taken
}

fn verify(caller: &str, credential: &str) -> Vec<u8> {
    let body = json!({"credential": credential, "action": "read", "resource": "acme/atlas/evidence/1"});
    post("/v1/verify", "application/json", Some(caller), body.to_string().as_bytes())
}

async fn watch<T>(server: &Server, request: &[u8], meanwhile: impl Future<Output = T>) -> (T, Vec<Duration>) {
    let ends = Arc::new(AtomicBool::new(false));
    let asked = tokio::spawn(ask(server.pdp, request.to_vec(), Arc::clone(&ends)));
    let done = meanwhile.await;
    ends.store(true, Ordering::Relaxed);
    (done, asked.await.unwrap())
}

fn percentile_99(sorted: &[Duration]) -> Duration {
    sorted[sorted.len() * 99 / 100]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fleet_is_revoked_in_one_act_and_decisions_go_on() {
    revoke_the_fleet(("a file", LONGEST), |_| {}, |data| multiply_in_file(&data.join("argus.db"))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn and_so_it_is_on_postgresql() {
    let Some(postgres) = PostgresServer::shared() else { return };
    let database = postgres.new_database();
    let settings = |command: &mut Command| {
        command.env("ARGUS_DATABASE_URL", &database);
    };
    // The database shares the processors with Argus and with who measures it: alone it takes no longer than a file may.
    revoke_the_fleet(("a server", LONGEST * 2), settings, |_| multiply_on_server(postgres, &database)).await;
}

async fn revoke_the_fleet(
    (place, longest): (&str, Duration),
    settings: impl Fn(&mut Command),
    multiply: impl FnOnce(&Path),
) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (keys, one) = {
        let server = Server::start_with(&data, &settings).unwrap();
        let keys = Keys::create(&server).await.unwrap();
        let asked = json!({"organisation": "acme", "project": "atlas", "name": "fleet", "tags": ["fleet"],
                           "scopes": ["acme/atlas/evidence:read"]});
        let one = create(&server, "/v1/keys", &asked).await.unwrap();
        server.terminate().unwrap();
        (keys, one)
    };
    multiply(&data);
    let server = Server::start_with(&data, &settings).unwrap();
    let of_the_fleet = verify(&keys.enforcement_point, one["secret"].as_str().unwrap());
    let before: Value = once(server.pdp, &of_the_fleet).await.unwrap().json().unwrap();
    assert_eq!(before["decision"], "Permit", "{before}");

    let others = verify(&keys.enforcement_point, &keys.reader);
    let ((), quiet) = watch(&server, &others, tokio::time::sleep(QUIET)).await;
    let asked = json!({"organisation": "acme", "tag": "fleet", "reason": "over"}).to_string();
    let revoke = post("/v1/keys/revoke", "application/json", Some(&server.key), asked.as_bytes());
    let begun = Instant::now();
    let (answer, busy) = watch(&server, &others, once(server.pap, &revoke)).await;
    let (taken, answer) = (begun.elapsed(), answer.unwrap());
    assert_eq!((answer.status, &answer.json().unwrap()["revoked"]), (200, &json!(FLEET)), "{}", answer.text());
    let after: Value = once(server.pdp, &of_the_fleet).await.unwrap().json().unwrap();
    assert_eq!(after["reason"], "credential_revoked", "{after}");

    println!(
        "{FLEET} keys in {place} are revoked and refused after {taken:?}; a decision takes {:?} (99 of 100) meanwhile, {:?} else",
        percentile_99(&busy),
        percentile_99(&quiet)
    );
    println!("what is aimed at: {longest:?}");
    assert!(!is_release() || taken <= FAR_TOO_LONG * longest, "{taken:?}");
}
