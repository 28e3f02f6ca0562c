//! Access tokens, each of which stands in the audit before its client has it: how many a second clients get that all ask
//! at once, and that none of them was given out untold.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use argus_tests::http::{Connection, post};
use argus_tests::program::Server;
use argus_tests::walk::{Keys, create};
use diesel::Connection as _;
use diesel::prelude::{QueryableByName, RunQueryDsl as _, SqliteConnection};
use diesel::sql_types::BigInt;
use serde_json::json;

use crate::postgres::PostgresServer;

/// Clients that ask at once.
const CLIENTS: usize = 16;

const LASTS: Duration = Duration::from_secs(3);

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

const COUNT: &str = "SELECT count(*) AS number FROM audit_entries WHERE entry LIKE '%\"token.issued\"%'";

/// Asks again and again for a while; how many tokens that were.
async fn ask(address: SocketAddr, request: Vec<u8>, begun: Instant) -> usize {
    let mut connection = Connection::open(address).await.unwrap();
    let mut tokens = 0;
    while begun.elapsed() < LASTS {
        let answer = connection.send(&request).await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text());
        tokens += 1;
    }
    tokens
}

async fn issue(place: &str, settings: impl FnOnce(&mut Command), count: impl FnOnce(&Path) -> i64) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start_with(&data, settings).unwrap();
    Keys::create(&server).await.unwrap();
    let asked =
        json!({"organisation": "acme", "project": "atlas", "name": "client", "scopes": ["acme/atlas/evidence:read"]});
    let client = create(&server, "/v1/keys", &asked).await.unwrap();
    let text = |member: &str| client[member].as_str().unwrap();
    let form = format!("grant_type=client_credentials&client_id={}&client_secret={}", text("id"), text("secret"));
    let request = post("/oauth/token", "application/x-www-form-urlencoded", None, form.as_bytes());

    let begun = Instant::now();
    let asking: Vec<_> = (0..CLIENTS).map(|_| tokio::spawn(ask(server.pap, request.clone(), begun))).collect();
    let mut tokens = 0;
    for asked in asking {
        tokens += asked.await.unwrap();
    }
    let (tokens, seconds) = (u32::try_from(tokens).unwrap(), begun.elapsed().as_secs_f64());
    println!("{CLIENTS} clients get {:.0} tokens a second ({place})", f64::from(tokens) / seconds);
    // At once: what a client has is told, not what will be.
    assert_eq!(count(&data.join("argus.db")), i64::from(tokens), "every token is in the audit");
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_get_tokens_at_once_and_each_is_in_the_audit() {
    let count = |database: &Path| {
        let mut conn = SqliteConnection::establish(database.to_str().unwrap()).unwrap();
        diesel::sql_query(COUNT).get_result::<Counted>(&mut conn).unwrap().number
    };
    issue("SQLite", |_| {}, count).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn and_so_they_do_on_postgresql() {
    let Some(postgres) = PostgresServer::shared() else { return };
    let database = postgres.new_database();
    let settings = |command: &mut Command| {
        command.env("ARGUS_DATABASE_URL", &database);
    };
    issue("PostgreSQL", settings, |_| postgres.sql(&database, COUNT).parse().unwrap()).await;
}
