//! For how long plans let usage and decisions be kept.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::list;
use crate::conn::{Conn, on};
use crate::error::StoreError;
use crate::schema::organisations;
use crate::value::column;

/// How long is kept what is told of some organisations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    /// For so many days usage; `None`: as long as that of any other.
    pub usage_days: Option<u64>,
    /// For so many days logged decisions.
    pub decision_days: Option<u64>,
    /// Of these organisations, by their names.
    pub organisations: Vec<String>,
}

/// The plans by which anything is kept for a while only, each with the organisations that have it and are in no grace.
pub fn list_retention(conn: &mut Conn, at: DateTime<Utc>) -> Result<Vec<Retention>, StoreError> {
    let mut found = Vec::new();
    for plan in list(conn)? {
        let (usage_days, decision_days) = (plan.maxima.usage_days, plan.maxima.decision_days);
        if usage_days.is_none() && decision_days.is_none() {
            continue;
        }
        let rows = organisations::table.filter(organisations::plan.eq(&plan.name));
        let is_over = organisations::plan_grace_until.le(column(at)).assume_not_null();
        let rows = rows.filter(organisations::plan_grace_until.is_null().or(is_over)).select(organisations::name);
        let organisations: Vec<String> = on!(conn, c => rows.load(c))?;
        if !organisations.is_empty() {
            found.push(Retention { usage_days, decision_days, organisations });
        }
    }
    Ok(found)
}
