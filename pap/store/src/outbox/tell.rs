//! What acts tell of, in their own transaction, and what the use of a key tells: a notice to whoever answers for it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde_json::{Map, Value, json};

use super::{NewNotice, NoticeKind, put};
use crate::act::Act;
use crate::conn::{Conn, on};
use crate::error::StoreError;
use crate::id::{KeyId, LimitId, NoticeId, OrganisationId};
use crate::key::{self, Key};
use crate::limit;
use crate::schema::{keys, organisations, outbox, projects};
use crate::value::column;

/// What a notice says of a key that an act changes.
#[derive(Debug, Queryable)]
pub(crate) struct Affected {
    id: KeyId,
    organisation: String,
    project: Option<String>,
    name: String,
    owner: String,
    /// The one before the act: two acts never change the same.
    generation: i64,
}

impl Affected {
    /// These keys, as they are before the act.
    pub(crate) fn list(conn: &mut Conn, ids: &[KeyId]) -> Result<Vec<Self>, StoreError> {
        let rows = keys::table.inner_join(organisations::table).left_join(projects::table);
        let rows = rows.filter(keys::id.eq_any(ids)).order(keys::id);
        let columns =
            (keys::id, organisations::name, projects::name.nullable(), keys::name, keys::owner, keys::generation);
        Ok(on!(conn, c => rows.select(columns).load(c))?)
    }

    fn of(key: &Key) -> Self {
        Self {
            id: key.id,
            organisation: key.organisation_name.clone(),
            project: key.project_name.clone(),
            name: key.name.clone(),
            owner: key.owner.clone(),
            generation: key.generation,
        }
    }

    pub(super) fn id(&self) -> KeyId {
        self.id
    }

    pub(super) fn owner(&self) -> &str {
        &self.owner
    }

    pub(super) fn notice(
        &self,
        organisation: OrganisationId,
        kind: NoticeKind,
        details: &Map<String, Value>,
    ) -> NewNotice {
        let project = self.project.as_deref().map_or(String::new(), |project| format!("{project}/"));
        let mut payload = details.clone();
        payload.insert("key_id".to_owned(), json!(self.id));
        payload.insert("path".to_owned(), json!(format!("{}/{project}{}", self.organisation, self.name)));
        NewNotice {
            kind,
            organisation,
            key: Some(self.id),
            recipient: self.owner.clone(),
            payload: Value::from(payload).to_string(),
            dedup_key: format!("{kind}/{}/{}", self.id, self.generation),
        }
    }
}

/// Tells of an act upon a key, which is given as it was before.
pub(crate) fn tell(
    conn: &mut Conn,
    act: &Act,
    key: &Key,
    kind: NoticeKind,
    details: &Map<String, Value>,
) -> Result<(), StoreError> {
    put(conn, act.at, &Affected::of(key).notice(act.organisation, kind, details)).map(drop)
}

/// Tells of what the use of a key shows. `occasion` makes it another than every other of its kind: who was told of it
/// is not told again. Whether it is new; of a key that isn't there, nobody is told.
pub fn tell_of_use(
    conn: &mut Conn,
    at: DateTime<Utc>,
    key: KeyId,
    (kind, occasion): (NoticeKind, &str),
    details: &Map<String, Value>,
) -> Result<bool, StoreError> {
    let Some(key) = key::find(conn, key)? else { return Ok(false) };
    let notice = Affected::of(&key).notice(key.organisation_id, kind, details);
    put(conn, at, &NewNotice { dedup_key: format!("{kind}/{}/{occasion}", key.id), ..notice })
}

/// Tells of a limit that keys share what the use of one of them shows: the owner whose keys they are, else whoever is
/// told of all keys of the organisation. Like [`tell_of_use`].
pub fn tell_of_limit(
    conn: &mut Conn,
    at: DateTime<Utc>,
    (limit, key): (LimitId, KeyId),
    (kind, occasion): (NoticeKind, &str),
    details: &Map<String, Value>,
) -> Result<bool, StoreError> {
    let Some(limit) = limit::find_anywhere(conn, limit)? else { return Ok(false) };
    let Some(key) = key::find(conn, key)? else { return Ok(false) };
    let mut details = details.clone();
    details.insert("limit_id".to_owned(), json!(limit.id));
    let notice = Affected::of(&key).notice(key.organisation_id, kind, &details);
    let recipient = limit.owner.unwrap_or(limit.organisation_name);
    put(conn, at, &NewNotice { dedup_key: format!("{kind}/{}/{occasion}", limit.id), recipient, ..notice })
}

/// Writes notices that nobody has written before.
pub(super) fn put_many(conn: &mut Conn, act: &Act, notices: &[NewNotice]) -> Result<(), StoreError> {
    let at = column(act.at);
    let rows: Vec<_> = notices
        .iter()
        .map(|new| {
            (
                outbox::id.eq(NoticeId::new(act.at)),
                outbox::kind.eq(new.kind),
                outbox::organisation_id.eq(new.organisation),
                outbox::key_id.eq(new.key),
                outbox::recipient.eq(&new.recipient),
                outbox::payload.eq(&new.payload),
                outbox::dedup_key.eq(&new.dedup_key),
                outbox::due_at.eq(at),
                outbox::created_at.eq(at),
            )
        })
        .collect();
    on!(conn, c => diesel::insert_into(outbox::table).values(&rows).execute(c))?;
    Ok(())
}
