//! What happens to keys by the clock, on a file and on a server: with the time given, and nodes that disagree about it.

#![cfg(test)]

mod addresses;
mod forgotten;
mod life;
mod nodes;
mod notices;
mod plans;
#[cfg(unix)]
#[path = "../../../store/tests/support/postgres.rs"]
mod server;

use argus_admin::{Sweeper, Swept};
use argus_store::credential::{Credential, Material, NewCredential, StoredHash};
use argus_store::key::{Environment, Key, NewKey};
use argus_store::organisation::{NewOrganisation, OrganisationPolicy};
use argus_store::outbox::{Notice, NoticeFilter};
use argus_store::{
    Act, Conditions, KeyId, Location, OrganisationId, PageSize, Store, credential, key, organisation, outbox,
};
use chrono::{DateTime, TimeDelta, Utc};
use tempfile::TempDir;

/// A database with the organisation `acme`.
struct Fixture {
    store: Store,
    acme: OrganisationId,
    folder: TempDir,
}

/// The same test on a file, and on a server where this machine has one.
fn on_both(policy: OrganisationPolicy, test: impl Fn(&Fixture)) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("argus.db").display());
    test(&Fixture::open(&url, policy.clone(), folder));
    #[cfg(unix)]
    if let Some(server) = server::PostgresServer::shared() {
        test(&Fixture::open(&server.new_database(), policy, tempfile::tempdir().unwrap()));
    }
}

impl Fixture {
    fn open(url: &str, policy: OrganisationPolicy, folder: TempDir) -> Self {
        let store = Store::open(Location::parse(url).unwrap()).unwrap();
        let acme = OrganisationId::new(day(0));
        let new = NewOrganisation {
            id: acme,
            name: "acme".into(),
            display_name: None,
            conditions: Conditions::default(),
            policy,
            time_zone: "UTC".into(),
        };
        store.write(|conn| organisation::create(conn, &Act::of_host(acme, day(0), "a test"), &new)).unwrap();
        Self { store, acme, folder }
    }

    /// The same database, as another node has it.
    fn other_node(&self) -> Store {
        // A file has no other node: two sweepers in one process are as near as it gets.
        match self.store.location().file() {
            Some(_) => self.store.clone(),
            None => Store::open(self.store.location().clone()).unwrap(),
        }
    }

    /// A key made on the first day, which is changed before it is made.
    fn add(&self, name: &str, change: impl FnOnce(&mut NewKey)) -> Key {
        let mut new = NewKey {
            id: KeyId::new(day(0)),
            project_id: None,
            name: name.into(),
            owner: "ada@acme.example".into(),
            environment: Environment::Live,
            scopes: vec!["acme/atlas:read".into()],
            conditions: Conditions::default(),
            limits: Vec::new(),
            tags: Vec::new(),
            parent_key_id: None,
            not_before: None,
            expires_at: Some(day(90)),
            expiry_exception: None,
            rotation_interval_seconds: None,
            grace_seconds: None,
            durable: false,
        };
        change(&mut new);
        let id = new.id.to_string().rsplit('-').next().unwrap().to_owned();
        let first = NewCredential { id, material: Material::Secret(hash()), not_before: day(0), expires_at: None };
        self.store.write(|conn| key::create(conn, &self.act(day(0)), &new, &first)).unwrap()
    }

    fn act(&self, at: DateTime<Utc>) -> Act {
        Act::of_host(self.acme, at, "a test")
    }

    fn key(&self, key: &Key) -> Key {
        self.store.read(|conn| key::find(conn, key.id)).unwrap().unwrap()
    }

    fn credentials(&self, key: &Key) -> Vec<Credential> {
        self.store.read(|conn| credential::list(conn, key.id)).unwrap()
    }

    fn notices(&self) -> Vec<Notice> {
        let size = PageSize::new(200).unwrap();
        self.store.read(|conn| outbox::list(conn, NoticeFilter::default(), None, size)).unwrap().items
    }

    /// The kinds of all notices, with the days that they speak of.
    fn told(&self) -> Vec<String> {
        self.notices()
            .iter()
            .map(|notice| {
                let payload: serde_json::Value = serde_json::from_str(&notice.payload).unwrap();
                let days = payload["days"].as_i64().map_or(String::new(), |days| format!(" {days}"));
                format!("{}{days}", notice.kind)
            })
            .collect()
    }
}

fn sweeper(store: &Store) -> Sweeper {
    Sweeper::new(store.clone()).unwrap()
}

fn sweep(sweeper: &mut Sweeper, at: DateTime<Utc>) -> Swept {
    sweeper.sweep(at).unwrap()
}

fn day(n: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap() + TimeDelta::days(n)
}

fn hash() -> StoredHash {
    StoredHash::new("$pbkdf2-sha256$i=600000,l=32$c2FsdA$aGFzaA".into())
}

const DAY: i64 = 86_400;
