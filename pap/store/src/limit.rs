//! Limits as they are kept: how often, or how much, in how long. Those of one key are a column of it, in their order;
//! those that keys share have the table `limits`.

mod shared;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::sql_types::Text;
use serde::{Deserialize, Serialize};

pub use shared::{
    LimitFilter, MOST_SHARED, NewSharedLimit, SharedLimit, change, count, create, find_anywhere, list, list_all,
    list_of, remove,
};

use crate::value::text_out;

/// A limit. An unknown member makes the row unreadable: leaving out a limit would open the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// Its name, unlike that of any other limit of the key, or of the organisation.
    pub name: String,
    /// How it counts.
    pub strategy: LimitStrategy,
    /// How much is let through in a window.
    pub limit: u64,
    /// How long a window is.
    pub window_seconds: u64,
    /// How much a token bucket holds, where that is not `limit`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub burst: Option<u64>,
    /// What a use costs where the request doesn't say; 1 unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<u64>,
    /// Uses of which actions it counts; empty: of all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<String>,
    /// Uses of resources of which types it counts; empty: of all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resource_types: Vec<String>,
}

text_out!(Limit, limit => serde_json::to_string(limit)?);

impl<DB: Backend> FromSql<Text, DB> for Limit
where
    String: FromSql<Text, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(serde_json::from_str(&String::from_sql(value)?)?)
    }
}

/// How a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LimitStrategy {
    /// Windows that follow each other, aligned to the clock.
    FixedWindow,
    /// Any window of that length.
    SlidingWindow,
    /// A bucket that fills up steadily.
    TokenBucket,
    /// An allowance for a longer time.
    Quota,
}

/// A list of limits in a column, as a JSON array.
#[derive(Debug, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct Limits(pub(crate) Vec<Limit>);

impl From<Limits> for Vec<Limit> {
    fn from(Limits(limits): Limits) -> Self {
        limits
    }
}

text_out!(Limits, limits => serde_json::to_string(&limits.0)?);

impl<DB: Backend> FromSql<Text, DB> for Limits
where
    String: FromSql<Text, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(serde_json::from_str(&String::from_sql(value)?)?))
    }
}
