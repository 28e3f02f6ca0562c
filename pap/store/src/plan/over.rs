//! What an organisation has more of than a plan lets it.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::dsl::min;
use diesel::prelude::*;

use super::{Maximum, Plan};
use crate::anomaly::Response;
use crate::conn::{Conn, on};
use crate::contact::{ContactKind, ContactState};
use crate::credential::{CredentialKind, CredentialState};
use crate::error::StoreError;
use crate::id::{KeyId, OrganisationId};
use crate::key::ENDED;
use crate::limit::{self, Limit, Limits};
use crate::organisation::Organisation;
use crate::schema::{contacts, credentials, decisions, keys, projects, usage};

/// Keys that are named of those that are over.
pub const NAMED: usize = 20;

/// Something that there is more of than a plan lets there be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Over {
    /// Of what.
    pub maximum: Maximum,
    /// How much there may be.
    pub most: u64,
    /// How much there is; of what each key has, the most that one has. `None`: without bound.
    pub found: Option<u64>,
    /// How many keys that is of, where it is of single keys.
    pub keys: u64,
    /// The first of those, [`NAMED`] at most.
    pub key_ids: Vec<KeyId>,
}

/// A key that hasn't ended, as far as plans are concerned.
struct LiveKey {
    id: KeyId,
    limits: Vec<Limit>,
    is_derived: bool,
}

/// What an organisation has more of than a plan lets it, whether the plan is its own or not.
pub fn list_over(conn: &mut Conn, of: &Organisation, plan: &Plan, at: DateTime<Utc>) -> Result<Vec<Over>, StoreError> {
    if plan.is_full() {
        return Ok(Vec::new());
    }
    let live = list_live(conn, of)?;
    let derived: Vec<KeyId> = live.iter().filter(|key| key.is_derived).map(|key| key.id).collect();
    let certified = list_certified(conn, of)?;
    let over = [
        count(plan, Maximum::Keys, live.len() as u64),
        count(plan, Maximum::Projects, count_projects(conn, of.id)?),
        by_limits(plan, Maximum::LimitsPerKey, &live),
        count(plan, Maximum::SharedLimits, limit::count(conn, of.id)?.unsigned_abs()),
        by_limits(plan, Maximum::RatePerSecond, &live),
        count(plan, Maximum::UsageDays, days_since(find_oldest_usage(conn, of)?, at)),
        count(plan, Maximum::DecisionDays, days_since(find_oldest_decision(conn, of)?, at)),
        count(plan, Maximum::DecisionLog, u64::from(find_oldest_decision(conn, of)?.is_some())),
        count(plan, Maximum::AnomalyResponses, count_responses(of)),
        count(plan, Maximum::Webhooks, count_webhooks(conn, of)?),
        count(plan, Maximum::MutualTls, certified.len() as u64).map(|over| over.of_keys(&certified)),
        count(plan, Maximum::Delegation, derived.len() as u64).map(|over| over.of_keys(&derived)),
    ];
    Ok(over.into_iter().flatten().collect())
}

impl Over {
    fn of_keys(self, keys: &[KeyId]) -> Self {
        let key_ids = keys.iter().take(NAMED).copied().collect();
        Self { keys: keys.len() as u64, key_ids, ..self }
    }
}

fn count(plan: &Plan, maximum: Maximum, found: u64) -> Option<Over> {
    let most = plan.most(maximum).filter(|most| found > *most)?;
    Some(Over { maximum, most, found: Some(found), keys: 0, key_ids: Vec::new() })
}

/// Keys whose limits a plan would refuse.
fn by_limits(plan: &Plan, maximum: Maximum, live: &[LiveKey]) -> Option<Over> {
    let most = plan.most(maximum)?;
    let is_over = |key: &&LiveKey| plan.refuse_limits_by(maximum, &key.limits).is_err();
    let over: Vec<&LiveKey> = live.iter().filter(is_over).collect();
    let found = match maximum {
        Maximum::LimitsPerKey => over.iter().map(|key| key.limits.len() as u64).max(),
        // What is without a limit has no rate, and the others have one for each of their limits.
        _ => None,
    };
    let ids: Vec<KeyId> = over.iter().map(|key| key.id).collect();
    let over = Over { maximum, most, found, keys: 0, key_ids: Vec::new() };
    (!ids.is_empty()).then(|| over.of_keys(&ids))
}

