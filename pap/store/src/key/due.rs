//! Keys to which something is to happen by the clock: what the sweeper asks for, oldest first and a batch at a time.

use chrono::{DateTime, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;

use super::KeyState;
use super::below::ENDED;
use crate::conn::{Conn, on};
use crate::credential::CredentialState;
use crate::error::StoreError;
use crate::id::{KeyId, OrganisationId};
use crate::schema::{credentials, keys};
use crate::value::column;

/// A key to which something is to happen, and whose act it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub struct Due {
    /// The key.
    pub key: KeyId,
    /// Its organisation.
    pub organisation: OrganisationId,
}

/// Pending keys whose first moment has come.
pub fn list_beginning(conn: &mut Conn, at: DateTime<Utc>, most: u32) -> Result<Vec<Due>, StoreError> {
    let rows = keys::table.filter(keys::state.eq(KeyState::Pending)).filter(keys::not_before.le(column(at)));
    let rows = rows.order((keys::not_before, keys::id)).limit(most.into()).select((keys::id, keys::organisation_id));
    Ok(on!(conn, c => rows.load(c))?)
}

/// Keys past their end that aren't marked as expired.
pub fn list_ended(conn: &mut Conn, at: DateTime<Utc>, most: u32) -> Result<Vec<Due>, StoreError> {
    let rows = keys::table.filter(keys::state.ne_all(ENDED)).filter(keys::expires_at.le(column(at)));
    let rows = rows.order((keys::expires_at, keys::id)).limit(most.into()).select((keys::id, keys::organisation_id));
    Ok(on!(conn, c => rows.load(c))?)
}

/// Keys with a secret whose grace is over.
pub fn list_grace_ended(conn: &mut Conn, at: DateTime<Utc>, most: u32) -> Result<Vec<Due>, StoreError> {
    let over = credentials::table.filter(credentials::key_id.eq(keys::id));
    let over = over.filter(credentials::state.eq(CredentialState::Active));
    let over = over.filter(credentials::superseded_by.is_not_null());
    let over = over.filter(credentials::expires_at.le(column(at)));
    let rows = keys::table.filter(keys::state.eq_any([KeyState::Rotating, KeyState::Suspended])).filter(exists(over));
    let rows = rows.order(keys::id).limit(most.into()).select((keys::id, keys::organisation_id));
    Ok(on!(conn, c => rows.load(c))?)
}

/// Keys whose next rotation is to be opened, and isn't.
pub fn list_rotation_due(conn: &mut Conn, at: DateTime<Utc>, most: u32) -> Result<Vec<Due>, StoreError> {
    let open = credentials::table.filter(credentials::key_id.eq(keys::id));
    let open = open.filter(credentials::state.eq(CredentialState::Pending));
    let rows = keys::table.filter(keys::state.eq_any([KeyState::Active, KeyState::Rotating]));
    let rows = rows.filter(keys::rotate_at.le(column(at))).filter(diesel::dsl::not(exists(open)));
    let rows = rows.order((keys::rotate_at, keys::id)).limit(most.into()).select((keys::id, keys::organisation_id));
    Ok(on!(conn, c => rows.load(c))?)
}

/// Keys of an organisation, in use, that were made before a time.
pub fn list_older(
    conn: &mut Conn,
    organisation: OrganisationId,
    before: DateTime<Utc>,
    most: u32,
) -> Result<Vec<Due>, StoreError> {
    let rows = keys::table.filter(keys::organisation_id.eq(organisation)).filter(keys::state.ne_all(ENDED));
    let rows = rows.filter(keys::created_at.lt(column(before)));
    let rows = rows.order(keys::id).limit(most.into()).select((keys::id, keys::organisation_id));
    Ok(on!(conn, c => rows.load(c))?)
}

/// Keys of an organisation, in use, that were last used before a time; one that was never used counts from when it was
/// made, or could first be used.
pub fn list_idle(
    conn: &mut Conn,
    organisation: OrganisationId,
    before: DateTime<Utc>,
    most: u32,
) -> Result<Vec<Due>, StoreError> {
    let before = column(before);
    let rows = keys::table.filter(keys::organisation_id.eq(organisation));
    let rows = rows.filter(keys::state.eq_any([KeyState::Active, KeyState::Rotating]));
    let never = keys::last_used_at.is_null().and(keys::created_at.lt(before));
    let never = never.and(keys::not_before.is_null().or(keys::not_before.lt(before)));
    let rows = rows.filter(keys::last_used_at.lt(before).or(never.nullable()));
    let rows = rows.order(keys::id).limit(most.into()).select((keys::id, keys::organisation_id));
    Ok(on!(conn, c => rows.load(c))?)
}
