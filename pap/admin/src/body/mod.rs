//! Reading bodies: JSON objects whose members are unique and known, every fault reported with its pointer.

mod conditions;
mod contact;
mod costs;
mod countries;
mod credential;
mod expiry;
mod fields;
mod life;
mod limits;
mod line;
mod name;
mod patch;
mod policy;
mod scopes;
mod time;
mod web;
mod zone;

pub(crate) use conditions::conditions;
pub(crate) use contact::{contact_address, contact_kind, contact_state, events};
pub(crate) use costs::costs;
pub(crate) use credential::{in_one_spelling, public_material};
pub(crate) use expiry::{DEFAULT_DAYS, Expiry, changed_expiry, expiry};
pub(crate) use fields::Fields;
pub(crate) use life::{Life, grace, rotation_interval};
pub(crate) use limits::{limit, limits};
pub(crate) use line::{LONGEST_OWNER, display_name, line, required_line, tags};
pub(crate) use name::{Kind, is_name, name};
pub(crate) use policy::policy;
pub(crate) use scopes::scopes;
pub(crate) use time::time;
pub(crate) use web::web_address;
pub(crate) use zone::time_zone;

use serde_json::{Map, Value};

use crate::AdminError;

/// The body of a request: a JSON object.
#[derive(Debug, Clone, Default)]
pub struct Body(Map<String, Value>);

impl Body {
    /// Reads a body. None at all is an object without members.
    pub fn parse(octets: &[u8]) -> Result<Self, AdminError> {
        if octets.is_empty() {
            return Ok(Self::default());
        }
        match argus_credentials::read_json(octets) {
            Ok(Value::Object(members)) => Ok(Self(members)),
            Ok(_) => Err(AdminError::Malformed("the body is not a JSON object".to_owned())),
            Err(error) => Err(AdminError::Malformed(format!("the body is not JSON: {error}"))),
        }
    }
}
