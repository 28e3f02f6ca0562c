//! Signing a review: from then on it stands as it is.

use chrono::TimeDelta;
use diesel::prelude::*;
use serde_json::{Value, json};

use super::item::list_items;
use super::{Review, ReviewState, ReviewVerdict, count, end, find_open_own, require};
use crate::act::Act;
use crate::audit::{self, AuditEvent, AuditFilter, Entry, canonical};
use crate::conn::{Conn, on};
use crate::error::{Record, StoreError};
use crate::id::ReviewId;
use crate::page::PageSize;
use crate::schema::{keys, review_items};

/// For how long after its start a review may be signed: what was looked at is out of date by then.
const FRESH: TimeDelta = TimeDelta::days(31);

/// Signs a review, with its audit entry, which has the numbers and the [`digest`] of what was signed.
///
/// `None` where the organisation of the act has no such review. It is [`StoreError::NotPossible`] where it isn't open,
/// nothing was said of a key, a key that is to be kept grants another thing than what was looked at, or a month has
/// passed since it was started.
pub fn sign(conn: &mut Conn, act: &Act, id: ReviewId, statement: Option<&str>) -> Result<Option<Review>, StoreError> {
    conn.write(|conn| {
        let Some(review) = find_open_own(conn, act, id, "signed")? else { return Ok(None) };
        let counts = count(conn, id)?;
        let refused = |event| StoreError::NotPossible { what: Record::Review, state: review.state.as_str(), event };
        if counts.undecided > 0 {
            return Err(refused("signed before something was said of each key"));
        }
        if count_changed(conn, id)? > 0 {
            return Err(refused("signed while a key of it grants another thing than what was looked at"));
        }
        if act.at > review.started_at + FRESH {
            return Err(refused("signed later than 31 days after its start: start another in its place"));
        }
        end(conn, act, &review, ReviewState::Signed, statement)?;
        let entry = Entry::new(AuditEvent::ReviewSigned, review.target()).with("keys", counts.keys());
        let entry = entry.with("keep", counts.keep).with("narrow", counts.narrow).with("revoke", counts.revoke);
        let entry = entry.with("digest", digest(conn, id)?);
        audit::append(conn, act, &entry)?;
        Ok(Some(require(conn, id)?))
    })
}

/// How many keys that are to be kept grant another thing than when they were looked at.
fn count_changed(conn: &mut Conn, id: ReviewId) -> Result<i64, StoreError> {
    let rows = review_items::table.inner_join(keys::table).filter(review_items::review_id.eq(id));
    let rows = rows.filter(review_items::verdict.eq(ReviewVerdict::Keep));
    let rows = rows.filter(review_items::scopes.ne(keys::scopes)).count();
    Ok(on!(conn, c => rows.get_result(c))?)
}

/// The digest of what a review says of its keys: which, what they granted, what was said, by whom. Not of the names of
/// people nor of reasons, in which somebody may be forgotten.
pub fn digest(conn: &mut Conn, id: ReviewId) -> Result<String, StoreError> {
    let size = PageSize::new(PageSize::MOST.into()).unwrap_or_default();
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = list_items(conn, id, None, after, size)?;
        after = page.items.last().map(|item| item.key_id);
        all.extend(page.items.into_iter().map(|item| {
            let by = item.decided_by.map(|actor| actor.to_string());
            json!([item.key_id, item.key_path, item.scopes, item.verdict, by])
        }));
        if !page.more {
            break;
        }
    }
    let text = canonical(&Value::Array(all)).map_err(|error| StoreError::Corrupt { detail: error.to_string() })?;
    Ok(audit::digest(&text).to_string())
}

/// The digest that the audit has of a signed review; `None` where the audit doesn't tell of it any more.
pub fn find_signed_digest(conn: &mut Conn, review: &Review) -> Result<Option<String>, StoreError> {
    let target = Some(review.id.to_string());
    let filter = AuditFilter { event: Some(AuditEvent::ReviewSigned), target, ..AuditFilter::default() };
    let found = audit::list(conn, &filter, 0, PageSize::default())?.items.into_iter().next();
    let entry: Option<Value> = found.and_then(|record| serde_json::from_str(&record.entry).ok());
    Ok(entry.and_then(|entry| Some(entry.pointer("/details/digest")?.as_str()?.to_owned())))
}
