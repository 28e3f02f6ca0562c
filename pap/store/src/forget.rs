//! What is of no use any more, forgotten a batch at a time: it was handed over, has been answered, or has run out.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use crate::anomaly;
use crate::conn::{Conn, on};
use crate::error::StoreError;
use crate::id::{DeliveryId, NoticeId};
use crate::revoked_token;
use crate::schema::{credential_callers, credentials, deliveries, idempotency, outbox, used_assertions};
use crate::value::column;

/// How long a notice is kept after it was handed over. Whoever has it twice knows that by then; and it is longer than
/// the longest time by which a notice comes before its event, so that who was told is not told again.
const HANDED: TimeDelta = TimeDelta::days(30);

/// How long a notice waits for somebody who hands it over.
const UNHANDED: TimeDelta = TimeDelta::days(90);

/// How long the answer to a request with an idempotency key is kept.
const ANSWERS: TimeDelta = TimeDelta::hours(24);

/// How long an anomaly is kept after it was last seen: whoever reviews a year has all of it.
const ANOMALIES: TimeDelta = TimeDelta::days(400);

/// How many rows of each table were forgotten.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Notices that were handed over long ago.
    pub notices: usize,
    /// Notices that nobody ever handed over.
    pub unhanded_notices: usize,
    /// Callers of secrets that are refused by now.
    pub callers: usize,
    /// Answers to requests with an idempotency key.
    pub answers: usize,
    /// Assertions that would be refused by now for their age.
    pub assertions: usize,
    /// Access tokens that have run out.
    pub tokens: usize,
    /// Deliveries that have arrived, or were given up, long ago.
    pub deliveries: usize,
    /// Anomalies that were last seen long ago.
    pub anomalies: usize,
    /// What is remembered of the use of keys that have ended.
    pub watches: usize,
}

impl Forgotten {
    /// All of them.
    pub fn total(&self) -> usize {
        self.notices
            + self.unhanded_notices
            + self.callers
            + self.answers
            + self.assertions
            + self.tokens
            + self.deliveries
            + self.anomalies
            + self.watches
    }
}

/// Forgets what `at` lets be forgotten, at most `most` rows of each table but the tokens, of which there are few. A clock
/// that was ahead has then forgotten too early what guards against replays by less than it was ahead: assertions and
/// tokens are kept an hour beyond their end.
pub fn forget(conn: &mut Conn, at: DateTime<Utc>, most: u32) -> Result<Forgotten, StoreError> {
    conn.write(|conn| {
        let (notices, unhanded_notices) = (handed(conn, at - HANDED, most)?, unhanded(conn, at - UNHANDED, most)?);
        Ok(Forgotten {
            notices,
            unhanded_notices,
            callers: callers(conn, most)?,
            answers: answers(conn, at - ANSWERS, most)?,
            assertions: assertions(conn, at - SLACK, most)?,
            tokens: revoked_token::forget(conn, at - SLACK)?,
            deliveries: deliveries(conn, at - UNHANDED, most)?,
            anomalies: anomaly::forget(conn, at - ANOMALIES, most)?,
            watches: anomaly::forget_ended_watches(conn, most)?,
        })
    })
}

const SLACK: TimeDelta = TimeDelta::hours(1);

fn handed(conn: &mut Conn, before: DateTime<Utc>, most: u32) -> Result<usize, StoreError> {
    let old = outbox::table.filter(outbox::handed_at.lt(column(before))).order(outbox::handed_at);
    let old: Vec<NoticeId> = on!(conn, c => old.limit(most.into()).select(outbox::id).load(c))?;
    Ok(on!(conn, c => diesel::delete(outbox::table.filter(outbox::id.eq_any(old))).execute(c))?)
}

fn unhanded(conn: &mut Conn, before: DateTime<Utc>, most: u32) -> Result<usize, StoreError> {
    let old = outbox::table.filter(outbox::handed_at.is_null()).filter(outbox::due_at.lt(column(before)));
    let old = old.order((outbox::due_at, outbox::id));
    let old: Vec<NoticeId> = on!(conn, c => old.limit(most.into()).select(outbox::id).load(c))?;
    Ok(on!(conn, c => diesel::delete(outbox::table.filter(outbox::id.eq_any(old))).execute(c))?)
}

/// As long as a notice may wait, what became of it may be looked at, and sent again. What waits for longer, because no
/// node can carry it, is of no use to anybody.
fn deliveries(conn: &mut Conn, before: DateTime<Utc>, most: u32) -> Result<usize, StoreError> {
    let ended = deliveries::table.filter(deliveries::ended_at.lt(column(before))).order(deliveries::ended_at);
    let ended: Vec<DeliveryId> = on!(conn, c => ended.limit(most.into()).select(deliveries::id).load(c))?;
    let waiting = deliveries::table.filter(deliveries::ended_at.is_null());
    let waiting = waiting.filter(deliveries::created_at.lt(column(before))).order(deliveries::created_at);
    let waiting: Vec<DeliveryId> = on!(conn, c => waiting.limit(most.into()).select(deliveries::id).load(c))?;
    let old: Vec<_> = ended.into_iter().chain(waiting).collect();
    Ok(on!(conn, c => diesel::delete(deliveries::table.filter(deliveries::id.eq_any(old))).execute(c))?)
}

/// Callers of secrets that were retired: with the grace ends the interest in who used them.
fn callers(conn: &mut Conn, most: u32) -> Result<usize, StoreError> {
    let retired = credential_callers::table.inner_join(credentials::table);
    let retired = retired.filter(credentials::state.eq(crate::credential::CredentialState::Revoked));
    let retired = retired.select(credential_callers::credential_id).distinct().limit(most.into());
    let retired: Vec<String> = on!(conn, c => retired.load(c))?;
    let rows = credential_callers::table.filter(credential_callers::credential_id.eq_any(retired));
    Ok(on!(conn, c => diesel::delete(rows).execute(c))?)
}

fn answers(conn: &mut Conn, before: DateTime<Utc>, most: u32) -> Result<usize, StoreError> {
    let old = idempotency::table.filter(idempotency::created_at.lt(column(before))).order(idempotency::created_at);
    let newest = old.limit(most.into()).select(idempotency::created_at);
    let times: Vec<chrono::NaiveDateTime> = on!(conn, c => newest.load(c))?;
    let Some(newest) = times.last() else { return Ok(0) };
    let rows = idempotency::table.filter(idempotency::created_at.le(*newest));
    Ok(on!(conn, c => diesel::delete(rows).execute(c))?)
}

fn assertions(conn: &mut Conn, before: DateTime<Utc>, most: u32) -> Result<usize, StoreError> {
    let old = used_assertions::table.filter(used_assertions::expires_at.lt(column(before)));
    let old = old.order(used_assertions::expires_at).limit(most.into()).select(used_assertions::expires_at);
    let times: Vec<chrono::NaiveDateTime> = on!(conn, c => old.load(c))?;
    let Some(newest) = times.last() else { return Ok(0) };
    let rows = used_assertions::table.filter(used_assertions::expires_at.le(*newest));
    Ok(on!(conn, c => diesel::delete(rows).execute(c))?)
}
