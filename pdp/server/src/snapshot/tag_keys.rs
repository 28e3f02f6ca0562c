//! Where the tag keys come from: wrapped in the store, or given.

use std::fmt;
use std::sync::Arc;

use argus_credentials::{MasterKey, MasterKeyError, Place, TagKey, TagKeyError, TagKeys, TagVersion};
use argus_store::wrapped_key::{self, NewWrappedKey, WrappedKey};
use argus_store::{Store, StoreError, WrappedKeyId};
use chrono::{DateTime, Utc};
use zeroize::Zeroizing;

/// The purpose under which tag keys are kept wrapped.
pub const TAG_PURPOSE: &str = "tag";

/// Where the tag keys come from.
#[derive(Clone)]
#[non_exhaustive]
pub enum TagKeySource {
    /// They are given, as to a node that only decides. They change with a new start.
    Given(Arc<TagKeys>),
    /// They are kept in the store, wrapped under this master key; see [`wrap_tag_key`].
    Wrapped(Arc<MasterKey>),
}

/// Why there are no tag keys.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TagKeySourceError {
    /// The store can't be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An envelope doesn't open.
    #[error("tag key {version} can't be opened: {cause}")]
    Sealed {
        /// Its version.
        version: i32,
        /// Why.
        cause: MasterKeyError,
    },
    /// An envelope holds something else.
    #[error("what is kept as tag key {0} is no tag key")]
    Form(i32),
    /// They don't go together, or there is none.
    #[error(transparent)]
    Keys(#[from] TagKeyError),
}

/// Wraps a tag key for the store: the first of an installation is number 1, and the number rises by one with each that
/// follows. It gives the key's version, [`tag_version`].
pub fn wrap_tag_key(
    key: &TagKey,
    number: i32,
    master: &MasterKey,
    at: DateTime<Utc>,
) -> Result<NewWrappedKey, MasterKeyError> {
    let id = WrappedKeyId::new(at);
    let envelope = master.wrap(key.expose(), place(&id.to_string(), number))?;
    Ok(NewWrappedKey { id, purpose: TAG_PURPOSE.into(), version: number, envelope })
}

/// The version of an installation's tag key by its number; `None` for what is no such number.
pub fn tag_version(number: i32) -> Option<TagVersion> {
    let steps = number.checked_sub(1).filter(|steps| (0..100_000).contains(steps))?;
    Some((0..steps).fold(TagVersion::FIRST, |version, _| version.next()))
}

/// What an envelope is bound to.
fn place(id: &str, number: i32) -> Place<'_> {
    Place { table: "wrapped_keys", row: id, version: number.unsigned_abs() }
}

impl TagKeySource {
    /// Reads the tag keys. The newest that isn't retired mints; the others are accepted.
    pub fn load(&self, store: &Store) -> Result<Arc<TagKeys>, TagKeySourceError> {
        match self {
            Self::Given(keys) => Ok(Arc::clone(keys)),
            Self::Wrapped(master) => {
                let rows = store.read(|conn| wrapped_key::list(conn, TAG_PURPOSE))?;
                Ok(Arc::new(unwrap(&rows, master)?))
            }
        }
    }
}

fn unwrap(rows: &[WrappedKey], master: &MasterKey) -> Result<TagKeys, TagKeySourceError> {
    let mut keys = rows.iter().map(|row| open(row, master)).collect::<Result<Vec<_>, _>>()?;
    // Made later, counted on from an older one: the last that isn't retired.
    let minting = rows.iter().rposition(|row| row.retired_at.is_none()).ok_or(TagKeyError::Missing)?;
    let minting = keys.remove(minting);
    Ok(TagKeys::new(&minting, &keys)?)
}

fn open(row: &WrappedKey, master: &MasterKey) -> Result<TagKey, TagKeySourceError> {
    let form = || TagKeySourceError::Form(row.version);
    let version = tag_version(row.version).ok_or_else(form)?;
    let opened = master.unwrap(&row.envelope, place(&row.id.to_string(), row.version));
    let octets = opened.map_err(|cause| TagKeySourceError::Sealed { version: row.version, cause })?;
    let octets = Zeroizing::new(<[u8; 32]>::try_from(octets.as_slice()).map_err(|_| form())?);
    Ok(TagKey::from_octets(version, &octets))
}

impl fmt::Debug for TagKeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Given(_) => "Given(…)",
            Self::Wrapped(_) => "Wrapped(…)",
        })
    }
}
