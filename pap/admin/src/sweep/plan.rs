//! What plans do by the clock: contacts of the organisation and of whoever answers for keys are told ahead of the end of a grace and at it, webhooks that the
//! plan doesn't have are disabled then, and what is kept for longer than the plan says is forgotten. No key stops.

use std::collections::HashSet;

use argus_store::contact::{self, ContactKind, ContactState};
use argus_store::organisation::{self, Organisation};
use argus_store::outbox::{self, NoticeKind};
use argus_store::plan::{self, Maximum, Plan, Retention};
use argus_store::usage::{self, Granularity};
use argus_store::{Act, Conn, OrganisationId, Store, StoreError, decision};
use chrono::{DateTime, TimeDelta, Utc};

use super::ahead::MARKS;
use super::{BATCHES, Swept, UsageRetention};

/// How long after the end of a grace it may still be news: longer than any node is away.
const NEWS: TimeDelta = TimeDelta::days(30);

/// Rows that one transaction forgets.
const BATCH: u32 = 1_000;

/// Why a webhook is disabled.
const NO_WEBHOOKS: &str = "the plan of the organisation has no webhooks";

/// A mark of a grace, by its organisation and its end in Unix seconds.
pub(super) type Told = (OrganisationId, i64, i64);

/// What was forgotten.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Kept {
    pub(super) decisions: usize,
    pub(super) usage_rows: usize,
}

/// Tells of graces that end and have ended, and ends what ends with them.
pub(super) fn sweep(
    store: &Store,
    at: DateTime<Utc>,
    told: &mut HashSet<Told>,
    swept: &mut Swept,
) -> Result<(), StoreError> {
    for organisation in store.read(|conn| organisation::list_in_grace(conn, at - NEWS))? {
        let Some(until) = organisation.plan_grace_until else { continue };
        let Some((kind, mark)) = mark(at, until) else { continue };
        let this = (organisation.id, until.timestamp(), mark);
        if told.contains(&this) {
            continue;
        }
        let occasion = format!("{}/{mark}", until.timestamp());
        store.write(|conn| {
            let plan = plan::find_of(conn, &organisation)?;
            let over = plan::list_over(conn, &organisation, &plan, at)?;
            if !over.is_empty() {
                let occasion = (kind, occasion.as_str());
                swept.notices += usize::from(outbox::tell_of_plan(conn, at, &organisation, occasion, &over)?);
            }
            if kind == NoticeKind::PlanGraceEnded {
                swept.webhooks_disabled += disable_webhooks(conn, at, &organisation, &plan)?;
            }
            Ok(())
        })?;
        told.insert(this);
    }
    Ok(())
}

/// The last mark that has passed of a grace that ends at `until`.
fn mark(at: DateTime<Utc>, until: DateTime<Utc>) -> Option<(NoticeKind, i64)> {
    if at >= until {
        return Some((NoticeKind::PlanGraceEnded, 0));
    }
    let passed = |days: &&i64| until - TimeDelta::days(**days) <= at;
    MARKS.iter().rev().find(passed).map(|days| (NoticeKind::PlanGraceEnding, *days))
}

fn disable_webhooks(conn: &mut Conn, at: DateTime<Utc>, of: &Organisation, plan: &Plan) -> Result<usize, StoreError> {
    if plan.has(Maximum::Webhooks) {
        return Ok(0);
    }
    let act = Act::of_argus(of.id, at, "sweep");
    let mut disabled = 0;
    for contact in contact::list_of(conn, of.id)? {
        if contact.kind == ContactKind::Webhook && contact.state == ContactState::Active {
            disabled += usize::from(contact::disable(conn, &act, contact.id, NO_WEBHOOKS)?);
        }
    }
    Ok(disabled)
}

/// Forgets what is older than plans let it be. What is kept for less anyway is left to the others.
pub(super) fn forget(
    store: &Store,
    at: DateTime<Utc>,
    (decision_days, usage): (u32, UsageRetention),
) -> Result<Kept, StoreError> {
    let mut kept = Kept::default();
    for of in store.read(|conn| plan::list_retention(conn, at))? {
        if let Some(before) = before(at, of.decision_days, decision_days) {
            kept.decisions += batches(store, |conn| decision::forget_of(conn, &of.organisations, before, BATCH))?;
        }
        kept.usage_rows += forget_usage(store, at, &of, usage)?;
    }
    Ok(kept)
}

fn forget_usage(store: &Store, at: DateTime<Utc>, of: &Retention, usage: UsageRetention) -> Result<usize, StoreError> {
    let kept = [(Granularity::Minute, usage.minutes), (Granularity::Hour, usage.hours), (Granularity::Day, usage.days)];
    let mut all = 0;
    for (granularity, days) in kept {
        if let Some(before) = before(at, of.usage_days, days) {
            let before = before.timestamp();
            all += batches(store, |conn| usage::forget_of(conn, &of.organisations, granularity, before, BATCH))?;
        }
    }
    Ok(all)
}

/// What is from before this time is kept for longer than a plan says; `None` where nothing is kept for so long.
fn before(at: DateTime<Utc>, by_plan: Option<u64>, by_setting: u32) -> Option<DateTime<Utc>> {
    let days = by_plan.filter(|days| *days < u64::from(by_setting))?;
    at.checked_sub_signed(TimeDelta::try_days(i64::try_from(days).ok()?)?)
}

fn batches(store: &Store, forget: impl Fn(&mut Conn) -> Result<usize, StoreError>) -> Result<usize, StoreError> {
    let mut all = 0;
    for _ in 0..BATCHES {
        let forgotten = store.write_aside(&forget)?;
        all += forgotten;
        if forgotten < BATCH as usize {
            break;
        }
    }
    Ok(all)
}
