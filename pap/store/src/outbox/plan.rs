//! What is told of the plan of an organisation: whoever answers for keys of it gets a notice, however many they are.

use chrono::{DateTime, SecondsFormat, Utc};
use diesel::dsl::min;
use diesel::prelude::*;
use serde_json::{Map, Value, json};

use super::tell::Affected;
use super::{NewNotice, NoticeKind, put};
use crate::conn::{Conn, on};
use crate::error::StoreError;
use crate::id::KeyId;
use crate::key::ENDED;
use crate::organisation::Organisation;
use crate::plan::Over;
use crate::schema::keys;

/// Tells of a plan and what is over it. `occasion` makes it another than every other of its kind: who was told of it is
/// not told again. How many notices that were.
pub fn tell_of_plan(
    conn: &mut Conn,
    at: DateTime<Utc>,
    of: &Organisation,
    (kind, occasion): (NoticeKind, &str),
    over: &[Over],
) -> Result<usize, StoreError> {
    let details = details(at, of, over);
    // The first of his keys stands for each of them, who isn't named where it is only about being told once.
    let firsts = keys::table.filter(keys::organisation_id.eq(of.id)).filter(keys::state.ne_all(ENDED));
    let firsts = firsts.group_by(keys::owner).select(min(keys::id));
    let firsts: Vec<Option<KeyId>> = on!(conn, c => firsts.load(c))?;
    let mut written = 0;
    for first in firsts.into_iter().flatten() {
        for affected in Affected::list(conn, &[first])? {
            let notice = affected.notice(of.id, kind, &details);
            let dedup_key = format!("{kind}/{}/{occasion}/{first}", of.id);
            written += usize::from(put(conn, at, &NewNotice { dedup_key, ..notice })?);
        }
    }
    Ok(written)
}

fn details(at: DateTime<Utc>, of: &Organisation, over: &[Over]) -> Map<String, Value> {
    let over: Vec<Value> =
        over.iter().map(|over| json!({"maximum": over.maximum, "most": over.most, "found": over.found})).collect();
    let until = of.plan_grace_until.map(|until| until.to_rfc3339_opts(SecondsFormat::AutoSi, true));
    // The last day counts whole: "in 7 days" is told seven days before.
    let days = of.plan_grace_until.map(|until| (until - at).num_seconds().max(0)).map(|left| (left + 86_399) / 86_400);
    [
        ("organisation", json!(of.name)),
        ("plan", json!(of.plan)),
        ("over", json!(over)),
        ("at", json!(until)),
        ("days", json!(days)),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}
