//! Conditions, in the form in which they are sent.

use argus_store::Conditions;
use serde::Serialize;
use utoipa::ToSchema;

/// When a level grants anything at all. An empty list asks for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Conditions)]
pub(crate) struct ConditionsView {
    /// Networks that a client may come from, such as `10.0.0.0/8`.
    networks: Vec<String>,
    /// Countries that a client may come from (ISO 3166-1 alpha-2).
    countries: Vec<String>,
    /// Windows of time, such as `Mon-Fri 08:00-18:00 Europe/Berlin`.
    windows: Vec<String>,
    /// Types of network that a client may be in, as enforcement points report them.
    network_types: Vec<String>,
    /// Whether the device has to be known to comply.
    device_compliant: bool,
}

impl From<Conditions> for ConditionsView {
    fn from(conditions: Conditions) -> Self {
        Self {
            networks: conditions.networks,
            countries: conditions.countries,
            windows: conditions.windows,
            network_types: conditions.network_types,
            device_compliant: conditions.device == Some(true),
        }
    }
}
