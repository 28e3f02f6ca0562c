//! Changing a key: its name, what it grants, what it has to meet, its end. Never to more than the keys above it grant, nor
//! by a caller without command of it to more than it granted before.

use argus_engine::scope::Action;
use argus_store::key::{self, Key, KeyChange};
use argus_store::{Conn, Limit};
use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};
use tracing::info;

use super::create_key::refuse_reach;
use super::delegation::{Bound, Wanted};
use super::limits::account;
use super::plan::room;
use crate::body::{
    Body, Expiry, Fields, Kind, LONGEST_OWNER, changed_expiry, conditions, grace, limits, name, required_line,
    rotation_interval, scopes, tags,
};
use crate::repeat::Keep;
use crate::resource::Own;
use crate::view::{ConditionsView, KeyView, Seen};
use crate::{Admin, AdminError, Call};

impl Admin {
    /// Changes a key as a merge patch says, where the caller has seen what he changes. Needs
    /// `<organisation>/argus/keys:write`.
    pub async fn change_key(&self, call: &Call, id: &str, seen: &Seen, patch: Body) -> Result<KeyView, AdminError> {
        let key = self.writable_key(call, id).await?;
        if !seen.includes(key.generation) {
            return Err(AdminError::Stale { what: "the key" });
        }
        let id = key.id;
        let of = key.organisation_id;
        let read_both = move |conn: &mut Conn| Ok((key::list_chain(conn, id)?, account::zone_of(conn, of)?));
        let (chain, zone) = self.with_store(move |store| Ok(store.read(read_both)?)).await?;
        let change = read(call, patch, &key, (&chain, zone), self.now())?;
        let (generation, present) = (key.generation, key.clone());
        let work = move |conn: &mut Conn, act: &argus_store::Act| {
            room::for_change(conn, &present, change.limits.as_deref().unwrap_or_default(), act.at)?;
            key::change(conn, act, id, &change, Some(generation))
        };
        let (changed, _, _) = self.act_on_key(call, &key, work, |_, _| Keep::Nothing).await?;
        info!(key.id = %id, request.id = call.request_id(), "changed key {}", changed.path);
        Ok(changed)
    }
}

/// What the patch makes of the key. `chain` begins with the key itself.
fn read(
    call: &Call,
    patch: Body,
    key: &Key,
    (chain, zone): (&[Key], Tz),
    now: DateTime<Utc>,
) -> Result<KeyChange, AdminError> {
    let mut fields = Fields::of(patch.merged_into(document(key)));
    let present = Expiry { at: key.expires_at, exception: key.expiry_exception.clone() };
    let (name, owner) = (name(&mut fields, "name", Kind::Key), required_line(&mut fields, "owner", LONGEST_OWNER));
    let scopes = scopes(&mut fields);
    let (conditions, mut limits) = (conditions(&mut fields), limits(&mut fields));
    account::carry_on(&mut limits, &key.limits, zone, now);
    let expiry = changed_expiry(&mut fields, &present, key.created_at, now);
    let change = KeyChange {
        name,
        owner,
        tags: Some(tags(&mut fields)),
        rotation_interval_seconds: Some(rotation_interval(&mut fields)),
        grace_seconds: Some(grace(&mut fields)),
        durable: Some(fields.flag("durable").unwrap_or_default()),
        scopes: Some(scopes.iter().map(|(_, scope)| scope.to_string()).collect()),
        conditions: Some(conditions.clone()),
        limits: Some(limits.clone()),
        expires_at: Some(expiry.at),
        expiry_exception: Some(expiry.exception),
    };
    // What it granted before needs no leave of anybody.
    let wider: Vec<_> = scopes.iter().filter(|(_, scope)| !key.scopes.contains(&scope.to_string())).cloned().collect();
    refuse_reach(&mut fields, call, &key.organisation_name, &wider)?;
    let wanted =
        Wanted { scopes: &wider, conditions: &conditions, limits: &limits, expires_at: expiry.at, present: Some(key) };
    let above = chain.get(1..).unwrap_or_default();
    wanted.refuse_widening(&mut fields, above.iter().map(Bound::above));
    if !commands(call, key, chain)? {
        wanted.refuse_loosening(&mut fields, key);
    }
    fields.finish()?;
    Ok(change)
}

/// Whether a caller may let a key do more than it does, and may have a way to present it: an owner of the organisation, and
/// the holder of a key above it, whose bounds bind it whatever becomes of it. A token that leaves him less than that key is
/// not that key. `chain` begins with the key itself.
pub(super) fn commands(call: &Call, key: &Key, chain: &[Key]) -> Result<bool, AdminError> {
    let caller = call.caller().key_id();
    let is_above = chain.iter().any(|above| above.id == caller && above.id != key.id);
    Ok(is_above && !call.caller().is_narrowed()
        || call.may(&key.organisation_name, Own::Organisation, Action::Admin)?)
}

/// What can be changed of it.
fn document(key: &Key) -> Value {
    json!({
        "name": key.name,
        "owner": key.owner,
        "scopes": key.scopes,
        "conditions": ConditionsView::from(key.conditions.clone()),
        "limits": key.limits.iter().cloned().map(Limit::without_account).collect::<Vec<_>>(),
        "tags": key.tags,
        "expires_at": key.expires_at.map(|at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
        "expiry_exception": key.expiry_exception,
        "rotation_interval_seconds": key.rotation_interval_seconds,
        "grace_seconds": key.grace_seconds,
        "durable": key.durable,
    })
}
