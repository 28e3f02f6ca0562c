//! What an assessor asks of the keys that are kept: counts and ages, read from the tables as they are.

mod register;
mod scoped;
mod touched;
mod watched;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

pub use register::{Person, PersonalField, REGISTER};
pub use scoped::{
    CredentialFacts, Period, count_checkpoints, count_contacts, count_deliveries, count_forgotten, count_notices,
    count_register_rows, find_callers, find_logged_addresses, list_credentials, list_touched, sum_usage,
};
pub use touched::{Touched, list_places, list_resources};
pub use watched::{count_told, count_watched};

use crate::conn::{Conn, on};
use crate::credential::{CredentialKind, CredentialState, StoredHash};
use crate::error::StoreError;
use crate::key::KeyState;
use crate::schema::{credentials, keys, persons, signing_keys, wrapped_keys};
use crate::signing_key::SigningKeyState;
use crate::value::column;

/// Keys in use, as far as their care is concerned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KeyCare {
    /// Keys that haven't ended.
    pub in_use: i64,
    /// Those of them that nobody answers for.
    pub without_owner: i64,
    /// Those that never end, with nobody having said why.
    pub without_end: i64,
    /// Those whose rotation should have been opened before a time, and wasn't.
    pub overdue: i64,
}

/// The hashes of secrets that may still be presented, after one of them by its credential, at most `most`.
pub fn list_hashes(conn: &mut Conn, after: &str, most: u32) -> Result<Vec<(String, StoredHash)>, StoreError> {
    let rows = credentials::table.filter(credentials::kind.eq(CredentialKind::Secret));
    let rows = rows.filter(credentials::state.eq(CredentialState::Active)).filter(credentials::id.gt(after));
    let rows = rows.filter(credentials::hash.is_not_null()).order(credentials::id).limit(most.into());
    let rows = rows.select((credentials::id, credentials::hash.assume_not_null()));
    Ok(on!(conn, c => rows.load(c))?)
}

/// How keys are cared for. A rotation that was due before `overdue_since` is overdue.
pub fn find_key_care(conn: &mut Conn, overdue_since: DateTime<Utc>) -> Result<KeyCare, StoreError> {
    let in_use = || keys::table.filter(keys::state.ne_all([KeyState::Expired, KeyState::Revoked]));
    let without_owner = in_use().filter(keys::owner.eq("")).count();
    let without_end = in_use().filter(keys::expires_at.is_null()).filter(keys::expiry_exception.is_null()).count();
    let open = credentials::table.filter(credentials::key_id.eq(keys::id));
    let open = open.filter(credentials::state.eq(CredentialState::Pending));
    let overdue = in_use().filter(keys::rotate_at.lt(column(overdue_since)));
    let overdue = overdue.filter(diesel::dsl::not(diesel::dsl::exists(open))).count();
    Ok(KeyCare {
        in_use: on!(conn, c => in_use().count().get_result(c))?,
        without_owner: on!(conn, c => without_owner.get_result(c))?,
        without_end: on!(conn, c => without_end.get_result(c))?,
        overdue: on!(conn, c => overdue.get_result(c))?,
    })
}

/// When a credential was last made: a new secret, or another way to present a key.
pub fn find_newest_credential(conn: &mut Conn) -> Result<Option<DateTime<Utc>>, StoreError> {
    let newest = credentials::table.select(diesel::dsl::max(credentials::created_at));
    let newest: Option<NaiveDateTime> = on!(conn, c => newest.first(c))?;
    Ok(newest.map(|at| at.and_utc()))
}

/// Every envelope in the tables, by what it holds: wrapped keys by purpose, `signing_key`, `person`.
pub fn list_envelopes(conn: &mut Conn) -> Result<BTreeMap<String, Vec<String>>, StoreError> {
    let wrapped = wrapped_keys::table.select((wrapped_keys::purpose, wrapped_keys::envelope));
    let wrapped: Vec<(String, String)> = on!(conn, c => wrapped.load(c))?;
    let signing = signing_keys::table.filter(signing_keys::envelope.is_not_null());
    let signing = signing.select(signing_keys::envelope.assume_not_null());
    let signing: Vec<String> = on!(conn, c => signing.load(c))?;
    let people = persons::table.filter(persons::envelope.is_not_null());
    let people = people.select(persons::envelope.assume_not_null());
    let people: Vec<String> = on!(conn, c => people.load(c))?;
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (purpose, envelope) in wrapped {
        all.entry(purpose).or_default().push(envelope);
    }
    all.insert("signing_key".to_owned(), signing);
    all.insert("person".to_owned(), people);
    Ok(all)
}

/// Private parts that should be gone: of signing keys that sign no more, and of people who were forgotten.
pub fn count_remains(conn: &mut Conn) -> Result<i64, StoreError> {
    let ended = [SigningKeyState::Retired, SigningKeyState::Gone];
    let signing = signing_keys::table.filter(signing_keys::state.eq_any(ended));
    let signing = signing.filter(signing_keys::envelope.is_not_null()).count();
    let people = persons::table.filter(persons::destroyed_at.is_not_null()).filter(persons::envelope.is_not_null());
    let people = people.count();
    let signing: i64 = on!(conn, c => signing.get_result(c))?;
    let people: i64 = on!(conn, c => people.get_result(c))?;
    Ok(signing + people)
}

/// Credentials that were retired or revoked, and people who were forgotten: what was destroyed so far.
pub fn count_destroyed(conn: &mut Conn) -> Result<(i64, i64), StoreError> {
    let signing = signing_keys::table.filter(signing_keys::envelope.is_null()).count();
    let people = persons::table.filter(persons::destroyed_at.is_not_null()).count();
    Ok((on!(conn, c => signing.get_result(c))?, on!(conn, c => people.get_result(c))?))
}
