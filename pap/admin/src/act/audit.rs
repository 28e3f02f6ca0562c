//! Reading the audit: entries, checkpoints, exports, and the keys to check them with.

use argus_engine::scope::Action;
use argus_store::audit::{self, AuditEvent, AuditFilter, Record};
use argus_store::{Actor, Conn, OrganisationId, Store, StoreError, organisation};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

use super::{find_filtered, named_organisation};
use crate::audit::verify::Break;
use crate::audit::{AuditExport, PublicKey, Tended};
use crate::cursor::{self, Stretch};
use crate::resource::{HOST, Own};
use crate::view::Listed;
use crate::{Admin, AdminError, Call, FaultCode, Query};

/// An entry, with the people in it in words.
#[derive(Debug, Clone, Serialize)]
pub struct AuditEntryView {
    #[serde(flatten)]
    entry: Value,
    hash: String,
    previous: String,
}

/// The keys that checkpoints are checked with.
#[derive(Debug, Clone, Serialize)]
pub struct AuditPublicKeys {
    /// JWKs (RFC 7517), in the order of their ids.
    pub keys: Vec<Value>,
}

/// What a cursor of the checkpoints is bound to.
const BOUND: &str = "audit checkpoints";

impl Admin {
    /// A page of audit entries, narrowed by `organisation`, `actor`, `target`, `event`, `from` and `before`.
    ///
    /// Needs `<organisation>/argus/audit:read`. Without `organisation` these are the entries of the caller's own, and for a
    /// caller of `argus` all there are.
    pub async fn list_audit(&self, call: &Call, mut query: Query) -> Result<Listed<AuditEntryView>, AdminError> {
        let organisation = audited_organisation(call, &mut query)?;
        let mut filter = AuditFilter {
            organisation: None,
            actor: query.take_word::<Actor>("actor", "a key's id, `host`, `argus` and `nobody`"),
            target: query.take("target"),
            event: query.take_word::<AuditEvent>("event", "the events of the documentation"),
            from: time(&mut query, "from"),
            before: time(&mut query, "before"),
        };
        self.with_store(move |store| {
            if let Some(name) = &organisation {
                filter.organisation = store.read(|conn| find_filtered(conn, &mut query, name))?;
            }
            let bound = format!("audit {filter:?}");
            let Stretch { after, size } = query.finish::<i64>(&bound)?;
            let page = store.read(|conn| audit::list(conn, &filter, after.unwrap_or(0), size))?;
            let last = page.items.last().map(|last| last.sequence).filter(|_| page.more);
            let items = store.read(|conn| page.items.iter().map(|record| view(conn, record)).collect())?;
            Ok(Listed { items, next_cursor: last.map(|last| cursor::write(&last, &bound)) })
        })
        .await
    }

    /// Shows an entry. Whoever lacks `<organisation>/argus/audit:read` finds nothing.
    pub async fn show_audit_entry(&self, call: &Call, sequence: &str) -> Result<AuditEntryView, AdminError> {
        let sequence: i64 = sequence.parse().map_err(|_| AdminError::NotFound)?;
        let call = call.clone();
        self.with_store(move |store| {
            let found = store.read(|conn| {
                let Some(record) = audit::find(conn, sequence)? else { return Ok(None) };
                let owner = match record.organisation_id.parse() {
                    Ok(id) => organisation::find(conn, id)?,
                    Err(_) => None,
                };
                Ok(Some((view(conn, &record)?, owner.map(|owner| owner.name))))
            })?;
            let (entry, owner) = found.ok_or(AdminError::NotFound)?;
            call.require_sight(owner.as_deref().unwrap_or(HOST), Own::Audit)?;
            Ok(entry)
        })
        .await
    }

