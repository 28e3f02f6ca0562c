//! Ids: UUIDv7 in canonical text. Those made by one process sort in the order in which they were made.

use std::panic::AssertUnwindSafe;
use std::sync::Mutex;

use chrono::{DateTime, Utc};
use uuid::{ContextV7, Timestamp, Uuid};

use crate::value::{UnknownValue, text_sql};

/// Counts within a millisecond, and never goes back where the caller's clock does.
static ORDER: Mutex<AssertUnwindSafe<ContextV7>> = Mutex::new(AssertUnwindSafe(ContextV7::new()));

fn make(at: DateTime<Utc>) -> Uuid {
    let seconds = u64::try_from(at.timestamp()).unwrap_or(0);
    // To chrono a leap second is one of more than 10^9 nanoseconds.
    let nanoseconds = at.timestamp_subsec_nanos().min(999_999_999);
    Uuid::new_v7(Timestamp::from_unix(&ORDER, seconds, nanoseconds))
}

/// One canonical form: two texts that differ never name one thing.
fn read(what: &'static str, text: &str) -> Result<Uuid, UnknownValue> {
    let unknown = || UnknownValue { what, text: text.to_owned() };
    let id = Uuid::try_parse(text).map_err(|_| unknown())?;
    let canonical = id.hyphenated().encode_lower(&mut Uuid::encode_buffer()) == text;
    if canonical { Ok(id) } else { Err(unknown()) }
}

macro_rules! id {
    ($(#[$meta:meta])* $name:ident, $what:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[diesel(sql_type = diesel::sql_types::Text)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Uuid);

        impl $name {
            /// A new id, whose first bits are the time of the act that needs it.
            pub fn new(at: DateTime<Utc>) -> Self {
                Self(make(at))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = UnknownValue;

            fn from_str(text: &str) -> Result<Self, UnknownValue> {
                read($what, text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = UnknownValue;

            fn try_from(text: String) -> Result<Self, UnknownValue> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }

        text_sql!($name);
    };
}

id!(
    /// The id of an organisation.
    OrganisationId,
    "organisation id"
);
id!(
    /// The id of a project.
    ProjectId,
    "project id"
);
id!(
    /// The id of a key: the lasting thing, not one of its credentials.
    KeyId,
    "key id"
);
id!(
    /// The id of a notice in the outbox.
    NoticeId,
    "notice id"
);
id!(
    /// The id of a limit that keys share.
    LimitId,
    "limit id"
);
id!(
    /// The id of a contact: a place where somebody is reached.
    ContactId,
    "contact id"
);
id!(
    /// The id of something that stood out in the use of a key.
    AnomalyId,
    "anomaly id"
);
id!(
    /// The id of a delivery: one notice on its way to one contact.
    DeliveryId,
    "delivery id"
);
id!(
    /// The id of a review of access.
    ReviewId,
    "review id"
);
id!(
    /// The id of a wrapped key.
    WrappedKeyId,
    "wrapped key id"
);
id!(
    /// The id of a node: one run of the program on a shared database.
    NodeId,
    "node id"
);

id!(
    /// The id under which the audit speaks of a person.
    PersonId,
    "person id"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_in_the_order_in_which_they_were_made_even_when_the_clock_goes_back() {
        let noon = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let ids: Vec<_> = (0..1_000).map(|n| KeyId::new(noon - chrono::TimeDelta::milliseconds(n % 3))).collect();
        assert!(ids.is_sorted_by(|a, b| a < b && a.to_string() < b.to_string()));
    }

    #[test]
    fn only_the_canonical_form_of_an_id_is_read() {
        let id = KeyId::new(DateTime::UNIX_EPOCH);
        assert_eq!(id.to_string().parse(), Ok(id));
        for other in [id.to_string().to_uppercase(), id.to_string().replace('-', ""), format!("{{{id}}}"), "x".into()] {
            assert_eq!(other.parse::<KeyId>().unwrap_err().to_string(), format!("`{other}` is no key id"));
        }
        assert_eq!(serde_json::from_str::<KeyId>(&serde_json::to_string(&id).unwrap()).unwrap(), id);
    }
}
