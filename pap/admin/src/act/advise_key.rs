//! Least privilege: advice on a key, and the risks of an organisation.

use argus_engine::scope::Action;
use argus_store::organisation::Organisation;
use argus_store::{Conn, KeyId, OrganisationId, Record, Store, StoreError, key, organisation, plan};
use chrono::TimeDelta;
use serde::Serialize;
use utoipa::ToSchema;

use super::{find_filtered, named_organisation};
use crate::advice::{KeyAdvice, KeyRisk, ScopeUse, Terms, Uses, advise, counted_since, handed_on, risks_of};
use crate::compliance::{of_key, read_keys};
use crate::resource::Own;
use crate::view::{OverView, Time};
use crate::{Admin, AdminError, Call, FaultCode, Query};

/// For how many days something has to be unused, where nobody says, and at most: usage is kept for two years.
const DAYS: u32 = 90;
const MOST_DAYS: u32 = 730;

/// The risks of an organisation's keys.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Risks {
    /// The organisation.
    pub organisation: String,
    /// For how many days something has to be unused.
    pub days: u32,
    /// Since when it is counted which scopes are used; null where it isn't.
    counted_since: Option<Time>,
    /// Since when also for administrative acts and the asking for decisions; null where it isn't. Scopes that reach
    /// Argus's own resources are judged by it.
    acts_counted_since: Option<Time>,
    /// Keys that haven't ended.
    pub keys_in_use: usize,
    /// Those of them with a risk.
    pub keys_at_risk: usize,
    /// The risks, the worst first.
    pub items: Vec<KeyRisk>,
    /// The name of the organisation's plan.
    pub plan: String,
    /// Until when what was over it stays as it was; null where nothing was.
    plan_grace_until: Option<Time>,
    /// What there is more of than the plan lets there be.
    pub over: Vec<OverView>,
}

impl Admin {
    /// Advises on a key, by `days`. Needs `<organisation>/argus/keys:read` and `<organisation>/argus/usage:read`; whoever
    /// lacks the first finds nothing.
    pub async fn advise_key(&self, call: &Call, id: &str, mut query: Query) -> Result<KeyAdvice, AdminError> {
        let id: KeyId = id.parse().map_err(|_| AdminError::NotFound)?;
        let organisation = self.organisation_of_key(id).await?;
        call.require_sight(&organisation, Own::Keys)?;
        call.require(&organisation, Own::Usage, Action::Read)?;
        let days = days(&mut query);
        query.finish_without_page()?;
        let now = self.now();
        let read = move |conn: &mut Conn| {
            let Some(found) = key::find(conn, id)? else { return Ok(None) };
            let terms = terms(conn, found.organisation_id, (now, days))?;
            let handed_on = handed_on(conn, found.organisation_id, id)?;
            let facts = of_key(conn, found)?;
            let mut all = Uses::read(conn, (&organisation, Some(id)), (now, days))?;
            let mut uses = all.remove(&id).unwrap_or_default();
            uses.handed_on = handed_on;
            let advised = advise(&facts, &uses, &terms);
            let exercised = uses.exercised.iter();
            Ok(Some(KeyAdvice {
                key_id: id,
                days,
                watched_since: terms.watched_since(&facts).map(Time),
                acts_watched_since: terms.acts_watched_since(&facts).map(Time),
                is_watched_long_enough: terms.is_watched_long_enough(&facts),
                uses: uses.permits,
                acts: uses.acts,
                scopes: advised.scopes,
                exercised: exercised.map(|(scope, n)| ScopeUse { scope: scope.clone(), uses: Some(*n) }).collect(),
                proposed_scopes: advised.proposed,
                command: advised.command,
                risks: risks_of(&facts, &uses, &terms),
                path: facts.path,
            }))
        };
        self.with_store(move |store| Ok(store.read(read)?)).await?.ok_or(AdminError::NotFound)
    }

    /// The risks of all keys of an organisation, the worst first, by `organisation` and `days`. Needs
    /// `<organisation>/argus/keys:read` and `<organisation>/argus/usage:read`.
    pub async fn show_risks(&self, call: &Call, mut query: Query) -> Result<Risks, AdminError> {
        let name = named_organisation(&mut query, call.caller().organisation())?;
        call.require(&name, Own::Keys, Action::Read)?;
        call.require(&name, Own::Usage, Action::Read)?;
        let days = days(&mut query);
        let now = self.now();
        let read = move |store: &Store| {
            let found = store.read(|conn| find_filtered(conn, &mut query, &name))?;
            query.finish_without_page()?;
            let id = found.ok_or(AdminError::Unfinished)?;
            let (terms, mut uses) = store
                .read(|conn| Ok((terms(conn, id, (now, days))?, Uses::read(conn, (&name, None), (now, days))?)))?;
            let keys = read_keys(store, Some(id))?;
            let (own, over) = store.read(|conn| over_plan(conn, id, now))?;
            for derived in keys.iter().filter(|key| !key.has_ended()) {
                if let Some(parent) = derived.parent {
                    uses.entry(parent).or_default().handed_on.extend(derived.scopes.iter().cloned());
                }
            }
            let none = Uses::default();
            let of = |key: &KeyId| uses.get(key).unwrap_or(&none);
            let per_key: Vec<Vec<KeyRisk>> =
                keys.iter().filter_map(|facts| Some(risks_of(facts, of(&facts.id.parse().ok()?), &terms))).collect();
            let keys_at_risk = per_key.iter().filter(|risks| !risks.is_empty()).count();
            let mut items: Vec<KeyRisk> = per_key.into_iter().flatten().collect();
            items.sort_by(|a, b| (a.severity, a.kind, &a.path).cmp(&(b.severity, b.kind, &b.path)));
            Ok(Risks {
                organisation: name,
                days,
                counted_since: terms.counted_since.map(Time),
                acts_counted_since: terms.acts_counted_since.map(Time),
                keys_in_use: keys.iter().filter(|facts| !facts.has_ended()).count(),
                keys_at_risk,
                items,
                plan: own.plan,
                plan_grace_until: own.plan_grace_until.map(Time),
                over,
            })
        };
        self.with_store(read).await
    }
}

/// The organisation, and what it has more of than its plan lets it.
fn over_plan(
    conn: &mut Conn,
    id: OrganisationId,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<(Organisation, Vec<OverView>), StoreError> {
    let missing = || StoreError::NotFound { what: Record::Organisation, name: id.to_string() };
    let own = organisation::find(conn, id)?.ok_or_else(missing)?;
    let plan = plan::find_of(conn, &own)?;
    let over = plan::list_over(conn, &own, &plan, now)?;
    Ok((own, over.into_iter().map(OverView::from).collect()))
}

fn terms(
    conn: &mut Conn,
    organisation: OrganisationId,
    (now, days): (chrono::DateTime<chrono::Utc>, u32),
) -> Result<Terms, StoreError> {
    let policy = organisation::find(conn, organisation)?.map(|found| found.policy).unwrap_or_default();
    let max_age = policy.max_age_seconds.and_then(TimeDelta::try_seconds);
    let [counted_since, acts_counted_since] = counted_since(conn)?;
    Ok(Terms { now, days, max_age, counted_since, acts_counted_since })
}

fn days(query: &mut Query) -> u32 {
    let days = query.take_word::<u32>("days", "the numbers of days").unwrap_or(DAYS);
    if !(1..=MOST_DAYS).contains(&days) {
        query.fault("days", FaultCode::InvalidField, format!("`days` is from 1 to {MOST_DAYS}"), None);
    }
    days.clamp(1, MOST_DAYS)
}
