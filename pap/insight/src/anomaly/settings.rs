//! The parameters of all detectors in one place; the defaults are each detector's own.

use super::detector::{
    daily_volume, dormant, error_rate, fan_out, impossible_travel, new_client, new_country, new_network, off_hours,
    powerful_action, probing, shared_key, silence, volume, wrong_secret,
};

pub use super::profile::Learning;

/// The parameters of all detectors.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "each is documented in the module of its name")]
pub struct Settings {
    pub volume: volume::Parameters,
    pub daily_volume: daily_volume::Parameters,
    pub silence: silence::Parameters,
    pub error_rate: error_rate::Parameters,
    pub new_country: new_country::Parameters,
    pub new_network: new_network::Parameters,
    pub impossible_travel: impossible_travel::Parameters,
    pub probing: probing::Parameters,
    pub fan_out: fan_out::Parameters,
    pub dormant: dormant::Parameters,
    pub off_hours: off_hours::Parameters,
    pub new_client: new_client::Parameters,
    pub shared_key: shared_key::Parameters,
    pub wrong_secret: wrong_secret::Parameters,
    pub powerful_action: powerful_action::Parameters,
}
