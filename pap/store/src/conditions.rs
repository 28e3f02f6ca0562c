//! The conditions of an organisation, a project or a key, as the policies of conditional access see them.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::sql_types::Text;
use serde::{Deserialize, Serialize};

use crate::value::text_out;

/// When a level grants anything at all. An empty list asks for nothing.
///
/// An unknown member makes the row unreadable: leaving out a condition that a newer version wrote would open the key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
#[serde(default, deny_unknown_fields)]
pub struct Conditions {
    /// Networks that a client may come from, such as `10.0.0.0/8`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub networks: Vec<String>,
    /// Countries that a client may come from, ISO 3166-1 alpha-2.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub countries: Vec<String>,
    /// Windows of time, such as `Mon-Fri 08:00-18:00 Europe/Berlin`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub windows: Vec<String>,
    /// Types of network that a client may be in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub network_types: Vec<String>,
    /// What the device must be: compliant where it is true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<bool>,
}

text_out!(Conditions, conditions => serde_json::to_string(conditions)?);

impl<DB: Backend> FromSql<Text, DB> for Conditions
where
    String: FromSql<Text, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(serde_json::from_str(&String::from_sql(value)?)?)
    }
}
