//! Whether a plan has room for an act.

use argus_store::anomaly::Response;
use argus_store::key::Key;
use argus_store::organisation::{Organisation, OrganisationPolicy};
use argus_store::plan::{self, Maximum, Plan, PlanLimit, standard_limit};
use argus_store::{Conn, Limit, OrganisationId, Record, StoreError, limit, organisation};
use chrono::{DateTime, Utc};

/// Refuses another key where the plan has no room for it, or not with these limits.
pub(in crate::act) fn for_key(
    conn: &mut Conn,
    of: OrganisationId,
    limits: &[Limit],
    is_derived: bool,
) -> Result<(), StoreError> {
    let plan = plan_of(conn, of)?;
    if is_derived {
        require(&plan, Maximum::Delegation)?;
    }
    one_more(&plan, Maximum::Keys, || plan::count_keys(conn, of))?;
    Ok(plan.refuse_limits(limits)?)
}

/// The limits of a key that brings none: what its plan gives each key.
pub(in crate::act) fn standard_limits(conn: &mut Conn, of: OrganisationId) -> Result<Vec<Limit>, StoreError> {
    Ok(standard_limit(&plan_of(conn, of)?).into_iter().collect())
}

/// Refuses a change that leaves a key over its plan, unless what is over stays as it is and the grace isn't over.
pub(in crate::act) fn for_change(
    conn: &mut Conn,
    key: &Key,
    limits: &[Limit],
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let organisation = find(conn, key.organisation_id)?;
    if limits == key.limits && organisation.is_in_grace(at) {
        return Ok(());
    }
    Ok(plan::find_of(conn, &organisation)?.refuse_limits(limits)?)
}

/// Refuses another project where the plan has no room for it.
pub(in crate::act) fn for_project(conn: &mut Conn, of: OrganisationId) -> Result<(), StoreError> {
    let plan = plan_of(conn, of)?;
    one_more(&plan, Maximum::Projects, || plan::count_projects(conn, of))
}

/// Refuses another limit that keys share where the plan has no room for it. Those that are there can be changed: a
/// change is none more.
pub(in crate::act) fn for_shared_limit(conn: &mut Conn, of: OrganisationId) -> Result<(), StoreError> {
    let plan = plan_of(conn, of)?;
    one_more(&plan, Maximum::SharedLimits, || Ok(limit::count(conn, of)?.unsigned_abs()))
}

/// Refuses what the plan of an organisation has no feature for.
pub(in crate::act) fn for_feature(conn: &mut Conn, of: OrganisationId, feature: Maximum) -> Result<(), StoreError> {
    require(&plan_of(conn, of)?, feature)
}

/// Refuses answers to anomalies that an organisation didn't have, where its plan has none.
pub(in crate::act) fn for_responses(
    plan: &Plan,
    present: &OrganisationPolicy,
    wanted: &OrganisationPolicy,
) -> Result<(), StoreError> {
    let acts = wanted.responses.iter().any(|rule| rule.response != Response::Notify);
    if acts && wanted.responses != present.responses { require(plan, Maximum::AnomalyResponses) } else { Ok(()) }
}

fn plan_of(conn: &mut Conn, of: OrganisationId) -> Result<Plan, StoreError> {
    let organisation = find(conn, of)?;
    plan::find_of(conn, &organisation)
}

fn find(conn: &mut Conn, id: OrganisationId) -> Result<Organisation, StoreError> {
    let missing = || StoreError::NotFound { what: Record::Organisation, name: id.to_string() };
    organisation::find(conn, id)?.ok_or_else(missing)
}

fn require(plan: &Plan, feature: Maximum) -> Result<(), StoreError> {
    if plan.has(feature) { Ok(()) } else { Err(no_room(plan, feature, 0).into()) }
}

fn one_more(plan: &Plan, maximum: Maximum, count: impl FnOnce() -> Result<u64, StoreError>) -> Result<(), StoreError> {
    let Some(most) = plan.most(maximum) else { return Ok(()) };
    if count()? < most { Ok(()) } else { Err(no_room(plan, maximum, most).into()) }
}

fn no_room(plan: &Plan, maximum: Maximum, most: u64) -> PlanLimit {
    PlanLimit { plan: plan.name.clone(), maximum, most }
}
