//! The first administrator of an installation: a key of the organisation `argus`, with the scope `*:admin`, for 90 days.
//!
//! Whoever may start the program on the machine that holds the data may have one: he could write the database
//! himself. Each is an act of the host, with an exception recorded with the key.

use argus_credentials::{Environment as Prefix, Hasher, NoRandomness, Secret, TagKeys, mint};
use argus_store::key::{self, Environment, Key, KeyStatus, NewKey};
use argus_store::organisation::{self, NewOrganisation};
use argus_store::{Act, Actor, Conditions, Conn, KeyId, OrganisationId, Store, StoreError};
use chrono::{DateTime, TimeDelta, Utc};
use thiserror::Error;

use crate::act::credential;
use crate::body::DEFAULT_DAYS;
use crate::resource::HOST;

/// An administrator's key that was just made.
#[derive(Debug)]
pub struct Administrator {
    /// The key.
    pub key: Key,
    /// What its holder presents, shown once.
    pub secret: Secret,
}

/// Why no administrator's key could be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum AdministratorError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No secret can be made.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

/// Makes an administrator's key, and the organisation `argus` where there is none: one transaction. Those made before
/// stay what they are.
pub fn make_administrator(
    store: &Store,
    tag_keys: &TagKeys,
    hasher: Hasher,
    at: DateTime<Utc>,
    cause: &str,
) -> Result<Administrator, AdministratorError> {
    let minted = mint(tag_keys, Prefix::Live)?;
    let hash = hasher.hash(minted.token.expose())?;
    let first = credential(&minted, &hash, at);
    let key = store.write(|conn| {
        let act = Act { actor: Actor::Host, organisation: host(conn, at)?, at, request_id: cause.to_owned() };
        let name = free_name(conn, act.organisation)?;
        key::create(conn, &act, &administrator(name, at, cause), &first)
    })?;
    Ok(Administrator { key, secret: minted.token })
}

/// The organisation `argus`, made where there is none.
fn host(conn: &mut Conn, at: DateTime<Utc>) -> Result<OrganisationId, StoreError> {
    if let Some(found) = organisation::find_by_name(conn, HOST)? {
        return Ok(found.id);
    }
    let id = OrganisationId::new(at);
    let act = Act { actor: Actor::Host, organisation: id, at, request_id: "first start".to_owned() };
    let new = NewOrganisation { id, name: HOST.to_owned(), display_name: None, conditions: Conditions::default() };
    organisation::create(conn, &act, &new).map(|made| made.id)
}

/// `administrator`, or with a number where others are in use.
fn free_name(conn: &mut Conn, organisation: OrganisationId) -> Result<String, StoreError> {
    let mut name = "administrator".to_owned();
    for number in 2_u32.. {
        let other = key::find_by_name(conn, organisation, None, &name)?;
        if other.is_none_or(|other| other.status == KeyStatus::Revoked) {
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
        tags: Vec::new(),
        parent_key_id: None,
        expires_at: at.checked_add_signed(TimeDelta::days(DEFAULT_DAYS)),
        expiry_exception: Some(format!("administers the whole installation, from any address ({cause})")),
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
        let make = || make_administrator(&store, &tag_keys, hasher, at, "first start").unwrap();
        let (first, second) = (make(), make());
        assert_eq!((first.key.name.as_str(), second.key.name.as_str()), ("administrator", "administrator-2"));
        assert_eq!((first.key.organisation_name.as_str(), &*first.key.scopes), ("argus", &["*:admin".to_owned()][..]));
        assert_eq!(first.key.expires_at, Some(at + TimeDelta::days(90)));
        assert!(first.key.expiry_exception.is_some());
        assert_ne!(first.secret.expose(), second.secret.expose());
    }
}
