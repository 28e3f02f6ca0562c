//! Full queues: who is sent away, what he is told, and that the work done meanwhile is not lost.

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn beyond_the_queue_requests_are_sent_away_each_to_a_later_time() {
    let world = World::new();
    let verifier = world.verifier(Settings { queue: 2, ..settings() });
    world.shut_gate();
    let ask = || {
        let (world, verifier, key) = (Arc::clone(&world), verifier.clone(), world.key());
        tokio::spawn(async move { verify(&world, &verifier, &key.token).await })
    };
    let first = ask();
    world.wait_for_derivation();
    let waiting = [ask(), ask()];
    while verifier.inner.pool.waiting() < 2 {
        tokio::task::yield_now().await;
    }
    let mut times = Vec::new();
    for _ in 0..30 {
        let Err(Refusal::Busy { retry_after_seconds }) = ask().await.unwrap() else { panic!("not sent away") };
        times.push(retry_after_seconds);
    }
    assert!(times.is_sorted() && times[0] >= 1 && times[29] > times[0], "{times:?}");
    assert_eq!(verifier.counts().busy, 30);
    world.open_gate();
    assert_eq!(first.await.unwrap(), Ok(()));
    for answer in waiting {
        assert_eq!(answer.await.unwrap(), Ok(()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_derivation_that_took_too_long_is_finished_and_warms_the_retry() {
    let world = World::new();
    let verifier = world.verifier(Settings { longest_wait: Duration::from_millis(1), ..settings() });
    let key = world.key();
    world.shut_gate();
    assert!(matches!(verify(&world, &verifier, &key.token).await, Err(Refusal::Busy { retry_after_seconds: 1.. })));
    world.open_gate();
    while verifier.inner.pool.is_busy() {
        tokio::task::yield_now().await;
    }
    assert_eq!(check(&world, &verifier, key.token.expose(), NOW), Answer::Verified);
    assert_eq!(verifier.counts().derivations, 1);
}

/// The promise of a true `Retry-After`: in the end all are served, and every key is derived once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_cold_keys_at_once_are_all_verified_by_coming_back() {
    let world = World::new();
    let verifier = world.verifier(Settings { queue: 8, ..settings() });
    let keys: Vec<MintedKey> = (0..200).map(|_| world.key()).collect();
    let asked: Vec<_> = keys
        .into_iter()
        .map(|key| {
            let (world, verifier) = (Arc::clone(&world), verifier.clone());
            tokio::spawn(async move {
                while let Err(refusal) = verify(&world, &verifier, &key.token).await {
                    assert!(matches!(refusal, Refusal::Busy { .. }), "{refusal}");
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    for answer in asked {
        answer.await.unwrap();
    }
    assert_eq!(verifier.counts().derivations, 200);
    assert_eq!(verifier.verified_len(), 200);
}
