//! A store with a database of its own, and the shortest way to fill it.

use argus_store::credential::{Material, NewCredential, StoredHash};
use argus_store::key::{Environment, Key, NewKey};
use argus_store::organisation::{NewOrganisation, OrganisationPolicy};
use argus_store::project::{NewProject, Project};
use argus_store::{
    Act, Conditions, KeyId, OrganisationId, ProjectId, Store, StoreError, change, key, organisation, project,
};
use chrono::{DateTime, TimeDelta, Utc};

use crate::database::{self, Holder};

/// A store, where its database is and what holds it.
pub(crate) struct Fixture {
    pub(crate) store: Store,
    pub(crate) acme: OrganisationId,
    pub(crate) url: String,
    pub(crate) holder: Holder,
}

/// A store with the organisation `acme` in it; `None` where this machine has no such database.
pub(crate) fn fixture() -> Option<Fixture> {
    let (store, url, holder) = database::open()?;
    let acme = add_organisation(&store, "acme").unwrap();
    Some(Fixture { store, acme, url, holder })
}

/// A moment some minutes after all others began.
pub(crate) fn minute(n: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 123_456_000).unwrap() + TimeDelta::minutes(n)
}

pub(crate) fn act(organisation: OrganisationId, at: DateTime<Utc>) -> Act {
    Act::of_host(organisation, at, "a request")
}

pub(crate) fn add_organisation(store: &Store, name: &str) -> Result<OrganisationId, StoreError> {
    let id = OrganisationId::new(minute(0));
    let new = NewOrganisation {
        id,
        name: name.into(),
        display_name: None,
        conditions: Conditions::default(),
        policy: OrganisationPolicy::default(),
        time_zone: "UTC".into(),
    };
    store.write(|conn| organisation::create(conn, &act(id, minute(0)), &new)).map(|made| made.id)
}

pub(crate) fn add_project(store: &Store, organisation: OrganisationId, name: &str) -> Result<Project, StoreError> {
    let new = NewProject { id: ProjectId::new(minute(0)), name: name.into(), conditions: Conditions::default() };
    store.write(|conn| project::create(conn, &act(organisation, minute(0)), &new))
}

pub(crate) fn new_key(project: Option<ProjectId>, name: &str) -> NewKey {
    NewKey {
        id: KeyId::new(minute(1)),
        project_id: project,
        name: name.into(),
        owner: "ada@acme.example".into(),
        environment: Environment::Live,
        scopes: vec!["acme/atlas/evidence:read".into()],
        conditions: Conditions::default(),
        limits: Vec::new(),
        tags: vec!["ci".into()],
        parent_key_id: None,
        not_before: None,
        expires_at: Some(minute(1_000)),
        expiry_exception: None,
        rotation_interval_seconds: None,
        grace_seconds: None,
        durable: false,
    }
}

/// The hash of a secret.
pub(crate) fn new_hash() -> StoredHash {
    StoredHash::new("$pbkdf2-sha256$i=600000,l=32$c2FsdA$aGFzaA".into())
}

pub(crate) fn new_credential(id: &str) -> NewCredential {
    NewCredential { id: id.into(), material: Material::Secret(new_hash()), not_before: minute(1), expires_at: None }
}

/// A key whose credential's id is the number `n`.
pub(crate) fn add_key(fixture: &Fixture, project: Option<ProjectId>, name: &str, n: u32) -> Result<Key, StoreError> {
    let (new, credential) = (new_key(project, name), new_credential(&format!("{n:012}")));
    fixture.store.write(|conn| key::create(conn, &act(fixture.acme, minute(1)), &new, &credential))
}

/// The newest number of the change feed.
pub(crate) fn sequence(store: &Store) -> i64 {
    store.read(change::find_latest_sequence).unwrap()
}
