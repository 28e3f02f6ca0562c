//! Five nodes that count together in Redis: asked about each use, exactly the limit; with leases, what is stated for them.

use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use argus_tests::flood::counter;
use argus_tests::http::Connection;
use argus_tests::program::Server;
use serde_json::{Value, json};

use crate::installation::Installation;
use crate::limits::{LONG, adding, create_limited, decision, question};
use crate::postgres::PostgresServer;
use crate::redis::RedisServer;

const NODES: usize = 5;

/// Clients of each node.
const CLIENTS: usize = 2;

/// The longest windows: nothing that counts is gained while this runs.
const YEAR: u64 = 365 * 86_400;

fn limits(most: u64) -> [(&'static str, Value); 5] {
    let of = |strategy: &str| json!([{"name": "all", "strategy": strategy, "limit": most, "window_seconds": YEAR}]);
    [
        ("fixed", of("fixed_window")),
        ("sliding", of("sliding_window")),
        ("bucket", of("token_bucket")),
        ("quota", of("quota")),
        ("adding", adding("all", most)),
    ]
}

/// Asks all nodes at once, each client so often: how many uses were admitted.
async fn ask_all(installation: &Installation, secret: &str, times: usize) -> u64 {
    let nodes = installation.deciding.iter().flat_map(|node| std::iter::repeat_n(node.pdp, CLIENTS));
    let clients = nodes.map(|address| {
        let request = question(&installation.keys, secret, 1);
        tokio::spawn(async move {
            let (mut connection, mut permits) = (Connection::open(address).await.unwrap(), 0);
            for _ in 0..times {
                let answer = connection.send(&request).await.unwrap().json().unwrap();
                assert!(answer["decision"] == "Permit" || answer["limits"][0]["name"] == "all", "{answer}");
                permits += u64::from(answer["decision"] == "Permit");
            }
            permits
        })
    });
    let mut permits = 0;
    for client in clients.collect::<Vec<_>>() {
        permits += client.await.unwrap();
    }
    permits
}

async fn create(installation: &Installation, name: &str, limits: &Value) -> String {
    let secret = create_limited(&installation.administration, name, limits).await;
    for node in &installation.deciding {
        installation.wait_until_permitted(node, &question(&installation.keys, &secret, 0)).await;
    }
    secret
}

/// What is left of the one limit, as Redis has it.
async fn left(installation: &Installation, node: &Server, secret: &str) -> u64 {
    let answer = decision(node, &question(&installation.keys, secret, 0)).await;
    answer["limits"][0]["remaining"].as_u64().unwrap_or_else(|| panic!("{answer}"))
}

/// Waits until so much is left: leases that are not used go back within moments.
async fn wait_until_left(installation: &Installation, secret: &str, wanted: RangeInclusive<u64>) {
    let since = Instant::now();
    loop {
        let left = left(installation, &installation.deciding[0], secret).await;
        if wanted.contains(&left) {
            return;
        }
        assert!(since.elapsed() < LONG, "{left} of {wanted:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn five_nodes_that_ask_about_each_use_admit_exactly_what_the_limit_says() {
    let (Some(postgres), Some(redis)) = (PostgresServer::start(), RedisServer::start()) else { return };
    let url = redis.url();
    let settings = [("ARGUS_REDIS_URL", url.as_str()), ("ARGUS_REDIS_MILLISECONDS", "1000")];
    let installation = Installation::start_many(NODES, &postgres.new_database(), None, &settings).await;
    for (name, limits) in limits(103) {
        let secret = create(&installation, name, &limits).await;
        let permits = ask_all(&installation, &secret, 20).await;
        println!("exact, {name}: {permits} of 103 admitted by five nodes");
        assert_eq!(permits, 103, "{name}");
    }
    for node in &installation.deciding {
        assert_eq!(counter(node, "argus_decisions_without_redis_total").await.unwrap(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn five_nodes_with_leases_admit_no_more_than_is_stated_and_lose_nothing() {
    let (Some(postgres), Some(redis)) = (PostgresServer::start(), RedisServer::start()) else { return };
    let url = redis.url();
    let settings =
        [("ARGUS_REDIS_URL", url.as_str()), ("ARGUS_REDIS_MILLISECONDS", "1000"), ("ARGUS_LIMITS_MODE", "leased")];
    let mut installation = Installation::start_many(NODES, &postgres.new_database(), None, &settings).await;
    assert_eq!(counter(&installation.deciding[0], "argus_limits_counted{by=\"leased\"}").await.unwrap(), 1);
    for (name, limits) in limits(500) {
        let secret = create(&installation, name, &limits).await;
        // Below the limit nothing is refused, and what was leased and not used comes back.
        let permits = ask_all(&installation, &secret, 20).await;
        assert_eq!(permits, 200, "{name}: there was room for all");
        // Of each lease a bucket keeps up to two, which it may have gained in the place of what comes back.
        let kept = if name == "bucket" { 60 } else { 0 };
        wait_until_left(&installation, &secret, 300 - kept..=300).await;
        // What lies behind the limit is refused; of a span this long nothing comes twice.
        let permits = permits + ask_all(&installation, &secret, 60).await;
        println!("leased, {name}: {permits} of 500 admitted by five nodes");
        assert!(permits <= 500, "{name}: {permits}");
        // What lay in the leases of others at the end is there once they went back.
        let since = Instant::now();
        let mut all = permits;
        while all + kept < 500 {
            assert!(since.elapsed() < LONG, "{all} of 500");
            tokio::time::sleep(Duration::from_millis(300)).await;
            all += ask_all(&installation, &secret, 1).await;
        }
        assert!(all <= 500, "{name}: {all}");
    }
    let mut unasked = 0;
    for node in &installation.deciding {
        unasked += counter(node, "argus_redis_checks_total{outcome=\"leased\"}").await.unwrap();
        assert_eq!(counter(node, "argus_decisions_without_redis_total").await.unwrap(), 0);
    }
    println!("{unasked} decisions were made from leases");
    assert!(unasked > 500, "{unasked}");

    // A node that is stopped gives back what it has not used, and no more.
    let secret = create(&installation, "stopped", &limits(1_000)[0].1).await;
    for _ in 0..4 {
        assert_eq!(
            decision(&installation.deciding[4], &question(&installation.keys, &secret, 1)).await["decision"],
            "Permit"
        );
    }
    installation.deciding.remove(4).terminate().unwrap();
    assert_eq!(left(&installation, &installation.deciding[0], &secret).await, 996);

    // One that is killed can't. Its lease comes back by itself when it holds no more, with the next use, whole: of what
    // was let through a lease at most is let through once more.
    for _ in 0..4 {
        assert_eq!(
            decision(&installation.deciding[3], &question(&installation.keys, &secret, 1)).await["decision"],
            "Permit"
        );
    }
    installation.deciding.remove(3).kill().unwrap();
    let since = Instant::now();
    let (mut used, mut last) = (8, 0);
    while last < 1_000 - used {
        assert!(since.elapsed() < LONG, "{last} after {used}");
        assert_eq!(
            decision(&installation.deciding[0], &question(&installation.keys, &secret, 1)).await["decision"],
            "Permit"
        );
        used += 1;
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        last = left(&installation, &installation.deciding[0], &secret).await;
    }
    println!("{used} were used, and {last} of 1000 are left");
    assert!(last <= 1_000 - used + 10, "no more than a lease comes back: {last} after {used}");
}
