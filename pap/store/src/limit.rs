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
    /// What a new period of a quota does.
    #[serde(default, skip_serializing_if = "Refill::is_replace")]
    pub refill: Refill,
    /// What the periods of a quota add up to that adds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<Account>,
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

impl Limit {
    /// So much in so many seconds, of all uses, each of which costs 1.
    pub fn new(name: impl Into<String>, strategy: LimitStrategy, limit: u64, window_seconds: u64) -> Self {
        Self {
            name: name.into(),
            strategy,
            limit,
            window_seconds,
            burst: None,
            refill: Refill::Replace,
            account: None,
            cost: None,
            actions: Vec::new(),
            resource_types: Vec::new(),
        }
    }

    /// The limit as it is shown: its account is the program's own.
    #[must_use]
    pub fn without_account(self) -> Self {
        Self { account: None, ..self }
    }
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

/// What a new period of a quota does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refill {
    /// It replaces what was left.
    #[default]
    Replace,
    /// It adds to what was left.
    Add,
}

impl Refill {
    /// Whether it is what a quota does that says nothing of it.
    pub fn is_replace(&self) -> bool {
        *self == Self::Replace
    }
}

/// What the periods of a quota add up to: the limit for each that has begun, and something beside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// A second of the first period that added, since 1970.
    pub since: i64,
    /// What there is beside what the limit says for each period: those before a change of the limit added what it said
    /// then. Below nothing where that was less.
    #[serde(default)]
    pub beside: i64,
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
