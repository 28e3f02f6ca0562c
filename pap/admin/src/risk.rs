//! What makes a key deserve a second look: it ends never, or may come from anywhere. A recorded exception explains it.

use argus_store::Conditions;
use argus_store::key::Key;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::words::Above;

/// Something about a key that makes its loss worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// It never expires.
    NoExpiry,
    /// It may be used from any address: neither it nor a level above asks for a network.
    AnyAddress,
}

impl Risk {
    /// The risks of a key by its end and its conditions.
    pub(crate) fn of(expires_at: Option<DateTime<Utc>>, own: &Conditions, above: &Above) -> Vec<Self> {
        let from_anywhere = above.levels(own).all(|level| level.networks.is_empty());
        let risks = [(expires_at.is_none(), Self::NoExpiry), (from_anywhere, Self::AnyAddress)];
        risks.into_iter().filter_map(|(is_so, risk)| is_so.then_some(risk)).collect()
    }
}

/// Whether a key has to be looked at: it has a risk, nobody has said why, and it isn't over.
pub(crate) fn is_unexplained(key: &Key, above: &Above, now: DateTime<Utc>) -> bool {
    let is_over = key.state.has_ended() || key.expires_at.is_some_and(|end| end <= now);
    !is_over && key.expiry_exception.is_none() && !Risk::of(key.expires_at, &key.conditions, above).is_empty()
}
