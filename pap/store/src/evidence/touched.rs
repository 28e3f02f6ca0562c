//! What one key was used for, as the log of decisions has it: on what, and from where.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::dsl::{count_star, max, min};
use diesel::prelude::*;

use super::Period;
use crate::conn::{Conn, on};
use crate::error::StoreError;
use crate::id::KeyId;
use crate::schema::decisions;
use crate::value::column;

/// Decisions about one key that are alike: in their action and resource, or in the address that they came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    /// The action and the resource, or the address; none where the log doesn't tell.
    pub what: (Option<String>, Option<String>),
    /// What was answered.
    pub decision: String,
    /// How often.
    pub count: i64,
    /// When the first was asked for.
    pub first: DateTime<Utc>,
    /// When the last was.
    pub last: DateTime<Utc>,
}

type Row<What> = (What, String, i64, Option<NaiveDateTime>, Option<NaiveDateTime>);

/// What a key was used on, the most frequent first, at most `most`.
pub fn list_resources(
    conn: &mut Conn,
    key: KeyId,
    (from, before): Period,
    most: u32,
) -> Result<Vec<Touched>, StoreError> {
    let rows = decisions::table.filter(decisions::key_id.eq(key));
    let rows = rows.filter(decisions::at.ge(column(from))).filter(decisions::at.lt(column(before)));
    let of = (decisions::action, decisions::resource);
    let rows = rows.group_by((decisions::action, decisions::resource, decisions::decision));
    let rows = rows.select((of, decisions::decision, count_star(), min(decisions::at), max(decisions::at)));
    let rows = rows.order(count_star().desc()).limit(most.into());
    let found: Vec<Row<(Option<String>, Option<String>)>> = on!(conn, c => rows.load(c))?;
    Ok(sorted(found.into_iter().filter_map(|row| touched(row, |what| what)).collect()))
}

/// Where a key was used from, the most frequent first, at most `most`.
pub fn list_places(conn: &mut Conn, key: KeyId, (from, before): Period, most: u32) -> Result<Vec<Touched>, StoreError> {
    let rows = decisions::table.filter(decisions::key_id.eq(key));
    let rows = rows.filter(decisions::at.ge(column(from))).filter(decisions::at.lt(column(before)));
    let rows = rows.group_by((decisions::address, decisions::decision));
    let columns = (decisions::address, decisions::decision, count_star(), min(decisions::at), max(decisions::at));
    let rows = rows.select(columns).order(count_star().desc()).limit(most.into());
    let found: Vec<Row<Option<String>>> = on!(conn, c => rows.load(c))?;
    Ok(sorted(found.into_iter().filter_map(|row| touched(row, |address| (address, None))).collect()))
}

/// Databases differ in how they order text, and nothing at all.
fn sorted(mut all: Vec<Touched>) -> Vec<Touched> {
    all.sort_by(|a, b| (b.count, &a.what, &a.decision).cmp(&(a.count, &b.what, &b.decision)));
    all
}

fn touched<What>(
    (what, decision, count, first, last): Row<What>,
    of: impl Fn(What) -> (Option<String>, Option<String>),
) -> Option<Touched> {
    Some(Touched { what: of(what), decision, count, first: first?.and_utc(), last: last?.and_utc() })
}
