//! How an installation is, in a few numbers: for whoever watches it, not for whoever decides.

use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;

use crate::anomaly::{AnomalyState, Severity};
use crate::audit::{find_head, find_last_checkpoint};
use crate::change::find_latest_sequence;
use crate::conn::{Conn, on};
use crate::delivery::DeliveryState;
use crate::error::StoreError;
use crate::node;
use crate::schema::{anomalies, deliveries, outbox, signing_keys};
use crate::signing_key::{self, SigningKeyState};
use crate::value::column;

/// The numbers, of one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vitals {
    /// The newest line of the change feed.
    pub feed_sequence: i64,
    /// Nodes that decide and were heard of lately.
    pub deciding_nodes: i64,
    /// The last line that the slowest of them knows; `None` where there is none.
    pub slowest_sequence: Option<i64>,
    /// The last entry of the audit.
    pub audit_sequence: i64,
    /// The last one that a signed checkpoint vouches for.
    pub signed_sequence: i64,
    /// Signing keys by state.
    pub signing_keys: Vec<(SigningKeyState, i64)>,
    /// Since when the key signs that signs now.
    pub signing_since: Option<DateTime<Utc>>,
    /// Alerts that nobody has looked at, by severity.
    pub anomalies_open: Vec<(Severity, i64)>,
    /// Notices that are due and on their way to nobody yet.
    pub notices_waiting: i64,
    /// Deliveries that are tried, now or later.
    pub deliveries_waiting: i64,
    /// Deliveries that were given up.
    pub deliveries_dead: i64,
}

/// Reads them. Nodes that were not heard of since `heard_since` are not counted.
pub fn read(conn: &mut Conn, at: DateTime<Utc>, heard_since: DateTime<Utc>) -> Result<Vitals, StoreError> {
    let nodes = node::list(conn)?;
    let deciding = || nodes.iter().filter(|node| node.role.decides() && node.seen_at >= heard_since);
    let keys = signing_keys::table.group_by(signing_keys::state).select((signing_keys::state, count_star()));
    let alerts = anomalies::table.filter(anomalies::state.eq(AnomalyState::Open));
    let alerts = alerts.group_by(anomalies::severity).select((anomalies::severity, count_star()));
    let notices = outbox::table.filter(outbox::handed_at.is_null()).filter(outbox::due_at.le(column(at)));
    let waiting = deliveries::table.filter(deliveries::ended_at.is_null());
    let dead = deliveries::table.filter(deliveries::state.eq(DeliveryState::Dead));
    Ok(Vitals {
        feed_sequence: find_latest_sequence(conn)?,
        deciding_nodes: i64::try_from(deciding().count()).unwrap_or(i64::MAX),
        slowest_sequence: deciding().map(|node| node.sequence).min(),
        audit_sequence: find_head(conn)?.sequence,
        signed_sequence: find_last_checkpoint(conn)?.map_or(0, |checkpoint| checkpoint.sequence),
        signing_keys: on!(conn, c => keys.load(c))?,
        signing_since: signing_key::find_signing(conn)?.and_then(|key| key.signing_at),
        anomalies_open: on!(conn, c => alerts.load(c))?,
        notices_waiting: on!(conn, c => notices.count().get_result(c))?,
        deliveries_waiting: on!(conn, c => waiting.count().get_result(c))?,
        deliveries_dead: on!(conn, c => dead.count().get_result(c))?,
    })
}
