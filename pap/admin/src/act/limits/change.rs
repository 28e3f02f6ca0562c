//! Changing a limit that keys share: how much it lets through, how it counts, which uses. Whose it is stays.

use argus_store::limit::{self, SharedLimit};
use argus_store::{Conn, Limit};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::json;
use tracing::info;

use super::{account, done};
use crate::body::{Body, Fields, limit};
use crate::repeat::Keep;
use crate::view::{LimitView, Seen};
use crate::{Admin, AdminError, Call};

impl Admin {
    /// Changes a limit as a merge patch says, where the caller has seen what he changes. Needs
    /// `<organisation>/argus/limits:write`.
    pub async fn change_limit(&self, call: &Call, id: &str, seen: &Seen, patch: Body) -> Result<LimitView, AdminError> {
        let present = self.writable_limit(call, id).await?;
        if !seen.includes(present.generation) {
            return Err(AdminError::Stale { what: "the limit" });
        }
        let (of, at) = (present.organisation_id, self.now());
        let zone = self.with_store(move |store| Ok(store.read(|conn| account::zone_of(conn, of))?)).await?;
        let definition = read(patch, &present, zone, at)?;
        let (id, generation) = (present.id, present.generation);
        let act = call.act(of, at);
        let work = move |conn: &mut Conn| done(limit::change(conn, &act, id, &definition, generation)?);
        let (changed, sequence) = self.act(call, work, |_| Keep::Nothing).await?;
        info!(limit.id = %id, request.id = call.request_id(), "changed limit {id}");
        self.settle(sequence).await;
        Ok(changed)
    }
}

fn read(patch: Body, present: &SharedLimit, zone: Tz, now: DateTime<Utc>) -> Result<Limit, AdminError> {
    let before = &present.definition;
    let Limit { name, strategy, limit: most, window_seconds, burst, refill, cost, actions, resource_types, .. } =
        before;
    let document = json!({
        "name": name, "strategy": strategy, "limit": most, "window_seconds": window_seconds, "burst": burst,
        "refill": (!refill.is_replace()).then_some(refill), "cost": cost, "actions": actions, "resource_types": resource_types,
    });
    let mut fields = Fields::of(patch.merged_into(document));
    let mut definition = limit(&mut fields);
    fields.finish()?;
    if let Some(definition) = &mut definition {
        // It is the same one by whatever name.
        let before = Limit { name: definition.name.clone(), ..before.clone() };
        account::carry_on(std::slice::from_mut(definition), &[before], zone, now);
    }
    definition.ok_or(AdminError::Unfinished)
}
