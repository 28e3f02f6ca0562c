//! Suspending a key, and resuming it. Neither asks which state the caller has seen: stopping a key must not fail.

use argus_store::key;
use serde::Serialize;
use tracing::info;
use utoipa::ToSchema;

use super::in_force::{InForce, wait};
use crate::body::{Body, Fields};
use crate::repeat::Keep;
use crate::view::KeyView;
use crate::{Admin, AdminError, Answer, Call};

/// A key that was stopped, or started again.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StoppedKey {
    /// The key, as it is now.
    #[serde(flatten)]
    pub key: KeyView,
    /// Who knows.
    #[serde(flatten)]
    pub in_force: InForce,
}

impl Admin {
    /// Refuses a key, and all that were derived from it, until it is resumed. Needs `<organisation>/argus/keys:write`.
    pub async fn suspend_key(&self, call: &Call, id: &str, body: Body) -> Result<StoppedKey, AdminError> {
        let key = self.writable_key(call, id).await?;
        let mut fields = Fields::of(body);
        let patience = wait(&mut fields);
        fields.finish()?;
        let id = key.id;
        let (key, _, applied) = self.act_on_key(call, &key, move |conn, act| key::suspend(conn, act, id), keep).await?;
        info!(key.id = %id, request.id = call.request_id(), "suspended key {}", key.path);
        Ok(stopped(key, self.wait_everywhere(applied, patience).await))
    }

    /// Lets a suspended key be used again. Needs `<organisation>/argus/keys:write`.
    pub async fn resume_key(&self, call: &Call, id: &str, body: Body) -> Result<StoppedKey, AdminError> {
        let key = self.writable_key(call, id).await?;
        let mut fields = Fields::of(body);
        let patience = wait(&mut fields);
        fields.finish()?;
        let id = key.id;
        let (key, _, applied) = self.act_on_key(call, &key, move |conn, act| key::resume(conn, act, id), keep).await?;
        info!(key.id = %id, request.id = call.request_id(), "resumed key {}", key.path);
        Ok(stopped(key, self.wait_everywhere(applied, patience).await))
    }
}

/// As it is known before the decision points are asked.
fn keep<T>(key: &KeyView, _: &T) -> Keep {
    Keep::Answer(Answer::of(200, &stopped(key.clone(), InForce::default())))
}

fn stopped(key: KeyView, in_force: InForce) -> StoppedKey {
    StoppedKey { key, in_force }
}
