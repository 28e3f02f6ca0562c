//! A secret whose stored hash has fewer rounds than new ones is hashed anew when it was shown right, and only then.

use std::thread;
use std::time::Instant;

use super::*;

fn hasher(count: u32) -> Hasher {
    Hasher::new(Iterations::new(count, Environment::Test).unwrap())
}

fn strengthening(world: &Arc<World>) -> Verifier<Arc<World>> {
    world.verifier(Settings { strengthen: Some(hasher(2_000)), ..settings() })
}

/// What came of the work in the background, once there is no more of it.
fn found(world: &World, verifier: &Verifier<Arc<World>>) -> Vec<Stronger> {
    let begun = Instant::now();
    while verifier.inner.pool.is_busy() {
        assert!(begun.elapsed() < Duration::from_mins(1), "the threads don't come to rest");
        thread::yield_now();
    }
    std::mem::take(&mut *world.stronger.lock().unwrap())
}

#[tokio::test]
async fn a_weak_hash_is_made_anew_once_and_the_secret_goes_on() {
    let world = World::new();
    let verifier = strengthening(&world);
    let key = world.key();
    assert_eq!(verify(&world, &verifier, &key.token).await, Ok(()));
    let [stronger] = found(&world, &verifier).try_into().unwrap();
    assert_eq!((stronger.id, &stronger.before), (key.id, world.snapshot().find(&key.id).unwrap().hash()));
    assert!(stronger.after.matches(key.token.expose()) && !stronger.after.matches("another"));
    assert_eq!(stronger.after.iterations().count(), 2_000);
    let salt = |hash: &StoredHash| hash.to_string().split('$').nth(3).unwrap().to_owned();
    assert_ne!(salt(&stronger.before), salt(&stronger.after));

    // It is the same secret: what is remembered of it holds, and where it isn't, the new hash is strong enough.
    world.put(key.id, Some(TestRecord { hash: stronger.after, ..active("") }));
    for _ in 0..3 {
        assert_eq!(verify(&world, &verifier, &key.token).await, Ok(()));
    }
    let restarted = strengthening(&world);
    assert_eq!(verify(&world, &restarted, &key.token).await, Ok(()));
    assert_eq!((found(&world, &verifier), found(&world, &restarted)), (vec![], vec![]));
    let counted = |verifier: &Verifier<_>| (verifier.counts().derivations, verifier.counts().strengthened);
    assert_eq!((counted(&verifier), counted(&restarted)), ((1, 1), (1, 0)));
}

#[tokio::test]
async fn nothing_is_made_anew_for_a_wrong_secret_a_stopped_key_or_without_being_asked() {
    let world = World::new();
    let verifier = strengthening(&world);
    let key = world.key();
    assert_eq!(verify(&world, &verifier, &world.wrong_key(key.id)).await, Err(Refusal::WrongSecret));
    assert_eq!(found(&world, &verifier), []);

    // Revoked while it is derived.
    let pending = match verifier.check(key.token.expose(), &world.snapshot(), NOW) {
        Checked::NeedsDerivation(pending) => pending,
        other => panic!("{other:?}"),
    };
    world.put(key.id, Some(TestRecord { generation: 2, state: State::Revoked, ..active(key.token.expose()) }));
    assert_eq!(pending.derive(None).await.map(|_| ()), Err(Refusal::Revoked));
    assert_eq!(found(&world, &verifier), []);

    let (plain, other) = (world.verifier(settings()), world.key());
    assert_eq!(verify(&world, &plain, &other.token).await, Ok(()));
    assert_eq!(found(&world, &plain), []);
}
