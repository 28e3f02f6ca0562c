//! `plans`: what an organisation may have at most, and which features are its. Two are made by the migrations:
//! `enterprise`, which has no maxima and every feature, and `professional`.
//!
//! A lower plan breaks nothing that is there. What is over it is listed ([`list_over`]), and stays as it was for
//! [`GRACE`]; whatever would be new is held against the new plan at once.

mod key_limit;
mod over;
mod retention;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::sql_types::Text;
use serde::{Deserialize, Serialize};

pub use key_limit::standard_limit;
pub use over::{NAMED, Over, count_keys, count_projects, list_over};
pub use retention::{Retention, list_retention};

use crate::conn::{Conn, on};
use crate::error::{Record, StoreError};
use crate::organisation::Organisation;
use crate::schema::{organisations, plans};
use crate::value::{Texts, column, text_out, words};

/// How long what was there before a lower plan stays as it was.
pub const GRACE: TimeDelta = TimeDelta::days(30);

words!(
    /// What a plan says the most of. Of a feature that is none: a plan has it, or it doesn't.
    Maximum, "maximum", {
        /// Keys that haven't ended.
        Keys = "max_keys",
        /// Projects.
        Projects = "max_projects",
        /// Limits of one key.
        LimitsPerKey = "max_limits_per_key",
        /// Limits that keys share: those of the organisation, of its projects and of owners.
        SharedLimits = "max_shared_limits",
        /// What the limits of a key let through in a second.
        RatePerSecond = "max_rate_per_second",
        /// Days for which usage is kept.
        UsageDays = "usage_days",
        /// Days for which logged decisions are kept.
        DecisionDays = "decision_days",
        /// A feature: logged decisions are kept.
        DecisionLog = "decision_log",
        /// A feature: something is done about anomalies without anybody's asking.
        AnomalyResponses = "anomaly_responses",
        /// A feature: programs are told of what happens to keys.
        Webhooks = "webhooks",
        /// A feature: certificates present keys.
        MutualTls = "mutual_tls",
        /// A feature: keys are derived from others.
        Delegation = "delegation",
        /// A feature: evidence for frameworks of compliance.
        ComplianceReports = "compliance_reports",
    }
);

impl Maximum {
    /// Those that are features.
    pub const FEATURES: [Self; 6] = [
        Self::DecisionLog,
        Self::AnomalyResponses,
        Self::Webhooks,
        Self::MutualTls,
        Self::Delegation,
        Self::ComplianceReports,
    ];
}

/// A plan.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = plans)]
pub struct Plan {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub display_name: String,
    /// Its numbers.
    pub maxima: Maxima,
    /// Words of the features that it has; a newer node may know more of them.
    #[diesel(deserialize_as = Texts)]
    pub features: Vec<String>,
}

/// The numbers of a plan. What is `None` has no maximum; an unknown member makes the row unreadable, since leaving it out
/// would let more through.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
#[serde(default, deny_unknown_fields)]
pub struct Maxima {
    /// Keys that haven't ended.
    pub max_keys: Option<u64>,
    /// Projects.
    pub max_projects: Option<u64>,
    /// Limits of one key.
    pub max_limits_per_key: Option<u64>,
    /// Limits that keys share.
    pub max_shared_limits: Option<u64>,
    /// What the limits of a key let through in a second.
    pub max_rate_per_second: Option<u64>,
    /// Days for which usage is kept.
    pub usage_days: Option<u64>,
    /// Days for which logged decisions are kept.
    pub decision_days: Option<u64>,
}

text_out!(Maxima, maxima => serde_json::to_string(maxima)?);

impl<DB: Backend> FromSql<Text, DB> for Maxima
where
    String: FromSql<Text, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(serde_json::from_str(&String::from_sql(value)?)?)
    }
}

impl Plan {
    /// The most of something; `None` where there is no maximum.
    pub fn most(&self, of: Maximum) -> Option<u64> {
        match of {
            Maximum::Keys => self.maxima.max_keys,
            Maximum::Projects => self.maxima.max_projects,
            Maximum::LimitsPerKey => self.maxima.max_limits_per_key,
            Maximum::SharedLimits => self.maxima.max_shared_limits,
            Maximum::RatePerSecond => self.maxima.max_rate_per_second,
            Maximum::UsageDays => self.maxima.usage_days,
            Maximum::DecisionDays => self.maxima.decision_days,
            feature => (!self.has(feature)).then_some(0),
        }
    }

    /// Whether it has no maximum at all.
    fn is_full(&self) -> bool {
        self.maxima == Maxima::default() && Maximum::FEATURES.iter().all(|feature| self.has(*feature))
    }

    /// Whether it has a feature.
    pub fn has(&self, feature: Maximum) -> bool {
        self.features.iter().any(|own| own == feature.as_str())
    }
}

/// An act that a plan has no room for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("plan `{plan}` has no room for it: `{maximum}` is {most}")]
pub struct PlanLimit {
    /// The plan of the organisation.
    pub plan: String,
    /// What there is enough of.
    pub maximum: Maximum,
    /// How much there may be.
    pub most: u64,
}

/// All plans, by their names.
pub fn list(conn: &mut Conn) -> Result<Vec<Plan>, StoreError> {
    Ok(on!(conn, c => plans::table.order(plans::name).select(Plan::as_select()).load(c))?)
}

/// The plan of this name.
pub fn find(conn: &mut Conn, name: &str) -> Result<Option<Plan>, StoreError> {
    Ok(on!(conn, c => plans::table.find(name).select(Plan::as_select()).first(c).optional())?)
}

/// The plan of an organisation.
pub fn find_of(conn: &mut Conn, organisation: &Organisation) -> Result<Plan, StoreError> {
    find(conn, &organisation.plan)?.ok_or_else(|| StoreError::not_found(Record::Plan, &organisation.plan))
}

/// Whether an organisation has a feature at a time: by its plan, or because it is in a grace.
pub fn has_now(
    conn: &mut Conn,
    organisation: &Organisation,
    feature: Maximum,
    at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    Ok(organisation.is_in_grace(at) || find_of(conn, organisation)?.has(feature))
}

/// Those of the organisations, by their names, that lack a feature at a time: their plan doesn't have it, and they are
/// in no grace.
pub fn list_lacking(
    conn: &mut Conn,
    names: &[&str],
    feature: Maximum,
    at: DateTime<Utc>,
) -> Result<Vec<String>, StoreError> {
    let without: Vec<_> = list(conn)?.into_iter().filter(|plan| !plan.has(feature)).map(|plan| plan.name).collect();
    if without.is_empty() {
        return Ok(Vec::new());
    }
    let rows =
        organisations::table.filter(organisations::plan.eq_any(without)).filter(organisations::name.eq_any(names));
    let is_over = organisations::plan_grace_until.le(column(at)).assume_not_null();
    let rows = rows.filter(organisations::plan_grace_until.is_null().or(is_over)).select(organisations::name);
    Ok(on!(conn, c => rows.load(c))?)
}
