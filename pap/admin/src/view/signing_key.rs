//! A key that tokens are signed with, as it is shown: its life, and never its private part.

use argus_store::signing_key::{SigningKey, SigningKeyState};
use chrono::TimeDelta;
use serde::Serialize;
use utoipa::ToSchema;

use super::Time;
use crate::oauth::{KEPT_SECONDS, LEAD_SECONDS};

/// A key that tokens are signed with.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SigningKeyView {
    /// Its id: the thumbprint of its public part (RFC 7638).
    pub kid: String,
    /// What it signs with, such as `RS256`.
    algorithm: String,
    /// Where it is in its life: `published`, `signing`, `retired`.
    #[schema(value_type = String)]
    pub state: SigningKeyState,
    /// Since when it is published.
    #[schema(value_type = String, format = DateTime)]
    published_at: Time,
    /// Since when it signs or did; of a published one, from when it will.
    #[schema(value_type = Option<String>, format = DateTime)]
    signs_from: Option<Time>,
    /// Since when it signs no more.
    #[schema(value_type = Option<String>, format = DateTime)]
    retired_at: Option<Time>,
    /// Until when a retired one is published.
    #[schema(value_type = Option<String>, format = DateTime)]
    published_until: Option<Time>,
}

impl From<SigningKey> for SigningKeyView {
    fn from(key: SigningKey) -> Self {
        let waits = key.state == SigningKeyState::Published;
        let planned = waits.then(|| key.published_at + TimeDelta::seconds(LEAD_SECONDS));
        Self {
            kid: key.kid,
            algorithm: key.algorithm,
            state: key.state,
            published_at: Time(key.published_at),
            signs_from: key.signing_at.or(planned).map(Time),
            retired_at: key.retired_at.map(Time),
            published_until: key.retired_at.map(|at| Time(at + TimeDelta::seconds(KEPT_SECONDS))),
        }
    }
}
