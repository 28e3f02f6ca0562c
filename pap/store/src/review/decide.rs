//! What is said of a key, or of all of which nothing was said yet.

use diesel::prelude::*;

use super::{ReviewVerdict, find_open_own};
use crate::act::Act;
use crate::audit::{self, AuditEvent, Entry};
use crate::conn::{Conn, on};
use crate::error::{Record, StoreError};
use crate::id::{KeyId, ReviewId};
use crate::key::{self, Key};
use crate::schema::review_items;
use crate::value::{Texts, column};

/// Of what it is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Of one key, as it is now.
    Key(KeyId),
    /// Of all of which nothing was said yet, as they were when the review started: they are kept.
    Rest,
}

/// Says it, with an audit entry, which has the verdict. The reason may name somebody, and stays in the review, where it
/// can be written over. What was said of a key before counts no more. How many keys it was said of.
///
/// `None` where the organisation of the act has no such review; one that isn't open is [`StoreError::NotPossible`], and
/// a key that isn't in it [`StoreError::NotFound`]. The rest is kept, whatever the verdict: a grant is not taken away
/// from what nobody looked at.
pub fn decide(
    conn: &mut Conn,
    act: &Act,
    id: ReviewId,
    (subject, verdict, reason): (Subject, ReviewVerdict, &str),
) -> Result<Option<usize>, StoreError> {
    conn.write(|conn| {
        let Some(review) = find_open_own(conn, act, id, "decided about")? else { return Ok(None) };
        let entry = Entry::new(AuditEvent::ReviewDecided, review.target());
        let (keys, entry) = match subject {
            Subject::Key(key) => {
                let missing = || StoreError::not_found(Record::Key, key);
                let now = key::find(conn, key)?.ok_or_else(missing)?;
                if say_of_one(conn, act, id, (&now, verdict, reason))? == 0 {
                    return Err(missing());
                }
                let entry = entry.with("key_id", key).with("key", now.path()).with("scopes", &now.scopes);
                (1, entry.with("verdict", verdict))
            }
            Subject::Rest => {
                let keys = say_of_rest(conn, act, id, reason)?;
                (keys, entry.with("keys", keys).with("verdict", ReviewVerdict::Keep))
            }
        };
        if keys > 0 {
            audit::append(conn, act, &entry)?;
        }
        Ok(Some(keys))
    })
}

/// Says it of a key, and writes down again what it is: that is what it is said of.
fn say_of_one(
    conn: &mut Conn,
    act: &Act,
    review: ReviewId,
    (now, verdict, reason): (&Key, ReviewVerdict, &str),
) -> Result<usize, StoreError> {
    let columns = (
        review_items::key_path.eq(now.path()),
        review_items::owner.eq(&now.owner),
        review_items::state.eq(now.state),
        review_items::scopes.eq(Texts(now.scopes.clone())),
        review_items::expires_at.eq(now.expires_at.map(column)),
        review_items::last_used_at.eq(now.last_used_at.map(column)),
        review_items::verdict.eq(verdict),
        review_items::reason.eq(reason),
        review_items::decided_at.eq(column(act.at)),
        review_items::decided_by.eq(act.actor),
    );
    let row = review_items::table.find((review, now.id));
    Ok(on!(conn, c => diesel::update(row).set(columns).execute(c))?)
}

fn say_of_rest(conn: &mut Conn, act: &Act, review: ReviewId, reason: &str) -> Result<usize, StoreError> {
    let columns = (
        review_items::verdict.eq(ReviewVerdict::Keep),
        review_items::reason.eq(reason),
        review_items::decided_at.eq(column(act.at)),
        review_items::decided_by.eq(act.actor),
    );
    let rows = review_items::table.filter(review_items::review_id.eq(review)).filter(review_items::verdict.is_null());
    Ok(on!(conn, c => diesel::update(rows).set(columns).execute(c))?)
}
