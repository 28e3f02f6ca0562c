//! A process that is killed while it makes keys and imports policies.
//!
//! The test starts itself again as the process to be killed. That one writes a line for every act that the store has
//! acknowledged; what the lines say must be in the database afterwards, and nothing in it may be half an act.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and its helpers are part of it"
)]

#[cfg(unix)]
#[path = "support/postgres.rs"]
mod server;
#[path = "support/victim.rs"]
mod victim;

use std::collections::BTreeSet;

use argus_store::change::ChangeKind;
use argus_store::credential::{Material, NewCredential, StoredHash};
use argus_store::key::{Environment, KeyFilter, NewKey};
use argus_store::organisation::{NewOrganisation, OrganisationPolicy};
use argus_store::policy_document::{DocumentKind, NewPolicyDocument};
use argus_store::{
    Act, Conditions, Conn, KeyId, OrganisationId, PageSize, Store, StoreError, change, key, organisation,
    policy_document, snapshot,
};
use chrono::{DateTime, Utc};
use victim::{Victim, on_each_database, open};

const ROUNDS: usize = 50;
const DOCUMENTS: usize = 20;
const VICTIM: Victim = Victim {
    test: "nothing_acknowledged_is_lost_and_nothing_is_half_made_when_the_process_is_killed",
    variable: "ARGUS_STORE_VICTIM_DATABASE",
    mark: "acknowledged ",
};

#[test]
fn nothing_acknowledged_is_lost_and_nothing_is_half_made_when_the_process_is_killed() {
    if let Some(url) = VICTIM.database() {
        live_until_killed(&url);
    }
    on_each_database(kill_often);
}

fn kill_often(url: &str) {
    let (mut keys, mut import) = (BTreeSet::new(), 0);
    for round in 0..ROUNDS {
        // The kill falls later in each round of seven: within the migration, the first act, the next ones.
        for line in VICTIM.said_before_the_kill(url, &[], round % 7) {
            match line.split_once(' ').unwrap() {
                ("key", id) => assert!(keys.insert(id.parse::<KeyId>().unwrap())),
                ("import", n) => import = n.parse().unwrap(),
                other => panic!("{other:?}"),
            }
        }
        check(&open(url), &keys, import);
    }
    assert!(keys.len() > ROUNDS && import > 0, "{} keys, {import} imports", keys.len());
}

fn check(store: &Store, acknowledged: &BTreeSet<KeyId>, import: u64) {
    store.read(Conn::check_integrity).unwrap();
    let (keys, records, changes, documents) = store
        .read(|conn| {
            let records = snapshot::load_credentials(conn)?;
            let changes = change::list_since(conn, 0, u32::MAX)?;
            Ok((all_keys(conn)?, records, changes, policy_document::list_current(conn)?))
        })
        .unwrap();

    assert!(acknowledged.is_subset(&keys), "an acknowledged key is lost");
    assert_eq!(records.iter().map(|record| record.key.id).collect::<BTreeSet<_>>(), keys, "a key without credential");
    let told = changes.iter().filter(|change| change.kind == ChangeKind::Key).map(|change| change.id.parse().unwrap());
    assert_eq!(told.collect::<BTreeSet<_>>(), keys, "a key without its change");

    let versions: BTreeSet<u64> = documents.iter().map(|document| document.version.parse().unwrap()).collect();
    assert!(versions.len() <= 1, "half an import is current: {versions:?}");
    assert!([0, DOCUMENTS].contains(&documents.len()), "{} documents are current", documents.len());
    assert!(versions.last().copied().unwrap_or(0) >= import, "an acknowledged import is lost");
}

fn all_keys(conn: &mut Conn) -> Result<BTreeSet<KeyId>, StoreError> {
    let (mut ids, mut after) = (BTreeSet::new(), None);
    loop {
        let page = key::list(conn, &KeyFilter::default(), after, PageSize::new(200).unwrap())?;
        after = page.items.last().map(|key| key.id);
        ids.extend(page.items.iter().map(|key| key.id));
        if !page.more {
            return Ok(ids);
        }
    }
}

fn live_until_killed(url: &str) -> ! {
    let store = open(url);
    let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    let act = Act::of_host(acme(&store, at), at, "a victim");
    let mut import = store.read(policy_document::list_current).unwrap();
    let mut import: u64 = import.pop().map_or(0, |document| document.version.parse().unwrap());
    loop {
        let id = KeyId::new(at);
        let (new, credential) = (new_key(id), new_credential(id, at));
        store.write(|conn| key::create(conn, &act, &new, &credential)).unwrap();
        println!("{}key {id}", VICTIM.mark);
        import += 1;
        store.write(|conn| policy_document::import(conn, &act, &documents(import))).unwrap();
        println!("{}import {import}", VICTIM.mark);
    }
}

fn acme(store: &Store, at: DateTime<Utc>) -> OrganisationId {
    let found = store.read(|conn| organisation::find_by_name(conn, "acme")).unwrap();
    found.map_or_else(|| add_acme(store, at), |acme| acme.id)
}

fn add_acme(store: &Store, at: DateTime<Utc>) -> OrganisationId {
    let id = OrganisationId::new(at);
    let act = Act::of_host(id, at, "a victim");
    let new = NewOrganisation {
        id,
        name: "acme".into(),
        display_name: None,
        conditions: Conditions::default(),
        policy: OrganisationPolicy::default(),
        time_zone: "UTC".into(),
    };
    store.write(|conn| organisation::create(conn, &act, &new)).unwrap().id
}

fn new_key(id: KeyId) -> NewKey {
    NewKey {
        id,
        project_id: None,
        name: id.to_string(),
        owner: "ada@acme.example".into(),
        environment: Environment::Test,
        scopes: vec!["acme:read".into()],
        conditions: Conditions::default(),
        limits: Vec::new(),
        tags: Vec::new(),
        parent_key_id: None,
        not_before: None,
        expires_at: None,
        expiry_exception: None,
        rotation_interval_seconds: None,
        grace_seconds: None,
        durable: false,
    }
}

/// The last 12 digits of a key's id are random, and serve here as the id of its credential.
fn new_credential(key: KeyId, at: DateTime<Utc>) -> NewCredential {
    let id = key.to_string().rsplit('-').next().unwrap().to_owned();
    NewCredential {
        id,
        material: Material::Secret(StoredHash::new("$pbkdf2-sha256$…".into())),
        not_before: at,
        expires_at: None,
    }
}

fn documents(import: u64) -> Vec<NewPolicyDocument> {
    let document = |n| NewPolicyDocument {
        path: format!("policy-{n}.xml"),
        digest: format!("{import}/{n}"),
        kind: DocumentKind::Policy,
        policy_id: format!("urn:example:{n}"),
        version: import.to_string(),
        text: "<Policy/>".repeat(100),
    };
    (0..DOCUMENTS).map(document).collect()
}
