//! A flood of forged keys, and many clients with one cold key.

use std::time::{Duration, Instant};

use argus_tests::flood::{Presented, Turn, counter, forgeries, turn, verify};
use argus_tests::http::{Connection, once};
use argus_tests::load::Load;
use argus_tests::program::{Server, is_release, promised};
use argus_tests::walk::{Keys, create_key};

const DERIVATIONS: &str = "argus_derivations_total";
const TURNS: usize = 3;
const LASTS: Duration = Duration::from_secs(2);
/// Something else on the machine may fall into the one half of a turn and not into the other. What is so of Argus is so
/// each time.
const ATTEMPTS: usize = 3;
const COLD_KEYS: u64 = 3;

/// A server that knows no key yet: what was derived is forgotten by a restart.
struct Cold {
    // Dropped before the folder that holds its data.
    server: Server,
    keys: Keys,
    cold: Vec<String>,
    _folder: tempfile::TempDir,
}

async fn cold_server() -> Cold {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (keys, cold) = {
        let server = Server::start(&data).unwrap();
        let keys = Keys::create(&server).await.unwrap();
        let mut cold = Vec::new();
        for number in 0..COLD_KEYS {
            cold.push(create_key(&server, &format!("cold-{number}"), "acme/atlas/evidence:read").await.unwrap());
        }
        (keys, cold)
    };
    let server = Server::start(&data).unwrap();
    let warmed = once(server.pdp, &verify(&keys.enforcement_point, &keys.reader)).await.unwrap();
    assert_eq!(warmed.json().unwrap()["decision"], "Permit", "{}", warmed.text());
    Cold { server, keys, cold, _folder: folder }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_forged_keys_derives_nothing_and_holds_nobody_up() {
    let Cold { server, keys, cold, _folder } = cold_server().await;
    let before = counter(&server, DERIVATIONS).await.unwrap();
    for presented in [Presented::Subject, Presented::Bearer] {
        let mut is_within = false;
        for _ in 0..ATTEMPTS {
            let mut turns = Vec::new();
            for _ in 0..TURNS {
                turns.push(turn(&server, &keys, presented, LASTS).await.unwrap());
            }
            is_within = judge(presented, &turns);
            if is_within {
                break;
            }
        }
        assert!(
            is_within || !is_release(),
            "right keys wait for forged ones, or forged ones cost more, time after time"
        );
    }
    let after = counter(&server, DERIVATIONS).await.unwrap();
    assert_eq!(after, before, "no forged key is derived");

    // Right keys that the server has not seen since its start, while the flood goes on.
    let (requests, status) = forgeries(&keys, Presented::Subject);
    let flood = Load { address: server.pdp, pid: server.pid(), requests, clients: 200, lasts: 2 * LASTS, status };
    let ask = async {
        for key in &cold {
            let begun = Instant::now();
            let answer = once(server.pdp, &verify(&keys.enforcement_point, key)).await?;
            let taken = begun.elapsed();
            println!("a right, cold key during the flood: {taken:?}");
            assert_eq!(answer.json()?["decision"], "Permit", "{}", answer.text());
            assert!(taken < promised(Duration::from_secs(2)), "a right, cold key took {taken:?}");
        }
        anyhow::Ok(())
    };
    tokio::try_join!(flood.run(), ask).unwrap();
    let cost = counter(&server, DERIVATIONS).await.unwrap() - after;
    assert_eq!(cost, COLD_KEYS, "each cold key takes one derivation");
}

/// Prints what was measured, and says whether it is within the promises.
fn judge(presented: Presented, turns: &[Turn]) -> bool {
    let median = |of: fn(&Turn) -> f64| {
        let mut values: Vec<f64> = turns.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let (rise, share) = (median(Turn::rise), median(|turn| turn.forged_cpu_micros / turn.right_cpu_micros));
    for turn in turns {
        println!("{presented:?}: {turn:?}");
    }
    println!("{presented:?}: right keys wait {rise:.2} times as long; a forged key costs {share:.2} of a right one");
    rise <= 1.5 && share <= 1.0
}

#[tokio::test(flavor = "multi_thread")]
async fn one_cold_key_presented_by_a_hundred_clients_costs_one_derivation() {
    let Cold { server, keys, cold, _folder } = cold_server().await;
    let before = counter(&server, DERIVATIONS).await.unwrap();
    let request = verify(&keys.enforcement_point, &cold[0]);
    let mut clients = Vec::new();
    for _ in 0..100 {
        clients.push(Connection::open(server.pdp).await.unwrap());
    }
    let asked: Vec<_> = clients
        .into_iter()
        .map(|mut client| {
            let request = request.clone();
            tokio::spawn(async move { client.send(&request).await.unwrap() })
        })
        .collect();
    for answer in asked {
        let answer = answer.await.unwrap();
        assert_eq!(answer.json().unwrap()["decision"], "Permit", "{}", answer.text());
    }
    let cost = counter(&server, DERIVATIONS).await.unwrap() - before;
    assert_eq!(cost, 1, "a hundred clients share one derivation");
}
