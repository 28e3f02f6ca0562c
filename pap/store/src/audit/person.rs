//! `persons`: who the entries speak of. What is said of a person is sealed under a key of that person's own: where the
//! key is destroyed, nobody can read it any more, and the chain still holds.
//!
//! A person is a name within an organisation: the owner of its keys. The address that somebody acted from is sealed
//! under the key of whoever owns the key that he used.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde_json::{Value, json};

use super::erase::{Erased, erase};
use super::{AuditEvent, Entry, Target, TargetKind, append};
use crate::act::{Act, Actor};
use crate::conn::{Conn, on};
use crate::error::StoreError;
use crate::id::{OrganisationId, PersonId};
use crate::key::{self, Key, KeyState};
use crate::schema::{keys, persons};
use crate::value::column;

/// A cause that is told, not taken apart.
type Cause = Box<dyn std::error::Error + Send + Sync>;

/// What hides people's data. It has the keys that the store has not.
pub trait Veil: Send + Sync {
    /// What a person is found by: a keyed digest, from which nobody guesses the name.
    fn digest(&self, organisation: OrganisationId, name: &str) -> String;

    /// A new key of a person, in its envelope.
    fn new_key(&self, person: PersonId) -> Result<String, Cause>;

    /// Seals a text under the key of a person.
    fn seal(&self, person: PersonId, envelope: &str, text: &str) -> Result<String, Cause>;

    /// Opens what was sealed. `None` for what was altered, or is another person's.
    fn open(&self, person: PersonId, envelope: &str, sealed: &str) -> Option<String>;
}

/// What became of a wish to forget a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Forgotten {
    /// The audit knows nobody of this name in the organisation of the act.
    Unknown,
    /// The person answers for keys that haven't ended: they need another owner first.
    StillOwns {
        /// How many.
        keys: i64,
    },
    /// The person's key is destroyed.
    Done {
        /// What the entries call the person from now on.
        person: PersonId,
        /// What else was known of the person.
        erased: Erased,
    },
}

/// What stands in the place of somebody who was forgotten.
pub(super) const NOBODY: &str = "forgotten";

/// Destroys the key of a person of the organisation of the act, with its audit entry: what was said of the person can't
/// be read any more, by anybody, and the chain still holds. Where the name stands elsewhere in the store, it goes, or is
/// written over.
pub fn forget(conn: &mut Conn, act: &Act, name: &str) -> Result<Forgotten, StoreError> {
    let Some(veil) = conn.veil() else { return Ok(Forgotten::Unknown) };
    conn.write(|conn| {
        let owned = keys::table.filter(keys::organisation_id.eq(act.organisation)).filter(keys::owner.eq(name));
        let live = owned.filter(keys::state.ne_all(ENDED)).count();
        let live: i64 = on!(conn, c => live.get_result(c))?;
        if live > 0 {
            return Ok(Forgotten::StillOwns { keys: live });
        }
        let digest = veil.digest(act.organisation, name);
        let found = persons::table.filter(persons::name_digest.eq(digest)).select(persons::id);
        let found: Option<PersonId> = on!(conn, c => found.first(c).optional())?;
        let Some(person) = found else { return Ok(Forgotten::Unknown) };
        let erased = erase(conn, act, name)?;
        let destroyed = (
            persons::name_digest.eq(None::<String>),
            persons::envelope.eq(None::<String>),
            persons::destroyed_at.eq(column(act.at)),
        );
        on!(conn, c => diesel::update(persons::table.find(person)).set(destroyed).execute(c))?;
        let target = Target::nameless(TargetKind::Person, &person);
        let entry = Entry::new(AuditEvent::PersonForgotten, target).with("keys_written_over", erased.keys);
        let entry = entry.with("contacts_removed", erased.contacts).with("notices_erased", erased.notices);
        let entry = entry.with("limits_removed", erased.limits);
        let entry = entry.with("reviews_written_over", erased.reviews);
        append(conn, act, &entry.with("reasons_written_over", erased.reasons))?;
        Ok(Forgotten::Done { person, erased })
    })
}

const ENDED: [KeyState; 2] = [KeyState::Expired, KeyState::Revoked];

