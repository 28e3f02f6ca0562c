//! An export: the chain as JSON Lines, a batch at a time, however long it is.

use std::sync::Arc;

use argus_store::audit::{self, Checkpoint, Record, canonical, digest};
use argus_store::{Conn, OrganisationId, Store, StoreError};
use serde_json::{Map, Value, json};

use super::{AuditKeys, PublicKey};

/// Entries in one piece.
const BATCH: u32 = 500;

/// An export that is being read. Each piece is some lines; nothing of it is kept.
#[derive(Debug)]
pub struct AuditExport {
    store: Store,
    keys: Arc<AuditKeys>,
    /// The organisation whose entries are shown; all are where there is none.
    organisation: Option<(OrganisationId, String)>,
    ends: Checkpoint,
    sequence: i64,
    has_head: bool,
    /// Where it begins, where that is not the first entry that is kept.
    begins: Option<Checkpoint>,
}

impl AuditExport {
    pub(crate) fn new(
        store: Store,
        keys: Arc<AuditKeys>,
        organisation: Option<(OrganisationId, String)>,
        ends: Checkpoint,
    ) -> Self {
        Self { store, keys, organisation, ends, sequence: 0, has_head: false, begins: None }
    }

    /// The same, from a checkpoint on.
    pub(crate) fn beginning_at(self, begins: Option<Checkpoint>) -> Self {
        Self { begins, ..self }
    }

    /// The next lines; `None` behind the last. Blocks.
    pub fn next_lines(&mut self) -> Result<Option<String>, StoreError> {
        let store = self.store.clone();
        store.read(|conn| if self.has_head { self.entries(conn) } else { self.head(conn).map(Some) })
    }

    /// Where it begins, and how far it goes: both are signed, so that neither end can be cut off unseen.
    fn head(&mut self, conn: &mut Conn) -> Result<String, StoreError> {
        let first = audit::list_after(conn, 0, 1)?.first().map_or(self.ends.sequence + 1, |record| record.sequence);
        let begins = match self.begins.take() {
            None if first > 1 => audit::find_checkpoint(conn, first - 1)?,
            begins => begins,
        };
        self.sequence = begins.as_ref().map_or(0, |begins| begins.sequence);
        self.has_head = true;
        let organisation = self.organisation.as_ref().map(|(id, name)| json!({ "id": id, "name": name }));
        Ok(line(&json!({ "export": {
            "version": 1,
            "organisation": organisation,
            "keys": self.keys.public().values().map(PublicKey::to_jwk).collect::<Vec<_>>(),
            "begins": begins.as_ref().map(Checkpoint::to_json),
            "ends": self.ends.to_json(),
        }})))
    }

    fn entries(&mut self, conn: &mut Conn) -> Result<Option<String>, StoreError> {
        let records = audit::list_after(conn, self.sequence, BATCH)?;
        let mut lines = String::new();
        // No more than there are entries.
        let mut signed = audit::list_checkpoints(conn, self.sequence, BATCH)?.into_iter().peekable();
        let end = self.ends.sequence;
        for record in records.iter().take_while(|record| record.sequence <= end) {
            lines.push_str(&self.record(record));
            self.sequence = record.sequence;
            while let Some(next) = signed.next_if(|next| next.sequence <= record.sequence) {
                lines.push_str(&line(&json!({ "checkpoint": next.to_json() })));
            }
        }
        Ok((!lines.is_empty()).then_some(lines))
    }

    fn record(&self, record: &Record) -> String {
        if self.organisation.as_ref().is_some_and(|(id, _)| id.to_string() != record.organisation_id) {
            return line(&json!({ "sequence": record.sequence, "digest": digest(&record.entry) }));
        }
        // As it is kept: were it altered, it must not be mended here.
        let columns =
            columns_that_differ(record).map_or(String::new(), |names| format!("\"columns\":{},", json!(names)));
        let Record { entry, hash, previous, .. } = record;
        format!("{{{columns}\"entry\":{entry},\"hash\":{},\"previous\":{}}}\n", json!(hash), json!(previous))
    }
}

fn line(value: &Value) -> String {
    // Nothing but texts and small numbers: all of it is canonical.
    canonical(value).unwrap_or_default() + "\n"
}

/// The columns beside an entry, by which it is found, that say otherwise than the entry itself.
fn columns_that_differ(record: &Record) -> Option<String> {
    let entry: Value = serde_json::from_str(&record.entry).unwrap_or(Value::Object(Map::new()));
    let text = |path: &str| entry.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    let actor = entry.pointer("/actor/id").or(entry.pointer("/actor/kind")).and_then(Value::as_str);
    let at = record.at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    let columns = [
        ("sequence", entry.get("sequence").and_then(Value::as_i64) == Some(record.sequence)),
        ("at", text("/at") == at),
        ("event", text("/event") == record.event),
        ("organisation_id", text("/organisation/id") == record.organisation_id),
        ("actor", actor == Some(record.actor.as_str())),
        ("target_id", text("/target/id") == record.target_id),
    ];
    let differ: Vec<_> = columns.into_iter().filter(|(_, is_same)| !is_same).map(|(name, _)| name).collect();
    (!differ.is_empty()).then(|| differ.join(", "))
}
