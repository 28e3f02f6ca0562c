//! Destroying all that is sealed under the master key, for good: nothing opens it afterwards, whoever has that key.
//!
//! The rows stay, so that the audit still has what it speaks of, and so that no server begins anew on the database as
//! if it were empty. What is to be done to the files beneath is [`Store::scrub`](crate::Store::scrub)'s.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use crate::act::Act;
use crate::audit::{AuditEvent, Entry, Target, TargetKind, append};
use crate::conn::{Conn, on};
use crate::error::StoreError;
use crate::schema::{persons, signing_keys, wrapped_keys};
use crate::signing_key;
use crate::value::column;

/// What stands in the place of an envelope that may not be absent.
const DESTROYED: &str = "destroyed";

/// How many envelopes there are, or were, by what they hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sealed {
    /// Keys of the installation: its tag keys, and those of the audit.
    pub wrapped_keys: i64,
    /// Private parts of keys that sign access tokens.
    pub signing_keys: i64,
    /// Keys of people in the audit.
    pub people: i64,
}

impl Sealed {
    /// All of them.
    pub fn total(self) -> i64 {
        self.wrapped_keys + self.signing_keys + self.people
    }
}

/// What there is to destroy.
pub fn count(conn: &mut Conn) -> Result<Sealed, StoreError> {
    let wrapped = wrapped_keys::table.filter(wrapped_keys::envelope.ne(DESTROYED)).count();
    let signing = signing_keys::table.filter(signing_keys::envelope.is_not_null()).count();
    let people = persons::table.filter(persons::envelope.is_not_null()).count();
    Ok(Sealed {
        wrapped_keys: on!(conn, c => wrapped.get_result(c))?,
        signing_keys: on!(conn, c => signing.get_result(c))?,
        people: on!(conn, c => people.get_result(c))?,
    })
}

/// Writes over every envelope, with its audit entry: all or none. What was sealed can't be opened any more, by anybody.
pub fn destroy(conn: &mut Conn, act: &Act) -> Result<Sealed, StoreError> {
    conn.write(|conn| {
        let found = count(conn)?;
        // What signs or could have come to is taken out of publication, too.
        for key in signing_key::list(conn)? {
            signing_key::withdraw(conn, act, &key.kid)?;
        }
        let wrapped = wrapped_keys::table.filter(wrapped_keys::envelope.ne(DESTROYED));
        let gone = (wrapped_keys::envelope.eq(DESTROYED), wrapped_keys::retired_at.eq(column(act.at)));
        on!(conn, c => diesel::update(wrapped).set(gone).execute(c))?;
        let people = persons::table.filter(persons::envelope.is_not_null());
        let gone = (
            persons::name_digest.eq(None::<String>),
            persons::envelope.eq(None::<String>),
            persons::destroyed_at.eq(column(act.at)),
        );
        on!(conn, c => diesel::update(people).set(gone).execute(c))?;
        let entry = Entry::new(AuditEvent::KeysDestroyed, Target::nameless(TargetKind::Resource, "argus/argus/keys"));
        let entry = entry.with("wrapped_keys", found.wrapped_keys).with("signing_keys", found.signing_keys);
        append(conn, act, &entry.with("people", found.people))?;
        Ok(found)
    })
}

/// When the keys of this installation were destroyed, if they were.
pub fn find_destruction(conn: &mut Conn) -> Result<Option<DateTime<Utc>>, StoreError> {
    let destroyed = wrapped_keys::table.filter(wrapped_keys::envelope.eq(DESTROYED));
    let destroyed = destroyed.select(diesel::dsl::max(wrapped_keys::retired_at));
    let at: Option<NaiveDateTime> = on!(conn, c => destroyed.first(c))?;
    Ok(at.map(|at| at.and_utc()))
}
