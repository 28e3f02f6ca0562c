//! What is due by a key's own times: its beginning, its end, the end of a grace, its next rotation.

use argus_credentials::CredentialId;
use argus_store::key::{self, Due, ExpiryCause};
use argus_store::{Act, Conn, Store, StoreError};
use chrono::{DateTime, Utc};

use super::{BATCH, Swept, each};

pub(super) fn sweep(store: &Store, at: DateTime<Utc>, swept: &mut Swept) -> Result<(), StoreError> {
    // Ends first: what has ended neither begins nor is rotated.
    let expire = |conn: &mut Conn, act: &Act, due: Due| expire(conn, act, due, ExpiryCause::End);
    swept.expired += each(store, at, |conn| key::list_ended(conn, at, BATCH), expire)?;
    swept.begun += each(
        store,
        at,
        |conn| key::list_beginning(conn, at, BATCH),
        |conn, act, due| Ok(key::begin(conn, act, due.key)?.is_some()),
    )?;
    swept.graces_ended += each(
        store,
        at,
        |conn| key::list_grace_ended(conn, at, BATCH),
        |conn, act, due| Ok(key::end_grace(conn, act, due.key)?.is_some()),
    )?;
    swept.rotations_opened += each(store, at, |conn| key::list_rotation_due(conn, at, BATCH), open_rotation)?;
    Ok(())
}

pub(super) fn expire(conn: &mut Conn, act: &Act, due: Due, cause: ExpiryCause) -> Result<bool, StoreError> {
    Ok(key::expire(conn, act, due.key, cause)?.is_some())
}

/// Opens a rotation, where none is open. Whether it was opened here.
pub(super) fn open_rotation(conn: &mut Conn, act: &Act, due: Due) -> Result<bool, StoreError> {
    // Without randomness nothing is opened; the next sweep tries again.
    let Ok(id) = CredentialId::generate() else { return Ok(false) };
    let opened = key::open_rotation(conn, act, due.key, &id.to_string())?;
    Ok(opened.is_some_and(|opened| opened.id == id.to_string()))
}
