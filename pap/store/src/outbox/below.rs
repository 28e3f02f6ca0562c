//! Whoever answers for one of many keys that one act stops is told, and so is whoever answers for keys below them:
//! theirs are refused with it.
//!
//! Each of them is told once of an act, however many of the keys are his: of a thousand keys a thousand notices would
//! tell him less than one. What he gets has the number of them and the first few.

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde_json::{Map, Value, json};

use super::tell::{Affected, put_many};
use super::{NewNotice, NoticeKind};
use crate::act::Act;
use crate::conn::{Conn, on};
use crate::error::StoreError;
use crate::id::KeyId;
use crate::key::{Key, list_below};
use crate::schema::keys;

/// Keys that one notice names.
const NAMED: usize = 20;

/// Keys in one query.
const CHUNK: usize = 1_000;

/// What one person answers for.
#[derive(Default)]
struct Share {
    keys: usize,
    named: Vec<KeyId>,
}

/// Tells whoever answers for keys below one that an act stops, or starts again. The key is given as it was before;
/// its own owner is told of it alone.
pub(crate) fn tell_below(
    conn: &mut Conn,
    act: &Act,
    key: &Key,
    kind: NoticeKind,
    details: &Map<String, Value>,
) -> Result<(), StoreError> {
    let below = list_below(conn, &[key.id])?;
    let above = Above { id: key.id, path: Some(key.path()) };
    let cause = Cause { above: Some(above), occasion: format!("below/{}/{}", key.id, key.generation) };
    let mut shares = share(conn, &below)?;
    shares.remove(&key.owner);
    tell(conn, act, &cause, &shares, kind, details)
}

/// Tells whoever answers for one of many keys that are revoked at once, and then whoever answers for those below
/// them. For the latter, the first of the former stands for all.
pub(crate) fn tell_many(
    conn: &mut Conn,
    act: &Act,
    revoked: &[KeyId],
    below: &[KeyId],
    details: &Map<String, Value>,
) -> Result<(), StoreError> {
    let Some(first) = revoked.first() else { return Ok(()) };
    // A key is revoked once: no later act has it for its first.
    let themselves = Cause { above: None, occasion: format!("many/{first}") };
    let shares = share(conn, revoked)?;
    tell(conn, act, &themselves, &shares, NoticeKind::Revoked, details)?;
    let above = Above { id: *first, path: None };
    let by_those_above = Cause { above: Some(above), occasion: format!("below/{first}/many") };
    let shares = share(conn, below)?;
    tell(conn, act, &by_those_above, &shares, NoticeKind::Revoked, details)
}

/// Why keys are stopped.
struct Cause {
    /// What is stopped by the act itself, where these are not.
    above: Option<Above>,
    /// Makes the act another than every other.
    occasion: String,
}

/// A key that others are stopped with.
struct Above {
    id: KeyId,
    path: Option<String>,
}

/// The keys, by who answers for them.
fn share(conn: &mut Conn, ids: &[KeyId]) -> Result<BTreeMap<String, Share>, StoreError> {
    let mut shares: BTreeMap<String, Share> = BTreeMap::new();
    for ids in ids.chunks(CHUNK) {
        let rows = keys::table.filter(keys::id.eq_any(ids)).order(keys::id).select((keys::owner, keys::id));
        let owned: Vec<(String, KeyId)> = on!(conn, c => rows.load(c))?;
        for (owner, id) in owned {
            let share = shares.entry(owner).or_default();
            share.keys += 1;
            if share.named.len() < NAMED {
                share.named.push(id);
            }
        }
    }
    Ok(shares)
}

fn tell(
    conn: &mut Conn,
    act: &Act,
    cause: &Cause,
    shares: &BTreeMap<String, Share>,
    kind: NoticeKind,
    details: &Map<String, Value>,
) -> Result<(), StoreError> {
    let firsts: Vec<KeyId> = shares.values().filter_map(|share| share.named.first().copied()).collect();
    for firsts in firsts.chunks(CHUNK) {
        let affected = Affected::list(conn, firsts)?;
        let notices: Vec<NewNotice> =
            affected.iter().filter_map(|first| notice(act, cause, shares, first, kind, details)).collect();
        put_many(conn, act, &notices)?;
    }
    Ok(())
}

fn notice(
    act: &Act,
    cause: &Cause,
    shares: &BTreeMap<String, Share>,
    first: &Affected,
    kind: NoticeKind,
    details: &Map<String, Value>,
) -> Option<NewNotice> {
    let share = shares.get(first.owner())?;
    let mut details = details.clone();
    if let Some(above) = &cause.above {
        details.insert("above_key_id".to_owned(), json!(above.id));
        if let Some(path) = &above.path {
            details.insert("above_path".to_owned(), json!(path));
        }
    }
    details.insert("keys".to_owned(), json!(share.keys));
    details.insert("key_ids".to_owned(), json!(share.named));
    let notice = first.notice(act.organisation, kind, &details);
    // Every key has one owner, so that the first of his keys tells him from all others without naming him.
    Some(NewNotice { dedup_key: format!("{kind}/{}/{}", cause.occasion, first.id()), ..notice })
}
