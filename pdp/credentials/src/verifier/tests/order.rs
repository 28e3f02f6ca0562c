//! Each step refuses what it should, and nothing behind it is reached.

use super::*;

#[tokio::test]
async fn a_right_key_is_verified_by_one_derivation_then_from_memory() {
    let world = World::new();
    let verifier = world.verifier(settings());
    let key = world.key();
    assert_eq!(check(&world, &verifier, key.token.expose(), NOW), Answer::NeedsDerivation);
    assert_eq!(verify(&world, &verifier, &key.token).await, Ok(()));
    assert_eq!(check(&world, &verifier, key.token.expose(), NOW), Answer::Verified);
    let counts = verifier.counts();
    assert_eq!((counts.derivations, counts.cache_hits, counts.wrong_secrets), (1, 1, 0));
}

#[tokio::test]
async fn a_primed_key_is_verified_without_a_derivation() {
    let world = World::new();
    let verifier = world.verifier(settings());
    let key = world.key();
    verifier.prime(&key.token, 1, NOW);
    assert_eq!(verify(&world, &verifier, &key.token).await, Ok(()));
    assert_eq!(verifier.counts().derivations, 0);
}

#[test]
fn a_warm_key_is_forged_once_its_tag_key_is_out_of_use() {
    let world = World::new();
    let verifier = world.verifier(settings());
    let key = world.key();
    verifier.prime(&key.token, 1, NOW);
    assert_eq!(check(&world, &verifier, key.token.expose(), NOW), Answer::Verified);
    world.replace_tag_key();
    assert_eq!(check(&world, &verifier, key.token.expose(), NOW), Answer::Refused(Refusal::Forged));
}

#[test]
fn a_text_that_is_no_key_is_malformed() {
    let world = World::new();
    let verifier = world.verifier(settings());
    assert_eq!(check(&world, &verifier, "argus_live_", NOW), Answer::Refused(Refusal::Malformed));
    assert_eq!(verifier.counts().malformed, 1);
}

#[test]
fn a_key_of_another_installation_is_forged_even_where_its_id_is_known() {
    let (world, elsewhere) = (World::new(), World::new());
    let verifier = world.verifier(settings());
    let key = elsewhere.key();
    world.put(key.id, Some(active(key.token.expose())));
    assert_eq!(check(&world, &verifier, key.token.expose(), NOW), Answer::Refused(Refusal::Forged));
    assert_eq!(verifier.counts().forged, 1);
}

#[test]
fn a_key_without_record_is_unknown() {
    let world = World::new();
    let verifier = world.verifier(settings());
    let key = world.unknown_key();
    assert_eq!(check(&world, &verifier, key.token.expose(), NOW), Answer::Refused(Refusal::Unknown));
}

#[test]
fn state_and_validity_are_looked_at_before_the_secret() {
    let world = World::new();
    let verifier = world.verifier(settings());
    let key = world.key();
    let token = key.token.expose();
    verifier.prime(&key.token, 1, NOW);
    let with = |change: fn(&mut TestRecord)| {
        let mut record = active(token);
        change(&mut record);
        world.put(key.id, Some(record));
        check(&world, &verifier, token, NOW)
    };
    assert_eq!(with(|record| record.state = State::Revoked), Answer::Refused(Refusal::Revoked));
    assert_eq!(with(|record| record.state = State::Suspended), Answer::Refused(Refusal::Suspended));
    assert_eq!(with(|record| record.not_before = Some(NOW + 1)), Answer::Refused(Refusal::NotYetValid));
    assert_eq!(with(|record| record.not_before = Some(NOW)), Answer::Verified);
    assert_eq!(with(|record| record.expires_at = Some(NOW)), Answer::Refused(Refusal::Expired));
    assert_eq!(with(|record| record.expires_at = Some(NOW + 1)), Answer::Verified);
    assert_eq!(verifier.counts().derivations, 0);
}

#[test]
fn ten_thousand_forged_keys_of_a_known_credential_cost_no_derivation() {
    let (world, elsewhere) = (World::new(), World::new());
    let verifier = world.verifier(settings());
    let id = world.key().id;
    for _ in 0..10_000 {
        let forged = elsewhere.unknown_key();
        world.snapshot().find(&id).unwrap();
        assert_eq!(check(&world, &verifier, forged.token.expose(), NOW), Answer::Refused(Refusal::Forged));
    }
    let counts = verifier.counts();
    assert_eq!((counts.forged, counts.derivations), (10_000, 0));
}

#[test]
fn only_what_a_stranger_may_not_learn_is_outwardly_unknown() {
    use Refusal::*;
    let unknown = [Malformed, Forged, Unknown, WrongSecret];
    let known = [Revoked, Suspended, NotYetValid, Expired, Busy { retry_after_seconds: 1 }];
    assert!(unknown.iter().all(|refusal| refusal.is_outwardly_unknown()));
    assert!(!known.iter().any(|refusal| refusal.is_outwardly_unknown()));
}
