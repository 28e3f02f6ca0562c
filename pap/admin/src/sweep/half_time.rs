//! When half of a grace is over and the older secret is still used, its owner is told by whom.

use argus_store::key::{self, Due};
use argus_store::outbox::{self, NewNotice, NoticeKind};
use argus_store::{Conn, Store, StoreError, credential};
use chrono::{DateTime, Utc};
use serde_json::json;

use super::{BATCH, Swept, SystemOf};
use crate::view::Time;

pub(super) fn sweep(
    store: &Store,
    at: DateTime<Utc>,
    system_of: &SystemOf,
    swept: &mut Swept,
) -> Result<(), StoreError> {
    let due = store.read(|conn| key::list_used_at_half_time(conn, at, BATCH))?;
    for (due, credential) in due {
        swept.notices += usize::from(store.write_aside(|conn| tell(conn, at, due, &credential, system_of))?);
    }
    Ok(())
}

/// Tells the owner, once. What a list of callers says is what the decision points have written down by then, a minute
/// ago or two.
fn tell(conn: &mut Conn, at: DateTime<Utc>, due: Due, id: &str, system_of: &SystemOf) -> Result<bool, StoreError> {
    let (Some(key), Some(old)) = (key::find(conn, due.key)?, credential::find(conn, id)?) else { return Ok(false) };
    let callers = credential::list_callers(conn, id)?;
    let callers: Vec<_> = callers
        .into_iter()
        .map(|caller| {
            let asn = caller.address.parse().ok().and_then(|address| system_of(address));
            json!({
                "ip": Some(caller.address).filter(|text| !text.is_empty()),
                "asn": asn,
                "user_agent": Some(caller.user_agent).filter(|text| !text.is_empty()),
                "last_seen_at": Time(caller.last_seen_at),
            })
        })
        .collect();
    let payload = json!({
        "key_id": key.id,
        "path": key.path(),
        "credential_id": id,
        "grace_ends_at": old.expires_at.map(Time),
        "last_used_at": old.last_used_at.map(Time),
        "callers": callers,
    });
    let notice = NewNotice {
        kind: NoticeKind::OldSecretUsed,
        organisation: key.organisation_id,
        key: Some(key.id),
        recipient: key.owner,
        payload: payload.to_string(),
        dedup_key: format!("{}/{id}", NoticeKind::OldSecretUsed),
    };
    let is_new = outbox::put(conn, at, &notice)?;
    key::forget_half_time(conn, id)?;
    Ok(is_new)
}