/// Puts what is sealed in an entry into words again, where the person wasn't forgotten: in the place of
/// `{"person", "sealed"}` stands `{"person", "name"}`, or `{"person", "forgotten": true}`.
pub fn reveal(conn: &mut Conn, entry: &mut Value) -> Result<(), StoreError> {
    match entry {
        Value::Array(items) => items.iter_mut().try_for_each(|item| reveal(conn, item)),
        Value::Object(members) => {
            let sealed = members.get("sealed").and_then(Value::as_str).map(str::to_owned);
            let person = members.get("person").and_then(Value::as_str).and_then(|id| id.parse::<PersonId>().ok());
            if let (Some(sealed), Some(person)) = (sealed, person) {
                *entry = match opened(conn, person, &sealed)? {
                    Some(name) => json!({ "person": person, "name": name }),
                    None => json!({ "person": person, "forgotten": true }),
                };
                return Ok(());
            }
            members.values_mut().try_for_each(|member| reveal(conn, member))
        }
        _ => Ok(()),
    }
}

fn opened(conn: &mut Conn, person: PersonId, sealed: &str) -> Result<Option<String>, StoreError> {
    let found = persons::table.find(person).select(persons::envelope);
    let envelope: Option<Option<String>> = on!(conn, c => found.first(c).optional())?;
    let (Some(Some(envelope)), Some(veil)) = (envelope, conn.veil()) else { return Ok(None) };
    Ok(veil.open(person, &envelope, sealed))
}

/// What an entry says of people, sealed.
#[derive(Debug, Default)]
pub(super) struct Named {
    /// The readable path of the key that acts.
    pub(super) actor: Option<String>,
    /// Who answers for it.
    pub(super) owner: Option<Value>,
    /// Where it was used from.
    pub(super) source: Option<Value>,
    people: BTreeMap<String, Value>,
}

impl Named {
    /// Seals all that an entry is to say of people. Without a veil, it says nothing of them.
    pub(super) fn seal(conn: &mut Conn, act: &Act, entry: &Entry) -> Result<Self, StoreError> {
        let key = match act.actor {
            Actor::Key(id) => key::find(conn, id)?,
            _ => None,
        };
        let mut named = Self { actor: key.as_ref().map(Key::path), ..Self::default() };
        let Some(veil) = conn.veil() else { return Ok(named) };
        let mut seal = |whose: (OrganisationId, &str), text: &str| sealed(conn, &veil, act.at, whose, text);
        if let Some(key) = &key {
            named.owner = Some(seal((key.organisation_id, &key.owner), &key.owner)?);
        }
        if let Some(source) = act.source {
            let source = source.to_canonical().to_string();
            // Nobody known acted: the address is all that there is of him.
            let whose =
                key.as_ref().map_or((act.organisation, source.as_str()), |key| (key.organisation_id, &key.owner));
            named.source = Some(seal(whose, &source)?);
        }
        for name in entry.people() {
            named.people.insert(name.to_owned(), seal((act.organisation, name), name)?);
        }
        Ok(named)
    }

    pub(super) fn find(&self, name: &str) -> Option<Value> {
        self.people.get(name).cloned()
    }
}

fn sealed(
    conn: &mut Conn,
    veil: &Arc<dyn Veil>,
    at: DateTime<Utc>,
    (organisation, name): (OrganisationId, &str),
    text: &str,
) -> Result<Value, StoreError> {
    let (person, envelope) = find_or_make(conn, veil, at, &veil.digest(organisation, name))?;
    let sealed = veil.seal(person, &envelope, text).map_err(StoreError::Veil)?;
    Ok(json!({ "person": person, "sealed": sealed }))
}

fn find_or_make(
    conn: &mut Conn,
    veil: &Arc<dyn Veil>,
    at: DateTime<Utc>,
    digest: &str,
) -> Result<(PersonId, String), StoreError> {
    let found = persons::table.filter(persons::name_digest.eq(digest)).select((persons::id, persons::envelope));
    let found: Option<(PersonId, Option<String>)> = on!(conn, c => found.first(c).optional())?;
    if let Some((id, Some(envelope))) = found {
        return Ok((id, envelope));
    }
    let id = PersonId::new(at);
    let envelope = veil.new_key(id).map_err(StoreError::Veil)?;
    let row = (
        persons::id.eq(id),
        persons::name_digest.eq(digest),
        persons::envelope.eq(&envelope),
        persons::created_at.eq(column(at)),
    );
    on!(conn, c => diesel::insert_into(persons::table).values(row).execute(c))?;
    Ok((id, envelope))
}
