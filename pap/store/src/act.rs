//! Who does what to whom, and when: what every write is told, and the audit says of it.

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
    /// The id of the request that asked for it, or what else led to it.
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

    /// An act of Argus of its own accord. `cause` says what made it act, such as `sweeper`.
    pub fn of_argus(organisation: OrganisationId, at: DateTime<Utc>, cause: impl Into<String>) -> Self {
        Self { actor: Actor::Argus, ..Self::of_host(organisation, at, cause) }
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
    /// Argus of its own accord: what falls due by the clock, what a policy obliges it to.
    Argus,
    /// Somebody who isn't known: the actor of what is refused before that.
    Nobody,
}

const HOST: &str = "host";
const ARGUS: &str = "argus";
const NOBODY: &str = "nobody";

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(id) => id.fmt(f),
            Self::Host => f.write_str(HOST),
            Self::Argus => f.write_str(ARGUS),
            Self::Nobody => f.write_str(NOBODY),
        }
    }
}

impl FromStr for Actor {
    type Err = UnknownValue;

    fn from_str(text: &str) -> Result<Self, UnknownValue> {
        match text {
            HOST => Ok(Self::Host),
            ARGUS => Ok(Self::Argus),
            NOBODY => Ok(Self::Nobody),
            _ => text.parse().map(Self::Key),
        }
    }
}

text_sql!(Actor);
