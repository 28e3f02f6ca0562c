//! What people say of an alert: that they have looked, that it may wait, that it was in order.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::{Anomaly, AnomalyState, find, require};
use crate::act::Act;
use crate::audit::{self, AuditEvent, Entry};
use crate::conn::{Conn, on};
use crate::error::{Record, StoreError};
use crate::id::AnomalyId;
use crate::schema::{anomalies, keys, organisations, projects};
use crate::value::column;

/// Somebody has looked, and says why it need not be told again; with its audit entry. Said again, it changes nothing.
///
/// `None` where the organisation of the act has no such alert; one that was false is [`StoreError::NotPossible`].
pub fn acknowledge(conn: &mut Conn, act: &Act, id: AnomalyId, note: &str) -> Result<Option<Anomaly>, StoreError> {
    judge(conn, act, id, (AnomalyState::Acknowledged, None, Some(note)), AuditEvent::AnomalyAcknowledged)
}

/// It is not to be told again before a time; as [`acknowledge`].
pub fn snooze(
    conn: &mut Conn,
    act: &Act,
    id: AnomalyId,
    (until, note): (DateTime<Utc>, Option<&str>),
) -> Result<Option<Anomaly>, StoreError> {
    judge(conn, act, id, (AnomalyState::Snoozed, Some(until), note), AuditEvent::AnomalySnoozed)
}

/// It was in order, and the key's baseline has to learn it; as [`acknowledge`]. What was said before counts no more.
pub fn mark_false(
    conn: &mut Conn,
    act: &Act,
    id: AnomalyId,
    note: Option<&str>,
) -> Result<Option<Anomaly>, StoreError> {
    judge(conn, act, id, (AnomalyState::False, None, note), AuditEvent::AnomalyMarkedFalse)
}

fn judge(
    conn: &mut Conn,
    act: &Act,
    id: AnomalyId,
    (state, until, note): (AnomalyState, Option<DateTime<Utc>>, Option<&str>),
    told: AuditEvent,
) -> Result<Option<Anomaly>, StoreError> {
    conn.write(|conn| {
        let Some(before) = find(conn, id)?.filter(|found| found.organisation_id == act.organisation) else {
            return Ok(None);
        };
        let until = until.map(column);
        let is_same = before.state == state && before.snoozed_until.map(column) == until;
        if is_same && before.note.as_deref() == note {
            return Ok(Some(before));
        }
        if before.state == AnomalyState::False && state != AnomalyState::False {
            let event = if state == AnomalyState::Snoozed { "snoozed" } else { "acknowledged" };
            return Err(StoreError::NotPossible { what: Record::Anomaly, state: before.state.as_str(), event });
        }
        let columns = (
            anomalies::state.eq(state),
            anomalies::snoozed_until.eq(until),
            anomalies::note.eq(note),
            // What is false is learned once.
            anomalies::is_learned.eq(is_same && before.is_learned),
            anomalies::generation.eq(anomalies::generation + 1),
        );
        on!(conn, c => diesel::update(anomalies::table.find(id)).set(columns).execute(c))?;
        let after = require(conn, id)?;
        audit::append(conn, act, &Entry::new(told, after.target()).changed(&before.view(), &after.view()))?;
        Ok(Some(after))
    })
}

/// Alerts of which people have said what the watch does not know yet, the oldest first.
pub fn list_unlearned(conn: &mut Conn, most: u32) -> Result<Vec<Anomaly>, StoreError> {
    let all = anomalies::table.inner_join(keys::table.inner_join(organisations::table).left_join(projects::table));
    let rows = all.filter(diesel::dsl::not(anomalies::is_learned)).order(anomalies::id).limit(most.into());
    Ok(on!(conn, c => rows.select(Anomaly::as_select()).load(c))?)
}

/// The watch knows what people had said, unless they have said more since.
pub fn learned(conn: &mut Conn, anomaly: &Anomaly) -> Result<(), StoreError> {
    let row = anomalies::table.find(anomaly.id).filter(anomalies::generation.eq(anomaly.generation));
    on!(conn, c => diesel::update(row).set(anomalies::is_learned.eq(true)).execute(c))?;
    Ok(())
}
