//! Conditions, in the form in which they are sent.

use argus_store::Conditions;
use serde::Serialize;

/// When a level grants anything at all. An empty list asks for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct ConditionsView {
    networks: Vec<String>,
    countries: Vec<String>,
    windows: Vec<String>,
    network_types: Vec<String>,
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
