//! Nodes without a Redis: each counts its share of limits, and all together what the limits say, as nodes come and go.

use std::time::{Duration, Instant};

use argus_tests::flood::counter;
use argus_tests::http::{Connection, get, once};
use argus_tests::program::Server;
use serde_json::{Value, json};

use crate::installation::Installation;
use crate::limits::{LONG, adding, create_limited, decision, question, wait_until_away};
use crate::postgres::PostgresServer;
use crate::redis::RedisServer;

/// How much each limit admits: no number of nodes here divides it.
const MOST: u64 = 17;

fn limits() -> [(&'static str, Value); 5] {
    let of = |strategy: &str, window: u64| json!([{"name": "all", "strategy": strategy, "limit": MOST, "window_seconds": window}]);
    [
        ("fixed", of("fixed_window", 86_400)),
        ("sliding", of("sliding_window", 86_400)),
        ("bucket", of("token_bucket", 86_400 * 30)),
        ("quota", of("quota", 365 * 86_400)),
        ("adding", adding("all", MOST)),
    ]
}

async fn readiness(node: &Server) -> Value {
    once(node.pdp, &get("/readyz")).await.unwrap().json().unwrap()["limits"].take()
}

/// Waits until every node divides limits among so many.
async fn wait_until_among(nodes: &[&Server], many: u64) {
    for node in nodes {
        let since = Instant::now();
        while counter(node, "argus_limit_nodes").await.unwrap() != many {
            assert!(since.elapsed() < LONG, "{}", readiness(node).await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Asks every node for more than the whole limit at once, of a new key with each limit: what each of them lets through.
async fn ask_all(installation: &Installation, nodes: &[&Server], stage: &str) {
    for (name, limits) in limits() {
        let secret = create_limited(&installation.administration, &format!("{stage}-{name}"), &limits).await;
        for node in nodes {
            installation.wait_until_permitted(node, &question(&installation.keys, &secret, 0)).await;
        }
        let asked = nodes.iter().map(|node| {
            let (address, request) = (node.pdp, question(&installation.keys, &secret, 1));
            tokio::spawn(async move {
                let (mut connection, mut permits) = (Connection::open(address).await.unwrap(), 0);
                for _ in 0..MOST + 3 {
                    let answer = connection.send(&request).await.unwrap().json().unwrap();
                    permits += u64::from(answer["decision"] == "Permit");
                }
                permits
            })
        });
        let mut shares = Vec::new();
        for asked in asked.collect::<Vec<_>>() {
            shares.push(asked.await.unwrap());
        }
        println!("{stage}, {name}: {shares:?} of {MOST}");
        shares.sort_unstable();
        let (equal, nodes) = (MOST / nodes.len() as u64, nodes.len() as u64);
        assert_eq!(shares.iter().sum::<u64>(), MOST, "{stage}, {name}");
        assert!(shares.iter().all(|share| (equal..=equal + 1).contains(share)), "{shares:?} of {nodes}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_without_redis_admit_together_what_the_limit_says_as_they_come_and_go() {
    let Some(postgres) = PostgresServer::start() else { return };
    let database = postgres.new_database();
    let mut installation = Installation::start(&database, Some(Duration::from_secs(6))).await;
    let all: Vec<_> = installation.deciding.iter().collect();
    wait_until_among(&all, 3).await;
    let told = readiness(all[0]).await;
    assert_eq!((&told["mode"], &told["counted_by"]), (&"local-share".into(), &"local-share".into()), "{told}");
    ask_all(&installation, &all, "three").await;

    let issuer = installation.issuer();
    let joined = Server::start_node(&installation.folder().join("joined"), "pdp", &database, |command| {
        command.env("ARGUS_ISSUER", issuer).env("ARGUS_LONGEST_STALENESS_SECONDS", "6");
    });
    // Ready when it has its share, and not before: the others know of it by then, without being waited for.
    let joined = joined.unwrap();
    assert_eq!(readiness(&joined).await["nodes"], 4);
    let four: Vec<_> = installation.deciding.iter().chain([&joined]).collect();
    ask_all(&installation, &four, "four").await;

    // Who ends says so. Who is killed can't, and counts for as long as it might decide.
    joined.terminate().unwrap();
    let three: Vec<_> = installation.deciding.iter().collect();
    wait_until_among(&three, 3).await;
    ask_all(&installation, &three, "three-again").await;
    installation.deciding[1].kill().unwrap();
    let killed = Instant::now();
    let two = [&installation.deciding[0], &installation.deciding[2]];
    wait_until_among(&two, 2).await;
    println!("a node that was killed counted for {:?} more", killed.elapsed());
    assert!(killed.elapsed() > Duration::from_secs(6), "it might have decided on");
    ask_all(&installation, &two, "two").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_redis_is_away_each_node_counts_its_share_unless_something_else_is_chosen() {
    let (Some(postgres), Some(mut redis)) = (PostgresServer::start(), RedisServer::start()) else { return };
    let url = redis.url();
    let settings = [("ARGUS_REDIS_URL", url.as_str()), ("ARGUS_REDIS_MILLISECONDS", "1000")];
    let installation = Installation::start_with(&postgres.new_database(), None, &settings).await;
    let nodes: Vec<_> = installation.deciding.iter().collect();
    for node in &nodes {
        let told = readiness(node).await;
        assert_eq!((&told["mode"], &told["counted_by"]), (&"exact".into(), &"exact".into()), "{told}");
        assert_eq!(counter(node, "argus_limits_counted{by=\"exact\"}").await.unwrap(), 1);
    }
    // One node has used all that there is, and another one nothing.
    let window = json!([{"name": "all", "strategy": "fixed_window", "limit": 9, "window_seconds": 86_400}]);
    let secret = create_limited(&installation.administration, "before", &window).await;
    let request = question(&installation.keys, &secret, 1);
    installation.wait_until_permitted(nodes[0], &question(&installation.keys, &secret, 0)).await;
    for _ in 0..5 {
        assert_eq!(decision(nodes[0], &request).await["decision"], "Permit");
    }
    redis.kill();
    for node in &nodes {
        wait_until_away(node, 1).await;
        wait_until_among(&[*node], 3).await;
        let told = readiness(node).await;
        assert_eq!((&told["counted_by"], &told["nodes"]), (&"local-share".into(), &3.into()), "{told}");
        assert_eq!(counter(node, "argus_limits_counted{by=\"local-share\"}").await.unwrap(), 1);
    }
    let refused = decision(nodes[0], &request).await;
    assert_eq!(refused["reason"], "rate_limited", "it has let through more than its share: {refused}");
    installation.wait_until_permitted(nodes[1], &question(&installation.keys, &secret, 0)).await;
    let mut permits = 0;
    for _ in 0..5 {
        permits += usize::from(decision(nodes[1], &request).await["decision"] == "Permit");
    }
    assert_eq!(permits, 3);
    ask_all(&installation, &nodes, "away").await;
    let without = "argus_decisions_without_redis_total{choice=\"local-share\"}";
    assert!(counter(nodes[0], without).await.unwrap() > 0);
    redis.start_again();
    for node in &nodes {
        wait_until_away(node, 0).await;
        assert_eq!(readiness(node).await["nodes"], Value::Null);
    }
    assert_eq!(decision(nodes[0], &request).await["limits"][0]["remaining"], 3, "five were used there before");
}

/// Neither Redis nor the database: a node counts on by the share that it had.
#[tokio::test(flavor = "multi_thread")]
async fn while_everything_is_away_nodes_still_admit_together_what_the_limit_says() {
    let (Some(mut postgres), Some(mut redis)) = (PostgresServer::start(), RedisServer::start()) else { return };
    let url = redis.url();
    let settings = [("ARGUS_REDIS_URL", url.as_str()), ("ARGUS_REDIS_MILLISECONDS", "1000")];
    // As long as this may take on a busy machine.
    let staleness = Some(Duration::from_mins(2));
    let installation = Installation::start_with(&postgres.new_database(), staleness, &settings).await;
    let nodes: Vec<_> = installation.deciding.iter().collect();
    let mut keys = Vec::new();
    for (name, limits) in limits() {
        let secret = create_limited(&installation.administration, name, &limits).await;
        for node in &nodes {
            installation.wait_until_permitted(node, &question(&installation.keys, &secret, 0)).await;
        }
        keys.push((name, question(&installation.keys, &secret, 1)));
    }
    postgres.stop();
    redis.kill();
    for node in &nodes {
        wait_until_away(node, 1).await;
    }
    for (name, request) in &keys {
        let mut permits = 0;
        for node in &nodes {
            for _ in 0..MOST {
                permits += u64::from(decision(node, request).await["decision"] == "Permit");
            }
        }
        assert_eq!(permits, MOST, "{name}");
    }
    postgres.start_again();
    redis.start_again();
    for node in &nodes {
        wait_until_away(node, 0).await;
        let since = Instant::now();
        while counter(node, "argus_quota_uses_unwritten").await.unwrap() > 0 {
            assert!(since.elapsed() < LONG, "what was used is not written");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}
