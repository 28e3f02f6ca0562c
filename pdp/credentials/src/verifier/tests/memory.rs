//! What is remembered of wrong secrets, of ageing ones, and of ones whose record changed.

use std::net::Ipv4Addr;

use super::*;
use crate::PeerPrefix;

#[tokio::test]
async fn a_wrong_secret_is_derived_once_and_then_known_as_wrong() {
    let world = World::new();
    let verifier = world.verifier(settings());
    let wrong = world.wrong_key(world.key().id);
    for _ in 0..5 {
        assert_eq!(verify(&world, &verifier, &wrong).await, Err(Refusal::WrongSecret));
    }
    let counts = verifier.counts();
    assert_eq!((counts.derivations, counts.wrong_secrets, counts.wrong_hits), (1, 1, 4));
}

#[tokio::test]
async fn a_wrong_secret_is_tried_again_when_the_stored_one_changes() {
    let world = World::new();
    let verifier = world.verifier(settings());
    let key = world.unknown_key();
    world.put(key.id, Some(active("another secret")));
    assert_eq!(verify(&world, &verifier, &key.token).await, Err(Refusal::WrongSecret));
    world.put(key.id, Some(TestRecord { generation: 2, ..active(key.token.expose()) }));
    assert_eq!(verify(&world, &verifier, &key.token).await, Ok(()));
}

#[tokio::test]
async fn a_rise_of_the_generation_costs_one_derivation() {
    let world = World::new();
    let verifier = world.verifier(settings());
    let key = world.key();
    for generation in 1..=3 {
        world.put(key.id, Some(TestRecord { generation, ..active(key.token.expose()) }));
        assert_eq!(verify(&world, &verifier, &key.token).await, Ok(()));
        assert_eq!(verify(&world, &verifier, &key.token).await, Ok(()));
        assert_eq!(verifier.counts().derivations, generation);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_in_use_is_derived_again_in_the_background_and_stays_warm_for_hours() {
    let world = World::new();
    let verifier = world.verifier(settings());
    let key = world.key();
    verifier.prime(&key.token, 1, NOW);
    for minute in 0..300 {
        let refreshes = verifier.counts().derivations;
        let asked = check(&world, &verifier, key.token.expose(), NOW + minute * 60);
        assert_eq!(asked, Answer::Verified, "in minute {minute}");
        // Were a derivation begun, let it end before the clock goes on.
        while verifier.inner.pool.is_busy() {
            tokio::task::yield_now().await;
        }
        assert!(verifier.counts().derivations <= refreshes + 1);
    }
    let refreshes = verifier.counts().refreshes;
    assert!((5..=10).contains(&refreshes), "{refreshes} refreshes in five hours");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_in_use_whose_stored_secret_no_longer_matches_is_forgotten_at_its_refresh() {
    let world = World::new();
    let verifier = world.verifier(settings());
    let key = world.unknown_key();
    // Primed for a record that holds another secret, as a damaged store would.
    world.put(key.id, Some(active("another secret")));
    verifier.prime(&key.token, 1, NOW);
    for minute in 0..56 {
        _ = check(&world, &verifier, key.token.expose(), NOW + minute * 60);
    }
    while verifier.inner.pool.is_busy() {
        tokio::task::yield_now().await;
    }
    assert_eq!(check(&world, &verifier, key.token.expose(), NOW + 3_360), Answer::Refused(Refusal::WrongSecret));
    assert_eq!((verifier.verified_len(), verifier.counts().refreshes), (0, 1));
}

#[tokio::test]
async fn too_many_failures_from_one_source_start_no_further_derivation_for_it() {
    let world = World::new();
    let verifier = world.verifier(settings());
    let (mallory, alice) = (peer(1), peer(2));
    for _ in 0..20 {
        let wrong = world.wrong_key(world.key().id);
        assert_eq!(verify_from(&world, &verifier, &wrong, Some(mallory)).await, Err(Refusal::WrongSecret));
    }
    let right = world.key();
    let refused = verify_from(&world, &verifier, &right.token, Some(mallory)).await;
    assert_eq!(refused, Err(Refusal::Busy { retry_after_seconds: 6 }));
    assert_eq!((verifier.counts().derivations, verifier.counts().limited), (20, 1));
    assert_eq!(verify_from(&world, &verifier, &right.token, Some(alice)).await, Ok(()));
    // Warm now: the source's debt is nothing to it.
    assert_eq!(verify_from(&world, &verifier, &right.token, Some(mallory)).await, Ok(()));
}

#[tokio::test]
async fn too_many_failures_of_one_credential_start_no_further_derivation_but_its_warm_holder_is_served() {
    let world = World::new();
    let verifier = world.verifier(settings());
    let (warm, cold) = (world.key(), world.key());
    assert_eq!(verify(&world, &verifier, &warm.token).await, Ok(()));
    for _ in 0..10 {
        assert_eq!(verify(&world, &verifier, &world.wrong_key(warm.id)).await, Err(Refusal::WrongSecret));
    }
    let refused = verify(&world, &verifier, &world.wrong_key(warm.id)).await;
    assert_eq!(refused, Err(Refusal::Busy { retry_after_seconds: 6 }));
    assert_eq!(verify(&world, &verifier, &warm.token).await, Ok(()));
    assert_eq!(verify(&world, &verifier, &cold.token).await, Ok(()));
    assert_eq!(verifier.counts().derivations, 12);
}

fn peer(last: u8) -> PeerPrefix {
    PeerPrefix::from(Ipv4Addr::new(192, 0, 2, last))
}
