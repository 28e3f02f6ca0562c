//! The first administrator of an installation: a key of the organisation `argus`, with the scope `*:admin`, for 90 days.
//!
//! Whoever may start the program on the machine that holds the data may have one: he could write the database
//! himself. Each is an act of the host, with an exception recorded with the key.

use argus_credentials::{Environment as Prefix, Hasher, MintedKey, NoRandomness, Secret, TagKeys, mint};
use argus_store::credential::NewCredential;
use argus_store::key::{self, Environment, Key, NewKey};
use argus_store::organisation::{self, NewOrganisation, OrganisationPolicy};
use argus_store::{Act, Conditions, Conn, KeyId, OrganisationId, Store, StoreError};
use chrono::{DateTime, TimeDelta, Utc};

use crate::act::credential;
use crate::body::DEFAULT_DAYS;
use crate::resource::HOST;

/// An administrator's key that is ready to be kept. Until then its secret is good for nothing: it can be written down
/// first, so that no key is ever kept whose secret nobody has.
#[derive(Debug)]
pub struct Administrator {
    minted: MintedKey,
    first: NewCredential,
    at: DateTime<Utc>,
}

impl Administrator {
    /// Mints a key and derives its stored secret, which takes 60 ms and more.
    pub fn prepare(tag_keys: &TagKeys, hasher: Hasher, at: DateTime<Utc>) -> Result<Self, NoRandomness> {
        let minted = mint(tag_keys, Prefix::Live)?;
        let hash = hasher.hash(minted.token.expose())?;
        let first = credential(&minted, &hash, at);
        Ok(Self { minted, first, at })
    }

    /// What its holder presents.
    pub fn secret(&self) -> &Secret {
        &self.minted.token
    }

    /// Keeps it, with the organisation `argus` where there is none: one transaction. Those made before stay what they
    /// are. `cause` is kept with the key.
    pub fn keep(self, store: &Store, cause: &str) -> Result<(Key, Secret), StoreError> {
        let key = store.write(|conn| {
            let organisation = host(conn, self.at)?;
            let act = Act::of_host(organisation, self.at, cause);
            let name = free_name(conn, organisation)?;
            key::create(conn, &act, &administrator(name, self.at, cause), &self.first)
        })?;
        Ok((key, self.minted.token))
    }
}

/// The organisation `argus`, made where there is none.
pub fn host(conn: &mut Conn, at: DateTime<Utc>) -> Result<OrganisationId, StoreError> {
    if let Some(found) = organisation::find_by_name(conn, HOST)? {
        return Ok(found.id);
    }
    let id = OrganisationId::new(at);
    let act = Act::of_host(id, at, "first start");
    let new = NewOrganisation {
        id,
        name: HOST.to_owned(),
        display_name: None,
        conditions: Conditions::default(),
        policy: OrganisationPolicy::default(),
        time_zone: "UTC".into(),
    };
    organisation::create(conn, &act, &new).map(|made| made.id)
}

/// `administrator`, or with a number where others are in use.
fn free_name(conn: &mut Conn, organisation: OrganisationId) -> Result<String, StoreError> {
    let mut name = "administrator".to_owned();
    for number in 2_u32.. {
        let other = key::find_by_name(conn, organisation, None, &name)?;
        if other.is_none_or(|other| other.state.has_ended()) {
            break;
        }
        name = format!("administrator-{number}");
    }
    Ok(name)
}

fn administrator(name: String, at: DateTime<Utc>, cause: &str) -> NewKey {
    NewKey {
        id: KeyId::new(at),
        project_id: None,
        name,
        owner: "whoever runs this installation".to_owned(),
        environment: Environment::Live,
        scopes: vec!["*:admin".to_owned()],
        conditions: Conditions::default(),
        limits: Vec::new(),
        tags: Vec::new(),
        parent_key_id: None,
        not_before: None,
        expires_at: at.checked_add_signed(TimeDelta::days(DEFAULT_DAYS)),
        expiry_exception: Some(format!("administers the whole installation, from any address ({cause})")),
        rotation_interval_seconds: None,
        grace_seconds: None,
        durable: false,
    }
}

#[cfg(test)]
mod tests {
    use argus_credentials::{Iterations, TagKey, TagVersion};

    use super::*;

    #[test]
    fn every_administrator_has_a_key_of_his_own() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("argus.db")).unwrap();
        let tag_keys = TagKeys::new(&TagKey::generate(TagVersion::FIRST).unwrap(), &[]).unwrap();
        let hasher = Hasher::new(Iterations::new(1_000, Prefix::Test).unwrap());
        let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let make = || Administrator::prepare(&tag_keys, hasher, at).unwrap().keep(&store, "first start").unwrap();
        let ((first, first_secret), (second, second_secret)) = (make(), make());
        assert_eq!((first.name.as_str(), second.name.as_str()), ("administrator", "administrator-2"));
        assert_eq!((first.organisation_name.as_str(), &*first.scopes), ("argus", &["*:admin".to_owned()][..]));
        assert_eq!(first.expires_at, Some(at + TimeDelta::days(90)));
        assert!(first.expiry_exception.is_some());
        assert_ne!(first_secret.expose(), second_secret.expose());
    }
}
