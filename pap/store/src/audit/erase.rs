//! What the store knows of a person beside the entries of the audit: how he is told, what he was told, and what was
//! typed of him. It goes, or is written over, when he is forgotten.

use diesel::prelude::*;

use super::person::NOBODY;
use crate::act::Act;
use crate::conn::{Conn, on};
use crate::contact::{self, ContactKind};
use crate::error::StoreError;
use crate::id::{ContactId, LimitId, ReviewId};
use crate::key::replace;
use crate::limit;
use crate::schema::{contacts, deliveries, keys, limits, outbox, review_items, reviews};

/// How much was found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Erased {
    /// Keys that have ended, in which the name was written over: as their owner.
    pub keys: usize,
    /// Contacts that are removed.
    pub contacts: usize,
    /// Limits of his keys that are removed.
    pub limits: usize,
    /// Notices and deliveries that are removed, because they have reached their end, or in which the name was written
    /// over, because they wait.
    pub notices: usize,
    /// Reasons of revocations in which the name was written over.
    pub reasons: usize,
    /// Keys in reviews, and words of whoever signed one, in which the name was written over.
    pub reviews: usize,
}

/// Erases a name within the organisation of the act. Its contacts go with an audit entry each, which speaks of the
/// person: afterwards the person's key can be destroyed.
pub(super) fn erase(conn: &mut Conn, act: &Act, name: &str) -> Result<Erased, StoreError> {
    Ok(Erased {
        contacts: remove_contacts(conn, act, name)?,
        limits: remove_limits(conn, act, name)?,
        notices: erase_notices(conn, act, name)? + erase_deliveries(conn, act, name)?,
        reasons: erase_reasons(conn, act, name)?,
        reviews: erase_reviews(conn, act, name)?,
        keys: erase_owner(conn, act, name)?,
    })
}

fn remove_contacts(conn: &mut Conn, act: &Act, name: &str) -> Result<usize, StoreError> {
    let is_his = contacts::owner.eq(name);
    let is_his = is_his.or(contacts::kind.eq(ContactKind::Email).and(contacts::address.eq(name)));
    let his = contacts::table.filter(contacts::organisation_id.eq(act.organisation)).filter(is_his);
    let his: Vec<ContactId> = on!(conn, c => his.select(contacts::id).load(c))?;
    for id in &his {
        contact::remove(conn, act, *id)?;
    }
    Ok(his.len())
}

fn remove_limits(conn: &mut Conn, act: &Act, name: &str) -> Result<usize, StoreError> {
    let his = limits::table.filter(limits::organisation_id.eq(act.organisation)).filter(limits::owner.eq(name));
    let his: Vec<LimitId> = on!(conn, c => his.select(limits::id).load(c))?;
    for id in &his {
        limit::remove(conn, act, *id)?;
    }
    Ok(his.len())
}

fn erase_notices(conn: &mut Conn, act: &Act, name: &str) -> Result<usize, StoreError> {
    let all = || outbox::table.filter(outbox::organisation_id.eq(act.organisation));
    let handed = all().filter(outbox::recipient.eq(name)).filter(outbox::handed_at.is_not_null());
    let handed = on!(conn, c => diesel::delete(handed).execute(c))?;
    let waiting = diesel::update(all().filter(outbox::recipient.eq(name)));
    let waiting = on!(conn, c => waiting.set(outbox::recipient.eq(NOBODY)).execute(c))?;
    let told = in_json(name);
    let written = || replace(outbox::payload, &*told, NOBODY);
    let naming = all().filter(written().ne(outbox::payload));
    on!(conn, c => diesel::update(naming).set(outbox::payload.eq(written())).execute(c))?;
    Ok(handed + waiting)
}

fn erase_deliveries(conn: &mut Conn, act: &Act, name: &str) -> Result<usize, StoreError> {
    let all = || deliveries::table.filter(deliveries::organisation_id.eq(act.organisation));
    let ended = all().filter(deliveries::recipient.eq(name)).filter(deliveries::ended_at.is_not_null());
    let ended = on!(conn, c => diesel::delete(ended).execute(c))?;
    let waiting = diesel::update(all().filter(deliveries::recipient.eq(name)));
    let waiting = on!(conn, c => waiting.set(deliveries::recipient.eq(NOBODY)).execute(c))?;
    let told = in_json(name);
    let written = || replace(deliveries::payload, &*told, NOBODY);
    let naming = all().filter(written().ne(deliveries::payload));
    on!(conn, c => diesel::update(naming).set(deliveries::payload.eq(written())).execute(c))?;
    Ok(ended + waiting)
}

fn erase_reasons(conn: &mut Conn, act: &Act, name: &str) -> Result<usize, StoreError> {
    let typed = keys::revoked_reason.assume_not_null();
    let written = replace(typed, name, NOBODY);
    let found = keys::table.filter(keys::organisation_id.eq(act.organisation));
    let found = found.filter(keys::revoked_reason.is_not_null()).filter(written.ne(typed));
    Ok(on!(conn, c => diesel::update(found).set(keys::revoked_reason.eq(written.nullable())).execute(c))?)
}

/// A signed review stands as it is but for this: what its digest is of holds no name of a person.
fn erase_reviews(conn: &mut Conn, act: &Act, name: &str) -> Result<usize, StoreError> {
    let own = reviews::table.filter(reviews::organisation_id.eq(act.organisation));
    let ids: Vec<ReviewId> = on!(conn, c => own.select(reviews::id).load(c))?;
    let items = || review_items::table.filter(review_items::review_id.eq_any(ids.clone()));
    let said = review_items::reason.assume_not_null();
    let written = || replace(said, name, NOBODY);
    let named = review_items::owner.eq(name);
    let named = items().filter(named.or(review_items::reason.is_not_null().and(written().ne(said))));
    let found: i64 = on!(conn, c => named.count().get_result(c))?;
    let owned = diesel::update(items().filter(review_items::owner.eq(name)));
    on!(conn, c => owned.set(review_items::owner.eq(NOBODY)).execute(c))?;
    let naming = items().filter(review_items::reason.is_not_null()).filter(written().ne(said));
    on!(conn, c => diesel::update(naming).set(review_items::reason.eq(written().nullable())).execute(c))?;
    let stated = reviews::statement.assume_not_null();
    let written = replace(stated, name, NOBODY);
    let naming = reviews::table.filter(reviews::organisation_id.eq(act.organisation));
    let naming = naming.filter(reviews::statement.is_not_null()).filter(written.ne(stated));
    let statements = on!(conn, c => diesel::update(naming).set(reviews::statement.eq(written.nullable())).execute(c))?;
    Ok(usize::try_from(found).unwrap_or(usize::MAX).saturating_add(statements))
}

fn erase_owner(conn: &mut Conn, act: &Act, name: &str) -> Result<usize, StoreError> {
    let owned = keys::table.filter(keys::organisation_id.eq(act.organisation)).filter(keys::owner.eq(name));
    Ok(on!(conn, c => diesel::update(owned).set(keys::owner.eq(NOBODY)).execute(c))?)
}

/// As a text stands in JSON, without the quotation marks around it.
fn in_json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    let inner = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.unwrap_or(text).to_owned()
}
