//! Keys to which something is to happen by the clock: what the sweeper asks for, oldest first and a batch at a time.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;

use super::below::ENDED;
use super::{Key, KeyState};
use crate::conn::{Conn, on};
use crate::credential::{Credential, CredentialKind, CredentialState};
use crate::error::StoreError;
use crate::id::{KeyId, OrganisationId};
use crate::schema::{credential_callers, credentials, keys, organisations, projects};
use crate::value::column;

/// The secret of a key that no newer one supersedes.
macro_rules! newest_secret {
    () => {
        credentials::table
            .filter(credentials::key_id.eq(keys::id))
            .filter(credentials::kind.eq(CredentialKind::Secret))
            .filter(credentials::state.eq(CredentialState::Active))
            .filter(credentials::superseded_by.is_null())
    };
}

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

/// Keys whose next rotation is to be opened, and isn't. A key without a secret has nothing to rotate.
pub fn list_rotation_due(conn: &mut Conn, at: DateTime<Utc>, most: u32) -> Result<Vec<Due>, StoreError> {
    let open = credentials::table.filter(credentials::key_id.eq(keys::id));
    let open = open.filter(credentials::state.eq(CredentialState::Pending));
    let rows = keys::table.filter(keys::state.eq_any([KeyState::Active, KeyState::Rotating]));
    let rows = rows.filter(keys::rotate_at.le(column(at))).filter(diesel::dsl::not(exists(open)));
    let rows = rows.filter(exists(newest_secret!()));
    let rows = rows.order((keys::rotate_at, keys::id)).limit(most.into()).select((keys::id, keys::organisation_id));
    Ok(on!(conn, c => rows.load(c))?)
}

/// Keys of an organisation that say nothing of rotation themselves, whose secret was made before a time, and for which
/// no rotation is open: with the time from which the secret is good. Beginning after one of them.
pub fn list_older_secrets(
    conn: &mut Conn,
    organisation: OrganisationId,
    before: DateTime<Utc>,
    after: Option<KeyId>,
    most: u32,
) -> Result<Vec<(KeyId, DateTime<Utc>)>, StoreError> {
    let open = diesel::alias!(credentials as open_credentials);
    let waits = open.filter(open.field(credentials::key_id).eq(keys::id));
    let waits = waits.filter(open.field(credentials::state).eq(CredentialState::Pending));
    let rows = keys::table.inner_join(credentials::table).filter(keys::organisation_id.eq(organisation));
    let rows = rows.filter(keys::rotation_interval_seconds.is_null());
    let rows = rows.filter(keys::state.eq_any([KeyState::Active, KeyState::Rotating]));
    let rows = rows.filter(credentials::kind.eq(CredentialKind::Secret));
    let rows = rows.filter(credentials::state.eq(CredentialState::Active));
    let rows = rows.filter(credentials::superseded_by.is_null()).filter(credentials::not_before.le(column(before)));
    let rows = rows.filter(diesel::dsl::not(exists(waits))).order(keys::id).limit(most.into());
    let columns = (keys::id, credentials::not_before);
    let found: Vec<(KeyId, NaiveDateTime)> = match after {
        Some(after) => on!(conn, c => rows.filter(keys::id.gt(after)).select(columns).load(c)),
        None => on!(conn, c => rows.select(columns).load(c)),
    }?;
    Ok(found.into_iter().map(|(key, since)| (key, since.and_utc())).collect())
}

/// Older secrets that are used although half of their grace is over, and of which nobody was told.
pub fn list_used_at_half_time(conn: &mut Conn, at: DateTime<Utc>, most: u32) -> Result<Vec<(Due, String)>, StoreError> {
    let callers = credential_callers::table.filter(credential_callers::credential_id.eq(credentials::id));
    let rows = credentials::table.inner_join(keys::table).filter(credentials::half_time_at.le(column(at)));
    let rows = rows.filter(credentials::state.eq(CredentialState::Active)).filter(keys::state.ne_all(ENDED));
    let rows = rows.filter(exists(callers));
    let rows = rows.order((credentials::half_time_at, credentials::id)).limit(most.into());
    let columns = ((keys::id, keys::organisation_id), credentials::id);
    Ok(on!(conn, c => rows.select(columns).load(c))?)
}

