//! Retention: whole segments are cut off at a checkpoint, which stays and stands for them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::{AuditEvent, Checkpoint, Entry, Target, TargetKind, append};
use crate::act::Act;
use crate::conn::{Conn, on};
use crate::error::StoreError;
use crate::schema::{audit_checkpoints, audit_entries};
use crate::value::column;

/// Entries that are cut off at once, so that no act waits long for it.
const MOST: i64 = 10_000;

/// Cuts off entries that are older than `before`, up to a checkpoint, with an audit entry that says so. The checkpoint that
/// was cut at; `None` where there is nothing to cut.
pub fn cut(conn: &mut Conn, act: &Act, before: DateTime<Utc>) -> Result<Option<Checkpoint>, StoreError> {
    conn.write(|conn| {
        let first = audit_entries::table.select(diesel::dsl::min(audit_entries::sequence));
        let first: Option<i64> = on!(conn, c => first.first(c))?;
        let Some(first) = first else { return Ok(None) };
        let old = audit_checkpoints::table.filter(audit_checkpoints::at.le(column(before)));
        let old = old.filter(audit_checkpoints::sequence.ge(first));
        // The first one is taken however far it is.
        let near = old.filter(audit_checkpoints::sequence.le(first + MOST));
        let near = near.order(audit_checkpoints::sequence.desc());
        let root: Option<Checkpoint> = on!(conn, c => near.select(Checkpoint::as_select()).first(c).optional())?;
        let root = if root.is_some() {
            root
        } else {
            let next = old.order(audit_checkpoints::sequence);
            on!(conn, c => next.select(Checkpoint::as_select()).first(c).optional())?
        };
        let Some(root) = root else { return Ok(None) };
        let entries = audit_entries::table.filter(audit_entries::sequence.le(root.sequence));
        let entries = on!(conn, c => diesel::delete(entries).execute(c))?;
        let older = audit_checkpoints::table.filter(audit_checkpoints::sequence.lt(root.sequence));
        on!(conn, c => diesel::delete(older).execute(c))?;
        let entry = Entry::new(AuditEvent::AuditCut, Target::nameless(TargetKind::Audit, &root.sequence));
        let entry = entry.with("entries", entries).with("root", root.to_json()).with("older_than", before);
        append(conn, act, &entry)?;
        Ok(Some(root))
    })
}
