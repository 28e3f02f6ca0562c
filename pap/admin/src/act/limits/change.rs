//! Changing a limit that keys share: how much it lets through, how it counts, which uses. Whose it is stays.

use argus_store::limit::{self, SharedLimit};
use argus_store::{Conn, Limit};
use serde_json::json;
use tracing::info;

use super::done;
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
        let definition = read(patch, &present)?;
        let (id, generation) = (present.id, present.generation);
        let act = call.act(present.organisation_id, self.now());
        let work = move |conn: &mut Conn| done(limit::change(conn, &act, id, &definition, generation)?);
        let (changed, sequence) = self.act(call, work, |_| Keep::Nothing).await?;
        info!(limit.id = %id, request.id = call.request_id(), "changed limit {id}");
        self.settle(sequence).await;
        Ok(changed)
    }
}

fn read(patch: Body, present: &SharedLimit) -> Result<Limit, AdminError> {
    let Limit { name, strategy, limit: most, window_seconds, burst, cost, actions, resource_types } =
        &present.definition;
    let document = json!({
        "name": name, "strategy": strategy, "limit": most, "window_seconds": window_seconds, "burst": burst,
        "cost": cost, "actions": actions, "resource_types": resource_types,
    });
    let mut fields = Fields::of(patch.merged_into(document));
    let definition = limit(&mut fields);
    fields.finish()?;
    definition.ok_or(AdminError::Unfinished)
}
