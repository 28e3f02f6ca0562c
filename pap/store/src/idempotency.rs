//! `idempotency`: requests that may be repeated, and what they were answered.
//!
//! A line stands here if and only if the act that was asked for has happened: it is written in the act's own transaction.
//! A process that is killed before leaves nothing, and one that is killed after leaves all that a repetition has to know.
//! Two nodes that do the same at once are told apart by the table itself: the second finds its line taken and does
//! nothing. An act that changes nothing needs no line; what it answered is added afterwards.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use diesel::prelude::*;

use crate::conn::{Conn, on};
use crate::error::{OrTaken, Record, StoreError};
use crate::id::{ContactId, KeyId};
use crate::schema::idempotency;
use crate::value::{At, column};

/// How long an answer is kept.
const KEPT: TimeDelta = TimeDelta::hours(24);

/// A request that may be repeated.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Repeatable {
    /// Who asks.
    pub caller: KeyId,
    /// What for: the method and the path.
    pub route: String,
    /// What he calls the request.
    pub idempotency_key: String,
    /// The digest of its body.
    pub body_digest: String,
}

/// What is kept of a request.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = idempotency)]
pub struct Kept {
    /// The digest of its body.
    pub body_digest: String,
    /// What it was answered, with what its writer wants to know of it; none where that held a secret.
    pub answer: Option<String>,
    /// The key that the secret is of.
    pub key_id: Option<KeyId>,
    /// The webhook that it is of.
    pub contact_id: Option<ContactId>,
    /// When.
    #[diesel(deserialize_as = At)]
    pub created_at: DateTime<Utc>,
}

/// What is to be kept of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// All of it.
    Whole {
        /// Its status.
        status: u16,
        /// The rest, in a form of the caller's.
        text: String,
    },
    /// That it held a secret, and no more.
    Secret {
        /// Its status.
        status: u16,
        /// Whose.
        of: SecretOf,
    },
}

/// Whose secret an answer held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretOf {
    /// A key's.
    Key(KeyId),
    /// A webhook's.
    Contact(ContactId),
}

/// The line of a request, whatever its body.
macro_rules! row {
    ($request:expr) => {
        idempotency::table.find(($request.caller, &$request.route, &$request.idempotency_key))
    };
}

/// What is kept of a request of this name, if it isn't too long ago.
pub fn find(conn: &mut Conn, request: &Repeatable, now: DateTime<Utc>) -> Result<Option<Kept>, StoreError> {
    let row = row!(request).filter(idempotency::created_at.gt(column(now - KEPT)));
    Ok(on!(conn, c => row.select(Kept::as_select()).first(c).optional())?)
}

/// Keeps the answer of an act, in the transaction of the act.
///
/// [`StoreError::AlreadyExists`] where the request was done meanwhile: the act must not happen again.
pub fn keep(conn: &mut Conn, request: &Repeatable, answer: &Answer, at: DateTime<Utc>) -> Result<(), StoreError> {
    conn.write(|conn| {
        let old = row!(request).filter(idempotency::created_at.le(column(at - KEPT)));
        on!(conn, c => diesel::delete(old).execute(c))?;
        let new = NewRow::of(request, answer, at);
        on!(conn, c => diesel::insert_into(idempotency::table).values(new).execute(c))
            .or_taken(Record::IdempotentRequest, &request.idempotency_key)?;
        Ok(())
    })
}

/// Puts the answer as it was given in the place of what the act could know of it, or keeps that of an act that changed
/// nothing. A secret's line stays what it is, and so does that of another body.
pub fn complete(conn: &mut Conn, request: &Repeatable, answer: &Answer, at: DateTime<Utc>) -> Result<(), StoreError> {
    conn.write(|conn| {
        let Answer::Whole { status, text } = answer else { return Ok(()) };
        let known = row!(request).filter(idempotency::answer.is_not_null());
        let known = diesel::update(known.filter(idempotency::body_digest.eq(&request.body_digest)));
        let new = (idempotency::status.eq(i32::from(*status)), idempotency::answer.eq(text));
        if on!(conn, c => known.set(new).execute(c))? == 0 {
            let row = NewRow::of(request, answer, at);
            let insert = diesel::insert_into(idempotency::table).values(row).on_conflict_do_nothing();
            on!(conn, c => insert.execute(c))?;
        }
        Ok(())
    })
}

#[derive(Insertable)]
#[diesel(table_name = idempotency)]
struct NewRow<'r> {
    caller: KeyId,
    route: &'r str,
    idempotency_key: &'r str,
    body_digest: &'r str,
    status: i32,
    answer: Option<&'r str>,
    key_id: Option<KeyId>,
    contact_id: Option<ContactId>,
    created_at: NaiveDateTime,
}

impl<'r> NewRow<'r> {
    fn of(request: &'r Repeatable, answer: &'r Answer, at: DateTime<Utc>) -> Self {
        let (status, answer, key_id, contact_id) = match answer {
            Answer::Whole { status, text } => (*status, Some(text.as_str()), None, None),
            Answer::Secret { status, of: SecretOf::Key(key) } => (*status, None, Some(*key), None),
            Answer::Secret { status, of: SecretOf::Contact(contact) } => (*status, None, None, Some(*contact)),
        };
        Self {
            caller: request.caller,
            route: &request.route,
            idempotency_key: &request.idempotency_key,
            body_digest: &request.body_digest,
            status: status.into(),
            answer,
            key_id,
            contact_id,
            created_at: column(at),
        }
    }
}