fn list_live(conn: &mut Conn, of: &Organisation) -> Result<Vec<LiveKey>, StoreError> {
    let live = keys::table.filter(keys::organisation_id.eq(of.id)).filter(keys::state.ne_all(ENDED));
    let live = live.order(keys::id).select((keys::id, keys::limits, keys::parent_key_id));
    let rows: Vec<(KeyId, Limits, Option<KeyId>)> = on!(conn, c => live.load(c))?;
    let key = |(id, limits, parent): (KeyId, Limits, Option<KeyId>)| LiveKey {
        id,
        limits: limits.into(),
        is_derived: parent.is_some(),
    };
    Ok(rows.into_iter().map(key).collect())
}

/// Keys that certificates present.
fn list_certified(conn: &mut Conn, of: &Organisation) -> Result<Vec<KeyId>, StoreError> {
    let rows = keys::table.inner_join(credentials::table).filter(keys::organisation_id.eq(of.id));
    let rows = rows.filter(keys::state.ne_all(ENDED)).filter(credentials::state.ne(CredentialState::Revoked));
    let rows = rows.filter(credentials::kind.eq(CredentialKind::Certificate));
    Ok(on!(conn, c => rows.order(keys::id).select(keys::id).distinct().load(c))?)
}

/// How many keys of an organisation haven't ended.
pub fn count_keys(conn: &mut Conn, of: OrganisationId) -> Result<u64, StoreError> {
    let live = keys::table.filter(keys::organisation_id.eq(of)).filter(keys::state.ne_all(ENDED)).count();
    let live: i64 = on!(conn, c => live.get_result(c))?;
    Ok(live.unsigned_abs())
}

/// How many projects an organisation has.
pub fn count_projects(conn: &mut Conn, of: OrganisationId) -> Result<u64, StoreError> {
    let all = projects::table.filter(projects::organisation_id.eq(of)).count();
    let all: i64 = on!(conn, c => all.get_result(c))?;
    Ok(all.unsigned_abs())
}

fn count_webhooks(conn: &mut Conn, of: &Organisation) -> Result<u64, StoreError> {
    let all = contacts::table.filter(contacts::organisation_id.eq(of.id));
    let all = all.filter(contacts::kind.eq(ContactKind::Webhook)).filter(contacts::state.eq(ContactState::Active));
    let all: i64 = on!(conn, c => all.count().get_result(c))?;
    Ok(all.unsigned_abs())
}

fn count_responses(of: &Organisation) -> u64 {
    of.policy.responses.iter().filter(|rule| rule.response != Response::Notify).count() as u64
}

/// The beginning of the oldest hour or day of which usage is kept, in Unix seconds.
fn find_oldest_usage(conn: &mut Conn, of: &Organisation) -> Result<Option<DateTime<Utc>>, StoreError> {
    let oldest = usage::table.filter(usage::organisation.eq(&of.name)).select(min(usage::starts_at));
    let oldest: Option<i64> = on!(conn, c => oldest.first(c))?;
    Ok(oldest.and_then(|seconds| DateTime::from_timestamp(seconds, 0)))
}

fn find_oldest_decision(conn: &mut Conn, of: &Organisation) -> Result<Option<DateTime<Utc>>, StoreError> {
    // Their ids begin with the time of the decision.
    let oldest = decisions::table.filter(decisions::organisation.eq(&of.name)).order(decisions::id);
    let oldest: Option<NaiveDateTime> = on!(conn, c => oldest.select(decisions::at).first(c).optional())?;
    Ok(oldest.map(|at| at.and_utc()))
}

/// Whole days, the last of them begun; of what is kept for exactly as long as it may, none is over.
fn days_since(oldest: Option<DateTime<Utc>>, at: DateTime<Utc>) -> u64 {
    oldest.map_or(0, |oldest| (at - oldest).num_days().max(0).unsigned_abs())
}