    /// The chain as JSON Lines, up to a checkpoint that is signed for it. Needs `<organisation>/argus/audit:read`. Without
    /// `organisation` it is that of the caller's own, and for a caller of `argus` the whole chain; in that of an
    /// organisation the entries of others are digests.
    pub async fn export_audit(&self, call: &Call, mut query: Query) -> Result<AuditExport, AdminError> {
        let organisation = audited_organisation(call, &mut query)?;
        let (tender, at) = (self.audit()?, self.now());
        self.with_store(move |store| {
            let shown = match &organisation {
                Some(name) => store.read(|conn| find_filtered(conn, &mut query, name))?.map(|id| (id, name.clone())),
                None => None,
            };
            query.finish_without_page()?;
            // A chain that is broken is exported all the same, up to where it was last signed: it is to be looked at.
            let signed = tender.sign_now(at)?;
            let ends = store.read(audit::find_last_checkpoint)?;
            let ends = ends.ok_or_else(|| AdminError::AuditBroken(cause(signed)))?;
            Ok(AuditExport::new(store.clone(), tender.keys().clone(), shown, ends))
        })
        .await
    }

    /// The keys that checkpoints are checked with. They are no secret, and need no permission.
    pub fn show_audit_keys(&self, _: &Call) -> Result<AuditPublicKeys, AdminError> {
        let tender = self.audit()?;
        Ok(AuditPublicKeys { keys: tender.keys().public().values().map(PublicKey::to_jwk).collect() })
    }

    /// A page of checkpoints, oldest first. They tell how much happens in the whole installation, and so need
    /// `argus/argus/audit:read`.
    pub async fn list_checkpoints(&self, call: &Call, query: Query) -> Result<Listed<Value>, AdminError> {
        call.require(HOST, Own::Audit, Action::Read)?;
        let Stretch { after, size } = query.finish::<i64>(BOUND)?;
        let most = u32::try_from(size.items()).unwrap_or(u32::MAX);
        let read =
            move |store: &Store| Ok(store.read(|conn| audit::list_checkpoints(conn, after.unwrap_or(0), most + 1))?);
        let mut found = self.with_store(read).await?;
        let more = found.len() > size.items();
        found.truncate(size.items());
        let last = found.last().map(|last| last.sequence).filter(|_| more);
        let items = found.iter().map(audit::Checkpoint::to_json).collect();
        Ok(Listed { items, next_cursor: last.map(|last| cursor::write(&last, BOUND)) })
    }
}

/// Why there is no checkpoint.
fn cause(tended: Tended) -> Break {
    match tended {
        Tended::Broken(broken) => broken,
        Tended::Nothing | Tended::Signed(_) => Break::rewritten(0),
    }
}

/// The organisation whose audit is asked for, where the caller may read it; `None` for that of all.
fn audited_organisation(call: &Call, query: &mut Query) -> Result<Option<String>, AdminError> {
    let own = call.caller().organisation();
    let everywhere = own == HOST && !query.has("organisation");
    let organisation = named_organisation(query, own)?;
    call.require(&organisation, Own::Audit, Action::Read)?;
    Ok((!everywhere).then_some(organisation))
}

fn time(query: &mut Query, name: &'static str) -> Option<DateTime<Utc>> {
    let text = query.take(name)?;
    let at = DateTime::parse_from_rfc3339(&text).ok().map(|at| at.to_utc());
    if at.is_none() {
        let detail = format!("`{}` is no time such as `2026-11-24T09:30:00Z`", text.escape_debug());
        query.fault(name, FaultCode::InvalidField, detail, None);
    }
    at
}

pub(super) fn view(conn: &mut Conn, record: &Record) -> Result<AuditEntryView, StoreError> {
    // What can't be read any more is shown as nothing but its place: `verify` says what is wrong with it.
    let unreadable = serde_json::json!({ "sequence": record.sequence, "unreadable": true });
    let read: Option<Value> = serde_json::from_str(&record.entry).ok().filter(Value::is_object);
    let mut entry = read.unwrap_or(unreadable);
    audit::reveal(conn, &mut entry)?;
    if let Some(members) = entry.as_object_mut() {
        members.remove("nonce");
    }
    Ok(AuditEntryView { entry, hash: record.hash.clone(), previous: record.previous.clone() })
}

/// The id of an organisation by its name.
pub(super) fn find_organisation(conn: &mut Conn, name: &str) -> Result<Option<OrganisationId>, StoreError> {
    Ok(organisation::find_by_name(conn, name)?.map(|found| found.id))
}
