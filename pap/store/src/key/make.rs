//! Making a key. It never stands without its first credential, nor a credential without its key.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::{Environment, Key, KeyStatus, find};
use crate::act::Act;
use crate::change::{self, ChangeKind};
use crate::conditions::Conditions;
use crate::conn::{Conn, on};
use crate::credential::{self, NewCredential};
use crate::error::{OrTaken, Record, StoreError};
use crate::id::{KeyId, ProjectId};
use crate::schema::keys;
use crate::value::{Texts, column};
use crate::{organisation, project};

/// A key to be made in the organisation of the act.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// Its id, from [`KeyId::new`].
    pub id: KeyId,
    /// The project it belongs to; none for a key of the organisation itself.
    pub project_id: Option<ProjectId>,
    /// Its name.
    pub name: String,
    /// Who answers for it.
    pub owner: String,
    /// What it may be used on.
    pub environment: Environment,
    /// What it grants, as scope-tokens.
    pub scopes: Vec<String>,
    /// What it must meet.
    pub conditions: Conditions,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// The key that it is derived from, of the same organisation.
    pub parent_key_id: Option<KeyId>,
    /// When it ends.
    pub expires_at: Option<DateTime<Utc>>,
    /// Why it may live longer than others.
    pub expiry_exception: Option<String>,
}

/// Makes a key with its first credential and its line in the change feed: all three or none.
///
/// [`StoreError::AlreadyExists`] says whether the name is taken by a key that isn't revoked, or the credential's id by
/// any credential; the latter is chance, and another id will do.
pub fn create(conn: &mut Conn, act: &Act, new: &NewKey, first: &NewCredential) -> Result<Key, StoreError> {
    conn.write(|conn| {
        check_belonging(conn, act, new)?;
        insert(conn, act, new)?;
        credential::insert(conn, act, new.id, first)?;
        change::append(conn, act, ChangeKind::Key, &new.id)?;
        find(conn, new.id)?.ok_or_else(|| StoreError::not_found(Record::Key, new.id))
    })
}

/// The database would refuse these rows too, but couldn't say which reference is wrong.
fn check_belonging(conn: &mut Conn, act: &Act, new: &NewKey) -> Result<(), StoreError> {
    organisation::find(conn, act.organisation)?
        .ok_or_else(|| StoreError::not_found(Record::Organisation, act.organisation))?;
    if let Some(id) = new.project_id {
        project::find(conn, act.organisation, id)?.ok_or_else(|| StoreError::not_found(Record::Project, id))?;
    }
    if let Some(id) = new.parent_key_id {
        find(conn, id)?
            .filter(|parent| parent.organisation_id == act.organisation)
            .ok_or_else(|| StoreError::not_found(Record::Key, id))?;
    }
    Ok(())
}

fn insert(conn: &mut Conn, act: &Act, new: &NewKey) -> Result<(), StoreError> {
    let row = (
        keys::id.eq(new.id),
        keys::organisation_id.eq(act.organisation),
        keys::project_id.eq(new.project_id),
        keys::name.eq(&new.name),
        keys::owner.eq(&new.owner),
        keys::environment.eq(new.environment),
        keys::scopes.eq(Texts(new.scopes.clone())),
        keys::conditions.eq(&new.conditions),
        keys::tags.eq(Texts(new.tags.clone())),
        keys::parent_key_id.eq(new.parent_key_id),
        keys::status.eq(KeyStatus::Active),
        keys::expires_at.eq(new.expires_at.map(column)),
        keys::expiry_exception.eq(&new.expiry_exception),
        keys::created_at.eq(column(act.at)),
        keys::created_by.eq(act.actor),
        keys::generation.eq(1),
    );
    on!(conn, c => diesel::insert_into(keys::table).values(row).execute(c)).or_taken(Record::Key, &new.name)?;
    Ok(())
}
