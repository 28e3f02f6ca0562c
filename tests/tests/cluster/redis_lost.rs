//! Redis goes away in the midst of a load: within moments what is set for that holds, and when it is back it goes on from
//! what it had counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use argus_tests::http::Connection;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::installation::{Installation, by_build};
use crate::limits::{create_limited, decision, question, wait_until_away};
use crate::postgres::PostgresServer;
use crate::redis::RedisServer;

/// More than is asked for.
const MOST: u64 = 1_000_000;

/// Clients of each node.
const CLIENTS: usize = 3;

/// What a client was told, and when it had asked and was answered.
struct Told {
    asked: Instant,
    answered: Instant,
    is_permit: bool,
}

/// Asks every node, over and over.
struct Load {
    clients: Vec<JoinHandle<Vec<Told>>>,
    goes_on: Arc<AtomicBool>,
}

impl Load {
    fn begin(installation: &Installation, request: &[u8]) -> Self {
        let goes_on = Arc::new(AtomicBool::new(true));
        let nodes = installation.deciding.iter().flat_map(|node| std::iter::repeat_n(node.pdp, CLIENTS));
        let clients = nodes.map(|address| {
            let (request, goes_on) = (request.to_vec(), Arc::clone(&goes_on));
            tokio::spawn(async move {
                let (mut connection, mut told) = (Connection::open(address).await.unwrap(), Vec::new());
                while goes_on.load(Relaxed) {
                    let asked = Instant::now();
                    let answer: Value = connection.send(&request).await.unwrap().json().unwrap();
                    let is_permit = answer["decision"] == "Permit";
                    assert!(is_permit || answer["reason"] == "rate_limited", "{answer}");
                    told.push(Told { asked, answered: Instant::now(), is_permit });
                }
                told
            })
        });
        Self { clients: clients.collect(), goes_on }
    }

    async fn end(self) -> Vec<Told> {
        self.goes_on.store(false, Relaxed);
        let mut told = Vec::new();
        for client in self.clients {
            told.extend(client.await.unwrap());
        }
        told
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn within_moments_the_choice_holds_and_what_was_counted_is_not_forgotten() {
    let (Some(postgres), Some(mut redis)) = (PostgresServer::start(), RedisServer::start()) else { return };
    let url = redis.url();
    // With the time-out that holds where nothing is set.
    let settings = [("ARGUS_REDIS_URL", url.as_str()), ("ARGUS_REDIS_AWAY", "deny")];
    let installation = Installation::start_with(&postgres.new_database(), None, &settings).await;
    let moments = by_build(Duration::from_millis(250), Duration::from_secs(3));
    for (name, is_killed) in [("killed", true), ("frozen", false)] {
        let window = json!([{"name": "all", "strategy": "fixed_window", "limit": MOST, "window_seconds": 31_536_000}]);
        let secret = create_limited(&installation.administration, name, &window).await;
        let looks = question(&installation.keys, &secret, 0);
        for node in &installation.deciding {
            installation.wait_until_permitted(node, &looks).await;
        }
        let load = Load::begin(&installation, &question(&installation.keys, &secret, 1));
        tokio::time::sleep(Duration::from_millis(500)).await;
        let gone = Instant::now();
        if is_killed {
            redis.kill();
        } else {
            redis.freeze();
        }
        for node in &installation.deciding {
            wait_until_away(node, 1).await;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        let told = load.end().await;
        let permits = told.iter().filter(|told| told.is_permit).count() as u64;
        assert!(permits > 0 && told.iter().any(|told| !told.is_permit), "{permits} of {}", told.len());
        let late = told.iter().filter(|told| told.is_permit && told.asked > gone + moments).count();
        assert_eq!(late, 0, "{name}: what is set holds within {moments:?}");
        let longest = told.iter().map(|told| told.answered - told.asked).max().unwrap();
        let last = told.iter().filter(|told| told.is_permit).map(|told| told.answered).max().unwrap();
        println!(
            "{name}: the last Permit {:?} after, the longest answer {longest:?}",
            last.saturating_duration_since(gone)
        );
        assert!(longest < moments, "{name}: {longest:?}");

        if is_killed {
            redis.start_again();
        } else {
            redis.thaw();
        }
        for node in &installation.deciding {
            wait_until_away(node, 0).await;
        }
        let left = decision(&installation.deciding[0], &looks).await["limits"][0]["remaining"].as_u64().unwrap();
        let used = MOST - left;
        // What was under way may have been counted there and not been told here. Nothing that was told is forgotten.
        let under_way = (CLIENTS * installation.deciding.len()) as u64;
        println!("{name}: {permits} admitted, {used} counted when it was back");
        assert!((permits..=permits + under_way).contains(&used), "{permits} admitted, {used} counted");
    }
}
