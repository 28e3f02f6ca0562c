//! A node whose clock is not that of the database. The clock that is turned is the database's: its nodes read it through
//! a function that stands before the one of the server.

use std::time::{Duration, Instant};

use argus_tests::http::{Answer, get, once};
use argus_tests::program::Server;
use serde_json::{Value, json};

use crate::installation::Installation;
use crate::postgres::PostgresServer;

/// Puts a clock in front of the server's own, and sets it right.
const CLOCK: &str = "
    CREATE TABLE public.turned (by interval NOT NULL);
    INSERT INTO public.turned VALUES ('0 s');
    CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
        AS 'SELECT pg_catalog.clock_timestamp() + by FROM public.turned';
    ALTER ROLE postgres SET search_path = public, pg_catalog;";

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_clock_is_told_and_far_off_nothing_is_issued_by_it() {
    let Some(postgres) = PostgresServer::start() else { return };
    let database = postgres.new_database();
    postgres.sql(&database, CLOCK);
    let installation = Installation::start(&database, None).await;
    let turn = |by: &str| drop(postgres.sql(&database, &format!("UPDATE public.turned SET by = '{by}'")));
    let node = &installation.deciding[0];
    let key = installation.create_reader("made-in-time").await.unwrap();

    turn("-5 s");
    let told = wait_for_readiness(node, "degraded").await;
    let problem = told["clock"]["problem"].as_str().unwrap();
    let (said, ahead_of) = ("the clock of this node is ", " s ahead of that of the database");
    let seconds = problem.strip_prefix(said).and_then(|rest| rest.strip_suffix(ahead_of));
    assert!((4.0..=5.0).contains(&seconds.unwrap().parse::<f64>().unwrap()), "{problem}");
    let metrics = once(node.pdp, &get("/metrics")).await.unwrap().text();
    let ahead = metrics.lines().find_map(|line| line.strip_prefix("argus_clock_ahead_seconds ")).unwrap();
    assert!((4.0..6.0).contains(&ahead.parse::<f64>().unwrap()), "{ahead}");
    installation.create_reader("made-a-little-late").await.unwrap();

    turn("40 s");
    wait_until_refused(&installation).await;
    let told = wait_for_readiness(node, "degraded").await;
    assert!(told["clock"]["problem"].as_str().unwrap().contains(" s behind that of the database"), "{told}");
    installation.wait_until(node, "Permit", Duration::from_secs(1)).await;
    let revoked = installation.administer(&format!("/v1/keys/{}/revoke", key.id), &json!({})).await.unwrap();
    assert_eq!(revoked.status, 200, "to stop a key never fails by the clock: {}", revoked.text());

    turn("0 s");
    wait_for_readiness(node, "ready").await;
    installation.create_reader("made-in-time-again").await.unwrap();
}

async fn wait_for_readiness(node: &Server, status: &str) -> Value {
    let until = Instant::now() + Duration::from_secs(10);
    loop {
        let told = once(node.pdp, &get("/readyz")).await.unwrap().json().unwrap();
        if told["status"] == status {
            return told;
        }
        assert!(Instant::now() < until, "not {status}: {told}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn wait_until_refused(installation: &Installation) {
    let until = Instant::now() + Duration::from_secs(10);
    for n in 0.. {
        let body =
            json!({"organisation": "acme", "project": "atlas", "name": format!("late-{n}"), "scopes": ["acme/a:read"]});
        let answer: Answer = installation.administer("/v1/keys", &body).await.unwrap();
        if answer.status == 503 {
            assert_eq!(answer.json().unwrap()["type"], "urn:argus:problem:clock-off", "{}", answer.text());
            return;
        }
        assert!(Instant::now() < until, "{}", answer.text());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
