//! Stored hashes that have fewer iterations than new ones: raised by the first use, and by no use that is refused.

use std::thread;
use std::time::Instant;

use argus_credentials::{Environment, Hasher, Iterations};
use argus_store::key::{self, Revocation};
use serde_json::Value;

use crate::support::{Installation, PATIENCE, TestKey, get, question};

const BEFORE: u32 = 1_000;
const AFTER: u32 = 2_000;

fn iterations(count: u32) -> Iterations {
    Iterations::new(count, Environment::Test).unwrap()
}

/// An installation whose hashes were made with fewer iterations than it asks for now.
fn raised() -> Installation {
    Installation::start(|settings, _| {
        settings.hasher = Hasher::new(iterations(AFTER)).reading(iterations(BEFORE));
        // One after the other, in the order in which they were asked for.
        settings.verifier.threads = 1;
    })
}

async fn decision(installation: &Installation, key: &TestKey) -> Value {
    let asked = question(key, "read", "acme/atlas/evidence/42");
    installation.verify(&installation.pep, &asked).await.json()["decision"].clone()
}

async fn derivations(installation: &Installation) -> u64 {
    let metrics = installation.send(get("/metrics")).await.text;
    let mut counts = metrics.lines().filter_map(|line| line.strip_prefix("argus_derivations_total "));
    counts.next().unwrap().parse().unwrap()
}

/// The stored hash of a key, once it is another than before.
fn wait_for_another(installation: &Installation, key: &TestKey, before: &str) -> String {
    let since = Instant::now();
    loop {
        let hash = installation.stored_hash(key.key.id);
        if hash != before {
            return hash;
        }
        assert!(since.elapsed() < PATIENCE, "the hash was not raised");
        thread::yield_now();
    }
}

#[actix_web::test]
async fn the_first_use_raises_a_hash_and_the_next_derives_nothing() {
    let installation = raised();
    let (id, token) = (installation.reader.key.id, installation.reader.token.as_str());
    let before = installation.stored_hash(id);
    assert!(before.starts_with("$pbkdf2-sha256$i=1000,l=32$"), "{before}");
    assert_eq!(decision(&installation, &installation.reader).await, "Permit");

    let after = wait_for_another(&installation, &installation.reader, &before);
    assert!(after.starts_with("$pbkdf2-sha256$i=2000,l=32$"), "{after}");
    assert!(before.split('$').skip(3).zip(after.split('$').skip(3)).all(|(old, new)| old != new), "{before} {after}");
    // Read by what reads nothing weaker, and of the same secret alone.
    let read = Hasher::new(iterations(AFTER)).read(&after).unwrap();
    assert!(read.matches(token) && !read.matches(&installation.pep.token));

    installation.pdp.apply_changes().unwrap();
    let derived = derivations(&installation).await;
    for _ in 0..3 {
        assert_eq!(decision(&installation, &installation.reader).await, "Permit");
    }
    assert_eq!(derivations(&installation).await, derived, "the secret is the one that was verified");
    assert_eq!(installation.stored_hash(id), after);
    assert_eq!(installation.find_key(id).generation, installation.reader.key.generation);
    let told = installation.last_audit_entry("credential.strengthened");
    assert_eq!(
        (&told["target"]["id"], &told["details"]["iterations"]),
        (&Value::from(id.to_string()), &Value::from(AFTER))
    );
    assert!(!told.to_string().contains("pbkdf2"), "{told}");

    let metrics = installation.send(get("/metrics")).await.text;
    // The reader's, and that of the enforcement point that asked.
    assert!(metrics.lines().any(|line| line == "argus_secrets_strengthened_total 2"), "{metrics}");
}

#[actix_web::test]
async fn a_refused_use_raises_nothing() {
    let installation = raised();
    let revoked = installation.add_key("acme", "revoked", "acme/atlas/evidence:read", |_, _| {});
    let other = installation.add_key("acme", "other", "acme/atlas/evidence:read", |_, _| {});
    installation.act(|conn, act| key::revoke(conn, act, revoked.key.id, &Revocation::manual("leaked")).unwrap());
    let (of_revoked, of_other) = (installation.stored_hash(revoked.key.id), installation.stored_hash(other.key.id));
    assert_eq!(decision(&installation, &revoked).await, "Deny");
    assert_eq!(decision(&installation, &other).await, "Permit");
    wait_for_another(&installation, &other, &of_other);
    assert_eq!(installation.stored_hash(revoked.key.id), of_revoked, "what was asked for first would be done by now");
}
