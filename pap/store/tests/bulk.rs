//! Many keys revoked in one act. What it took is printed, and judged where this is a release build.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and its helpers are part of it"
)]

#[cfg(unix)]
#[path = "support/postgres.rs"]
mod server;

use std::time::{Duration, Instant};

use argus_store::credential::{Material, NewCredential, StoredHash};
use argus_store::key::{Environment, KeyFilter, NewKey, Revocation};
use argus_store::organisation::{NewOrganisation, OrganisationPolicy};
use argus_store::outbox::NoticeFilter;
use argus_store::{
    Act, Conditions, KeyId, Location, OrganisationId, PageSize, Store, StoreError, key, organisation, outbox,
};
use chrono::{DateTime, Utc};

/// How many are revoked: what is promised, and what is enough to see that it works.
const KEYS: usize = if cfg!(debug_assertions) { 2_000 } else { 100_000 };

/// Who answers for them.
const OWNERS: usize = 50;

const LONGEST: Duration = Duration::from_secs(5);

fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

#[test]
fn a_hundred_thousand_keys_in_a_file_are_revoked_in_five_seconds() {
    let folder = tempfile::tempdir().unwrap();
    revoke_the_fleet(&format!("sqlite://{}", folder.path().join("argus.db").display()));
}

#[cfg(unix)]
#[test]
fn a_hundred_thousand_keys_on_a_server_are_revoked_in_five_seconds() {
    let Some(server) = server::PostgresServer::shared() else { return };
    revoke_the_fleet(&server.new_database());
}

fn revoke_the_fleet(url: &str) {
    let location = Location::parse(url).unwrap();
    let place = if location.file().is_some() { "a file" } else { "a server" };
    let store = Store::open(location).unwrap();
    let acme = OrganisationId::new(noon());
    let act = Act::of_host(acme, noon(), "a test");
    fill(&store, &act);

    let begun = Instant::now();
    let filter = KeyFilter { tag: Some("fleet".into()), ..KeyFilter::default() };
    let revoked = store.write(|conn| key::revoke_many(conn, &act, &filter, &Revocation::manual("over"))).unwrap();
    let taken = begun.elapsed();
    println!(
        "{} keys in {place} were revoked in {taken:?}, with their audit, their notices and their changes",
        revoked.revoked.len()
    );
    assert_eq!(revoked.revoked.len(), KEYS);
    let again = store.write(|conn| key::revoke_many(conn, &act, &filter, &Revocation::manual("over"))).unwrap();
    assert_eq!(again.revoked, []);
    let all = PageSize::new(PageSize::MOST.into()).unwrap();
    let told = store.read(|conn| outbox::list(conn, NoticeFilter::default(), None, all)).unwrap();
    assert_eq!((told.items.len(), told.more), (OWNERS, false), "every owner is told once");
    assert!(cfg!(debug_assertions) || taken <= LONGEST, "{taken:?}");
}

/// A fleet of keys, made a thousand in a transaction.
fn fill(store: &Store, act: &Act) {
    let new = NewOrganisation {
        id: act.organisation,
        name: "acme".into(),
        display_name: None,
        conditions: Conditions::default(),
        policy: OrganisationPolicy::default(),
        time_zone: "UTC".into(),
    };
    store.write(|conn| organisation::create(conn, act, &new)).unwrap();
    for start in (0..KEYS).step_by(1_000) {
        store
            .write(|conn| {
                for n in start..KEYS.min(start + 1_000) {
                    key::create(conn, act, &new_key(n), &first(n))?;
                }
                Ok::<(), StoreError>(())
            })
            .unwrap();
    }
}

fn new_key(n: usize) -> NewKey {
    NewKey {
        id: KeyId::new(noon()),
        project_id: None,
        name: format!("machine-{n}"),
        owner: format!("team-{}@acme.example", n % OWNERS),
        environment: Environment::Live,
        scopes: vec!["acme/atlas/telemetry:write".into()],
        conditions: Conditions::default(),
        limits: Vec::new(),
        tags: vec!["fleet".into()],
        parent_key_id: None,
        not_before: None,
        expires_at: None,
        expiry_exception: Some("a fleet".into()),
        rotation_interval_seconds: None,
        grace_seconds: None,
        durable: false,
    }
}

fn first(n: usize) -> NewCredential {
    let hash = StoredHash::new("$pbkdf2-sha256$i=600000,l=32$c2FsdA$aGFzaA".into());
    NewCredential { id: format!("{n:012}"), material: Material::Secret(hash), not_before: noon(), expires_at: None }
}
