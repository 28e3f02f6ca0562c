//! One derivation for all who ask at once, and what a change during it does.

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_cold_key_asked_about_a_hundred_times_at_once_is_derived_once() {
    let world = World::new();
    let verifier = world.verifier(Settings { threads: 4, ..settings() });
    let key = Arc::new(world.key());
    world.shut_gate();
    let asked: Vec<_> = (0..100)
        .map(|_| {
            let (world, verifier, key) = (Arc::clone(&world), verifier.clone(), Arc::clone(&key));
            tokio::spawn(async move { verify(&world, &verifier, &key.token).await })
        })
        .collect();
    // The gate holds the one derivation until all the others have joined it.
    while verifier.counts().shared < 99 {
        tokio::task::yield_now().await;
    }
    world.open_gate();
    for answer in asked {
        assert_eq!(answer.await.unwrap(), Ok(()));
    }
    assert_eq!(verifier.counts().derivations, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn without_a_gate_too_a_hundred_requests_cause_one_derivation() {
    let world = World::new();
    let verifier = world.verifier(Settings { threads: 4, ..settings() });
    for round in 1..=20 {
        let key = Arc::new(world.key());
        let asked: Vec<_> = (0..100)
            .map(|_| {
                let (world, verifier, key) = (Arc::clone(&world), verifier.clone(), Arc::clone(&key));
                tokio::spawn(async move { verify(&world, &verifier, &key.token).await })
            })
            .collect();
        for answer in asked {
            assert_eq!(answer.await.unwrap(), Ok(()));
        }
        assert_eq!(verifier.counts().derivations, round);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_revoked_during_its_derivation_is_refused_and_not_remembered() {
    let world = World::new();
    let verifier = world.verifier(settings());
    let key = Arc::new(world.key());
    world.shut_gate();
    let asked = {
        let (world, verifier, key) = (Arc::clone(&world), verifier.clone(), Arc::clone(&key));
        tokio::spawn(async move { verify(&world, &verifier, &key.token).await })
    };
    world.wait_for_derivation();
    let change = |generation, state| {
        let hash = world.snapshot().find(&key.id).unwrap().hash.clone();
        world.put(key.id, Some(TestRecord { generation, state, not_before: None, expires_at: None, hash }));
    };
    change(2, State::Revoked);
    world.open_gate();
    assert_eq!(asked.await.unwrap(), Err(Refusal::Revoked));
    assert_eq!(verifier.verified_len(), 0);
    // Even if it came back to life, what was derived before would not count.
    change(3, State::Active);
    assert_eq!(check(&world, &verifier, key.token.expose(), NOW), Answer::NeedsDerivation);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_deleted_during_its_derivation_is_unknown() {
    let world = World::new();
    let verifier = world.verifier(settings());
    let key = Arc::new(world.key());
    world.shut_gate();
    let asked = {
        let (world, verifier, key) = (Arc::clone(&world), verifier.clone(), Arc::clone(&key));
        tokio::spawn(async move { verify(&world, &verifier, &key.token).await })
    };
    world.wait_for_derivation();
    world.put(key.id, None);
    world.open_gate();
    assert_eq!(asked.await.unwrap(), Err(Refusal::Unknown));
    assert_eq!(verifier.verified_len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_secret_replaced_during_its_derivation_is_to_be_tried_again() {
    let world = World::new();
    let verifier = world.verifier(settings());
    let key = Arc::new(world.key());
    world.shut_gate();
    let asked = {
        let (world, verifier, key) = (Arc::clone(&world), verifier.clone(), Arc::clone(&key));
        tokio::spawn(async move { verify(&world, &verifier, &key.token).await })
    };
    world.wait_for_derivation();
    world.put(key.id, Some(TestRecord { generation: 2, ..active("another secret") }));
    world.open_gate();
    assert_eq!(asked.await.unwrap(), Err(Refusal::Busy { retry_after_seconds: 1 }));
    assert_eq!(verify(&world, &verifier, &key.token).await, Err(Refusal::WrongSecret));
}

/// No schedule of revocations and derivations leaves a revoked key verified, nor brings it back afterwards.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_revocation_at_any_moment_of_a_derivation_holds() {
    let world = World::new();
    let verifier = world.verifier(Settings { threads: 2, ..settings() });
    for _ in 0..300 {
        let key = Arc::new(world.key());
        let asked: Vec<_> = (0..4)
            .map(|_| {
                let (world, verifier, key) = (Arc::clone(&world), verifier.clone(), Arc::clone(&key));
                tokio::spawn(async move { verify(&world, &verifier, &key.token).await })
            })
            .collect();
        tokio::task::yield_now().await;
        let hash = world.snapshot().find(&key.id).unwrap().hash.clone();
        let with = |generation, state| {
            let hash = hash.clone();
            Some(TestRecord { generation, state, not_before: None, expires_at: None, hash })
        };
        world.put(key.id, with(2, State::Revoked));
        assert_eq!(check(&world, &verifier, key.token.expose(), NOW), Answer::Refused(Refusal::Revoked));
        for answer in asked {
            assert!(matches!(answer.await.unwrap(), Ok(()) | Err(Refusal::Revoked)));
        }
        world.put(key.id, with(3, State::Active));
        assert_eq!(check(&world, &verifier, key.token.expose(), NOW), Answer::NeedsDerivation);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_hangs_up_takes_nobodys_answer_away() {
    let world = World::new();
    let verifier = world.verifier(settings());
    let key = Arc::new(world.key());
    world.shut_gate();
    let ask = || {
        let (world, verifier, key) = (Arc::clone(&world), verifier.clone(), Arc::clone(&key));
        tokio::spawn(async move { verify(&world, &verifier, &key.token).await })
    };
    let first = ask();
    world.wait_for_derivation();
    let second = ask();
    while verifier.counts().shared < 1 {
        tokio::task::yield_now().await;
    }
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    world.open_gate();
    assert_eq!(second.await.unwrap(), Ok(()));
    assert_eq!(verifier.counts().derivations, 1);
}