/// Keys that end by themselves after `at` and up to `until`, beginning after one of them.
pub fn list_ending(
    conn: &mut Conn,
    (at, until): (DateTime<Utc>, DateTime<Utc>),
    after: Option<KeyId>,
    most: u32,
) -> Result<Vec<Key>, StoreError> {
    let rows = keys::table.inner_join(organisations::table).left_join(projects::table);
    let rows = rows.filter(keys::state.ne_all(ENDED));
    let rows = rows.filter(keys::expires_at.gt(column(at))).filter(keys::expires_at.le(column(until)));
    let rows = rows.order(keys::id).limit(most.into());
    Ok(match after {
        Some(after) => on!(conn, c => rows.filter(keys::id.gt(after)).select(Key::as_select()).load(c)),
        None => on!(conn, c => rows.select(Key::as_select()).load(c)),
    }?)
}

/// Keys whose rotation is to be opened after `at` and up to `until`, beginning after one of them.
pub fn list_rotating_soon(
    conn: &mut Conn,
    (at, until): (DateTime<Utc>, DateTime<Utc>),
    after: Option<KeyId>,
    most: u32,
) -> Result<Vec<Key>, StoreError> {
    let rows = keys::table.inner_join(organisations::table).left_join(projects::table);
    let rows = rows.filter(keys::state.eq_any([KeyState::Active, KeyState::Rotating]));
    let rows = rows.filter(exists(newest_secret!()));
    let rows = rows.filter(keys::rotate_at.gt(column(at))).filter(keys::rotate_at.le(column(until)));
    let rows = rows.order(keys::id).limit(most.into());
    Ok(match after {
        Some(after) => on!(conn, c => rows.filter(keys::id.gt(after)).select(Key::as_select()).load(c)),
        None => on!(conn, c => rows.select(Key::as_select()).load(c)),
    }?)
}

/// Secrets that were opened before a time and not collected, of keys that haven't ended, the oldest first, beginning
/// after one of them.
pub fn list_uncollected(
    conn: &mut Conn,
    before: DateTime<Utc>,
    after: Option<&Credential>,
    most: u32,
) -> Result<Vec<Credential>, StoreError> {
    let rows = credentials::table.inner_join(keys::table).filter(keys::state.ne_all(ENDED));
    let rows = rows.filter(credentials::state.eq(CredentialState::Pending));
    let rows = rows.filter(credentials::created_at.le(column(before)));
    let rows = rows.order((credentials::created_at, credentials::id)).limit(most.into());
    Ok(match after {
        Some(after) => {
            let at = column(after.created_at);
            let same = credentials::created_at.eq(at).and(credentials::id.gt(after.id.clone()));
            let rows = rows.filter(credentials::created_at.gt(at).or(same));
            on!(conn, c => rows.select(Credential::as_select()).load(c))
        }
        None => on!(conn, c => rows.select(Credential::as_select()).load(c)),
    }?)
}

/// Notes that the owner was told who uses an older secret at half-time.
pub fn forget_half_time(conn: &mut Conn, credential: &str) -> Result<(), StoreError> {
    let told = credentials::half_time_at.eq(None::<NaiveDateTime>);
    on!(conn, c => diesel::update(credentials::table.find(credential)).set(told).execute(c))?;
    Ok(())
}

/// Keys of an organisation, in use, that were made before a time, beginning after one of them.
pub fn list_older(
    conn: &mut Conn,
    organisation: OrganisationId,
    before: DateTime<Utc>,
    after: Option<KeyId>,
    most: u32,
) -> Result<Vec<Due>, StoreError> {
    let rows = keys::table.filter(keys::organisation_id.eq(organisation)).filter(keys::state.ne_all(ENDED));
    let rows = rows.filter(keys::created_at.lt(column(before)));
    let rows = rows.order(keys::id).limit(most.into()).select((keys::id, keys::organisation_id));
    Ok(match after {
        Some(after) => on!(conn, c => rows.filter(keys::id.gt(after)).load(c)),
        None => on!(conn, c => rows.load(c)),
    }?)
}

/// Keys of an organisation, in use, that were last used before a time; one that was never used counts from when it was
/// made, or could first be used. A key from which others are derived that go on is of use by them: they would end with
/// it.
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
    let derived = diesel::alias!(keys as derived_keys);
    let has_derived = derived.filter(derived.field(keys::parent_key_id).eq(keys::id.nullable()));
    let has_derived = has_derived.filter(derived.field(keys::state).ne_all(ENDED));
    let rows = rows.filter(diesel::dsl::not(exists(has_derived)));
    let rows = rows.order(keys::id).limit(most.into()).select((keys::id, keys::organisation_id));
    Ok(on!(conn, c => rows.load(c))?)
}
