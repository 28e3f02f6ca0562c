//! Removing a limit that keys share. What it has counted is forgotten when its window is over.

use argus_store::Conn;
use argus_store::limit;
use tracing::info;

use super::done;
use crate::repeat::Keep;
use crate::view::LimitView;
use crate::{Admin, AdminError, Answer, Call};

impl Admin {
    /// Removes a limit. Needs `<organisation>/argus/limits:write`.
    pub async fn remove_limit(&self, call: &Call, id: &str) -> Result<LimitView, AdminError> {
        let present = self.writable_limit(call, id).await?;
        let id = present.id;
        let act = call.act(present.organisation_id, self.now());
        let work = move |conn: &mut Conn| done(limit::remove(conn, &act, id)?);
        let (removed, sequence) = self.act(call, work, |removed| Keep::Answer(Answer::of(200, removed))).await?;
        info!(limit.id = %id, request.id = call.request_id(), "removed limit {id}");
        self.settle(sequence).await;
        Ok(removed)
    }
}
