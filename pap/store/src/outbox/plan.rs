//! What is told of the plan of an organisation: one notice, which goes to each contact that is told of all keys of the
//! organisation, and to each of those who answer for keys of it. It is about no key, so that an organisation without one
//! is told as well.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::{NewNotice, NoticeKind, put};
use crate::conn::Conn;
use crate::error::StoreError;
use crate::organisation::Organisation;
use crate::plan::Over;

/// Tells of a plan and what is over it. `occasion` makes it another than every other of its kind: what was told of is
/// not told again. Whether it is new.
pub fn tell_of_plan(
    conn: &mut Conn,
    at: DateTime<Utc>,
    of: &Organisation,
    (kind, occasion): (NoticeKind, &str),
    over: &[Over],
) -> Result<bool, StoreError> {
    let notice = NewNotice {
        kind,
        organisation: of.id,
        key: None,
        recipient: of.name.clone(),
        payload: details(at, of, over).to_string(),
        dedup_key: format!("{kind}/{}/{occasion}", of.id),
    };
    put(conn, at, &notice)
}

fn details(at: DateTime<Utc>, of: &Organisation, over: &[Over]) -> Value {
    let over: Vec<Value> =
        over.iter().map(|over| json!({"maximum": over.maximum, "most": over.most, "found": over.found})).collect();
    let until = of.plan_grace_until.map(|until| until.to_rfc3339_opts(SecondsFormat::AutoSi, true));
    // The last day counts whole: "in 7 days" is told seven days before.
    let days = of.plan_grace_until.map(|until| (until - at).num_seconds().max(0)).map(|left| (left + 86_399) / 86_400);
    json!({"organisation": of.name, "plan": of.plan, "over": over, "at": until, "days": days})
}
