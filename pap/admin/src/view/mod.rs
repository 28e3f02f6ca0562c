//! What is shown of things: the same member names as in the requests, times in UTC, no secret.

mod anomaly;
mod conditions;
mod contact;
mod delivery;
mod key;
mod limit;
mod notice;
mod organisation;
mod plan;
mod policy;
mod project;
mod review;
mod signing_key;
mod tagged;
mod trial;
mod words;

pub use anomaly::AnomalyView;
pub(crate) use conditions::ConditionsView;
pub use contact::ContactView;
pub use delivery::DeliveryView;
pub(crate) use key::Whole;
pub use key::{CredentialView, KeyView};
pub use limit::{CostsView, LimitView};
pub use notice::NoticeView;
pub use organisation::{ChangedOrganisation, OrganisationView};
pub use plan::{MaximaView, OverView, PlanView};
pub(crate) use plan::{limit_help, limit_in_words};
pub(crate) use policy::PolicyView;
pub use project::ProjectView;
pub use review::{CarriedOut, ReviewItemView, ReviewView};
pub(crate) use review::{actor_in_words, carried_out};
pub use signing_key::SigningKeyView;
pub use tagged::{Seen, Tagged, entity_tag};
pub use trial::{FaultView, TrialView};

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

/// A page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Listed<T> {
    /// The things, oldest first.
    pub items: Vec<T>,
    /// Where the next page begins, if there is one.
    pub next_cursor: Option<String>,
}

/// A time: RFC 3339 in UTC, to the second where the rest is zero.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Time(pub(crate) DateTime<Utc>);

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}
