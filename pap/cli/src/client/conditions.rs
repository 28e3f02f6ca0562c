//! The flags that say when a key, a project or an organisation grants anything at all.

use clap::Args;
use serde_json::{Map, Value, json};

/// Conditions. All of them have to be met.
#[derive(Debug, Args)]
#[command(next_help_heading = "Conditions")]
pub(crate) struct ConditionFlags {
    /// Only from this network, such as 10.0.0.0/8; repeat for more.
    #[arg(long, value_name = "NETWORK")]
    network: Vec<String>,
    /// Only from this country, such as DE; repeat for more.
    #[arg(long, value_name = "CODE")]
    country: Vec<String>,
    /// Only in this window of time, such as "Mon-Fri 08:00-18:00 Europe/Berlin"; repeat for more.
    #[arg(long, value_name = "WINDOW")]
    window: Vec<String>,
    /// Only in networks of this type, such as corporate; repeat for more.
    #[arg(long, value_name = "TYPE")]
    network_type: Vec<String>,
    /// Only on compliant devices.
    #[arg(long)]
    device_compliant: bool,
}

impl ConditionFlags {
    /// The member `conditions` of a body.
    pub(crate) fn to_json(&self) -> Value {
        let mut conditions = Map::new();
        for (member, values) in [
            ("networks", &self.network),
            ("countries", &self.country),
            ("windows", &self.window),
            ("network_types", &self.network_type),
        ] {
            if !values.is_empty() {
                conditions.insert(member.to_owned(), json!(values));
            }
        }
        if self.device_compliant {
            conditions.insert("device_compliant".to_owned(), json!(true));
        }
        Value::Object(conditions)
    }
}
