//! Who does what to whom, and when: what every write is told, and the audit is to say of it.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;

use crate::id::{KeyId, OrganisationId};
use crate::value::{UnknownValue, text_sql};

/// An administrative act, as its caller knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Who acts.
    pub actor: Actor,
    /// The organisation whose things are acted upon. Making an organisation is an act in `argus`.
    pub organisation: OrganisationId,
    /// When, by the caller's clock. Kept to the microsecond.
    pub at: DateTime<Utc>,
    /// The id of the request that asked for it.
    pub request_id: String,
    /// Where the request came from.
    pub source: Option<IpAddr>,
    /// The decision that permitted it.
    pub decision_id: Option<String>,
}

impl Act {
    /// An act that nobody asked for over the network.
    pub fn of_host(organisation: OrganisationId, at: DateTime<Utc>, request_id: impl Into<String>) -> Self {
        Self { actor: Actor::Host, organisation, at, request_id: request_id.into(), source: None, decision_id: None }
    }
}

/// Who can act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
#[non_exhaustive]
pub enum Actor {
    /// The holder of a key.
    Key(KeyId),
    /// The program itself, on behalf of whoever may start it on the machine that holds the data.
    Host,
}

const HOST: &str = "host";

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(id) => id.fmt(f),
            Self::Host => f.write_str(HOST),
        }
    }
}

impl FromStr for Actor {
    type Err = UnknownValue;

    fn from_str(text: &str) -> Result<Self, UnknownValue> {
        if text == HOST { Ok(Self::Host) } else { text.parse().map(Self::Key) }
    }
}

text_sql!(Actor);
