//! What an organisation asks of the life of its keys, in the form in which it is sent.

use argus_store::organisation::OrganisationPolicy;
use serde::Serialize;
use utoipa::ToSchema;

/// What an organisation asks of the life of its keys. What is `null` isn't asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = OrganisationPolicy)]
pub(crate) struct PolicyView {
    /// How old a key may become.
    max_age_seconds: Option<i64>,
    /// How long a key may be unused.
    max_idle_seconds: Option<i64>,
    /// How often a key gets a new secret, where the key doesn't say.
    rotation_interval_seconds: Option<i64>,
    /// How long an older secret is good beside a new one, where the key doesn't say.
    grace_seconds: Option<i64>,
}

impl From<OrganisationPolicy> for PolicyView {
    fn from(policy: OrganisationPolicy) -> Self {
        Self {
            max_age_seconds: policy.max_age_seconds,
            max_idle_seconds: policy.max_idle_seconds,
            rotation_interval_seconds: policy.rotation_interval_seconds,
            grace_seconds: policy.grace_seconds,
        }
    }
}
