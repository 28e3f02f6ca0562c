//! The tag keys of an installation, kept in its database under its master key.

use argus_credentials::{MasterKey, MasterKeyError, NoRandomness, Place, TagKey, TagKeyError, TagKeys, TagVersion};
use argus_store::wrapped_key::{self, NewWrappedKey, WrappedKey};
use argus_store::{Act, Actor, Conn, OrganisationId, Store, StoreError, WrappedKeyId};
use chrono::{DateTime, Utc};
use thiserror::Error;

/// What a tag key is wrapped for.
const PURPOSE: &str = "tag";
const TABLE: &str = "wrapped_keys";

/// Why there are no tag keys.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TagKeysError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The master key at hand doesn't open them.
    #[error(transparent)]
    MasterKey(#[from] MasterKeyError),
    /// What came out is no set of tag keys.
    #[error(transparent)]
    TagKey(#[from] TagKeyError),
    /// No tag key can be made.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// A row of the database is not what was written.
    #[error("the wrapped key `{0}` in the database is damaged")]
    Damaged(WrappedKeyId),
}

/// Opens the tag keys; the first is made where there is none. The newest that isn't retired mints.
pub fn open_tag_keys(store: &Store, master: &MasterKey, at: DateTime<Utc>) -> Result<TagKeys, TagKeysError> {
    let mut rows = store.read(|conn| wrapped_key::list(conn, PURPOSE))?;
    if rows.is_empty() {
        let first = wrap(&TagKey::generate(TagVersion::FIRST)?, master, at)?;
        rows = store.write(|conn| make_first(conn, &first, at))?;
    }
    rows.sort_by_key(|row| (row.retired_at.is_some(), std::cmp::Reverse(row.version)));
    let keys = rows.iter().map(|row| unwrap(row, master)).collect::<Result<Vec<_>, _>>()?;
    let (minting, accepted) = keys.split_first().ok_or(TagKeyError::Missing)?;
    Ok(TagKeys::new(minting, accepted)?)
}

/// Of two that make a first key at once, one is first.
fn make_first(conn: &mut Conn, first: &NewWrappedKey, at: DateTime<Utc>) -> Result<Vec<WrappedKey>, StoreError> {
    if wrapped_key::list(conn, PURPOSE)?.is_empty() {
        let organisation = OrganisationId::new(at);
        let act = Act { actor: Actor::Host, organisation, at, request_id: "first start".to_owned() };
        wrapped_key::create(conn, &act, first)?;
    }
    wrapped_key::list(conn, PURPOSE)
}

fn wrap(key: &TagKey, master: &MasterKey, at: DateTime<Utc>) -> Result<NewWrappedKey, TagKeysError> {
    let id = WrappedKeyId::new(at);
    let version = u32::from(key.version().character());
    let envelope = master.wrap(key.expose(), Place { table: TABLE, row: &id.to_string(), version })?;
    let version = i32::from(key.version().character());
    Ok(NewWrappedKey { id, purpose: PURPOSE.to_owned(), version, envelope })
}

/// A row's version is the character that stands in the keys minted under it.
fn unwrap(row: &WrappedKey, master: &MasterKey) -> Result<TagKey, TagKeysError> {
    let damaged = || TagKeysError::Damaged(row.id);
    let character = u8::try_from(row.version).map_err(|_| damaged())?;
    let version = TagVersion::from_character(character).ok_or_else(damaged)?;
    let place = Place { table: TABLE, row: &row.id.to_string(), version: character.into() };
    let octets = master.unwrap(&row.envelope, place)?;
    let octets = octets.as_slice().try_into().map_err(|_| damaged())?;
    Ok(TagKey::from_octets(version, octets))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tag_keys_are_made_once_and_open_under_their_master_key_alone() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("argus.db")).unwrap();
        let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let master = MasterKey::generate().unwrap();
        let first = open_tag_keys(&store, &master, at).unwrap();
        let again = open_tag_keys(&store, &master, at).unwrap();
        let key = argus_credentials::mint(&first, argus_credentials::Environment::Test).unwrap();
        assert!(again.verify(&argus_credentials::PresentedKey::parse(key.token.expose()).unwrap()));
        let other = open_tag_keys(&store, &MasterKey::generate().unwrap(), at).unwrap_err();
        assert!(matches!(other, TagKeysError::MasterKey(MasterKeyError::OtherKey { .. })), "{other}");
    }
}
