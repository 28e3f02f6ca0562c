//! `organisations`: the first level of every resource path, and a policy domain each.

use chrono::{DateTime, Utc};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::sql_types::Text;
use serde::{Deserialize, Serialize};

use crate::act::Act;
use crate::anomaly::{AnomalyDetector, Response, Severity};
use crate::audit::{AuditEvent, Entry, Target, TargetKind, View};
use crate::change::{self, ChangeKind};
use crate::conditions::Conditions;
use crate::conn::{Conn, on};
use crate::error::{OrTaken, Record, StoreError};
use crate::holiday::Holiday;
use crate::id::OrganisationId;
use crate::outbox::{self, NoticeKind};
use crate::page::{Page, PageSize};
use crate::plan::{self, GRACE, Over};
use crate::schema::organisations;
use crate::value::{At, MaybeAt, column, set, text_out};

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = organisations)]
pub struct Organisation {
    /// Its id.
    pub id: OrganisationId,
    /// Its segment in resource paths, unlike any other's.
    pub name: String,
    /// What people call it.
    pub display_name: Option<String>,
    /// What every key of it must meet.
    pub conditions: Conditions,
    /// When it was made.
    #[diesel(deserialize_as = At)]
    pub created_at: DateTime<Utc>,
    /// What it asks of the life of its keys.
    pub policy: OrganisationPolicy,
    /// Higher after every change.
    pub generation: i64,
    /// Whose days and months its quotas follow: a name of the time zone database.
    pub time_zone: String,
    /// The name of its plan.
    pub plan: String,
    /// Until when what was over its plan when it got it stays as it was; none where nothing was.
    #[diesel(deserialize_as = MaybeAt)]
    pub plan_grace_until: Option<DateTime<Utc>>,
}

impl Organisation {
    /// Whether what is over its plan stays as it was.
    pub fn is_in_grace(&self, at: DateTime<Utc>) -> bool {
        self.plan_grace_until.is_some_and(|until| at < until)
    }

    /// The organisation as the target of an act.
    pub fn target(&self) -> Target {
        Target::new(TargetKind::Organisation, &self.id, &self.name)
    }

    fn view(&self) -> View {
        let view = View::default().with("name", &self.name).with("display_name", &self.display_name);
        let view = view.with("conditions", &self.conditions).with("policy", &self.policy);
        let view = view.with("time_zone", &self.time_zone).with("plan", &self.plan);
        view.with("plan_grace_until", self.plan_grace_until)
    }
}

/// What an organisation asks of the life of its keys. What isn't set isn't asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
#[serde(default, deny_unknown_fields)]
pub struct OrganisationPolicy {
    /// How old a key may become.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_age_seconds: Option<i64>,
    /// How long a key may be unused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_idle_seconds: Option<i64>,
    /// How often a key gets a new secret, where the key doesn't say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotation_interval_seconds: Option<i64>,
    /// How long an older secret is good beside a new one, where the key doesn't say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grace_seconds: Option<i64>,
    /// What is done about anomalies without anybody's asking. Of several that apply, the strongest is done.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub responses: Vec<ResponseRule>,
    /// Days on which its keys rest: silence and an unusual volume are told of none of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub holidays: Vec<Holiday>,
}

/// What is done about anomalies of one detector, or of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResponseRule {
    /// Of this detector; none: of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detector: Option<AnomalyDetector>,
    /// From this severity on.
    pub severity: Severity,
    /// What is done.
    pub response: Response,
}

impl OrganisationPolicy {
    /// What is done about an anomaly: whoever answers for the key is told in any case.
    pub fn response_to(&self, detector: AnomalyDetector, severity: Severity) -> Response {
        let applies =
            |rule: &&ResponseRule| rule.detector.is_none_or(|own| own == detector) && severity >= rule.severity;
        let strongest = self.responses.iter().filter(applies).map(|rule| rule.response).max();
        strongest.unwrap_or(Response::Notify)
    }
}

text_out!(OrganisationPolicy, policy => serde_json::to_string(policy)?);

impl<DB: Backend> FromSql<Text, DB> for OrganisationPolicy
where
    String: FromSql<Text, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(serde_json::from_str(&String::from_sql(value)?)?)
    }
}

/// An organisation to be made.
#[derive(Debug, Clone)]
pub struct NewOrganisation {
    /// Its id, from [`OrganisationId::new`].
    pub id: OrganisationId,
    /// Its segment in resource paths.
    pub name: String,
    /// What people call it.
    pub display_name: Option<String>,
    /// What every key of it must meet.
    pub conditions: Conditions,
    /// What it asks of the life of its keys.
    pub policy: OrganisationPolicy,
    /// Whose days and months its quotas follow: a name of the time zone database.
    pub time_zone: String,
}

/// Makes an organisation, with its audit entry and its line in the change feed. A taken name is
/// [`StoreError::AlreadyExists`].
pub fn create(conn: &mut Conn, act: &Act, new: &NewOrganisation) -> Result<Organisation, StoreError> {
    conn.write(|conn| {
        let row = (
            organisations::id.eq(new.id),
            organisations::name.eq(&new.name),
            organisations::display_name.eq(&new.display_name),
            organisations::conditions.eq(&new.conditions),
            organisations::created_at.eq(column(act.at)),
            organisations::policy.eq(&new.policy),
            organisations::generation.eq(1),
            organisations::time_zone.eq(&new.time_zone),
        );
        on!(conn, c => diesel::insert_into(organisations::table).values(row).execute(c))
            .or_taken(Record::Organisation, &new.name)?;
        let made = find(conn, new.id)?.ok_or_else(|| StoreError::not_found(Record::Organisation, new.id))?;
        let entry = Entry::new(AuditEvent::OrganisationCreated, made.target()).made(made.view());
        change::append(conn, act, ChangeKind::Organisation, &new.id, &entry)?;
        Ok(made)
    })
}

/// What becomes of an organisation. What is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrganisationChange {
    /// What people call it; `Some(None)` for nothing but its name.
    pub display_name: Option<Option<String>>,
    /// What every key of it must meet.
    pub conditions: Option<Conditions>,
    /// What it asks of the life of its keys.
    pub policy: Option<OrganisationPolicy>,
    /// Whose days and months its quotas follow.
    pub time_zone: Option<String>,
    /// The name of its plan.
    pub plan: Option<String>,
}

/// Changes the organisation of the act, with its audit entry and its line in the change feed: all or none. A change to
/// what it is already makes neither.
///
/// A caller who says which generation he has seen gets [`StoreError::Stale`] where there is a newer one. Of another plan,
/// whoever answers for keys of the organisation is told what is over it, and until when that stays as it was.
pub fn change(
    conn: &mut Conn,
    act: &Act,
    change: &OrganisationChange,
    seen: Option<i64>,
) -> Result<Option<Organisation>, StoreError> {
    conn.write(|conn| {
        let Some(before) = find(conn, act.organisation)? else { return Ok(None) };
        if seen.is_some_and(|seen| seen != before.generation) {
            return Err(StoreError::Stale { what: Record::Organisation, found: before.generation });
        }
        let mut after = before.clone();
        set(&mut after.display_name, change.display_name.as_ref());
        set(&mut after.conditions, change.conditions.as_ref());
        set(&mut after.policy, change.policy.as_ref());
        set(&mut after.time_zone, change.time_zone.as_ref());
        let over = change_plan(conn, act, &mut after, change.plan.as_ref())?;
        if after == before {
            return Ok(Some(before));
        }
        let columns = (
            organisations::display_name.eq(&after.display_name),
            organisations::conditions.eq(&after.conditions),
            organisations::policy.eq(&after.policy),
            organisations::time_zone.eq(&after.time_zone),
            organisations::plan.eq(&after.plan),
            organisations::plan_grace_until.eq(after.plan_grace_until.map(column)),
            organisations::generation.eq(organisations::generation + 1),
        );
        on!(conn, c => diesel::update(organisations::table.find(after.id)).set(columns).execute(c))?;
        let entry = Entry::new(AuditEvent::OrganisationChanged, after.target());
        let entry = entry.changed(&before.view(), &after.view());
        change::append(conn, act, ChangeKind::Organisation, &after.id, &entry)?;
        if !over.is_empty() {
            let occasion = format!("{}", after.generation);
            outbox::tell_of_plan(conn, act.at, &after, (NoticeKind::PlanLowered, &occasion), &over)?;
        }
        find(conn, after.id)
    })
}

/// Gives it another plan. What is over that one.
fn change_plan(
    conn: &mut Conn,
    act: &Act,
    of: &mut Organisation,
    name: Option<&String>,
) -> Result<Vec<Over>, StoreError> {
    let Some(name) = name.filter(|name| **name != of.plan) else { return Ok(Vec::new()) };
    let plan = plan::find(conn, name)?.ok_or_else(|| StoreError::not_found(Record::Plan, name))?;
    let over = plan::list_over(conn, of, &plan, act.at)?;
    of.plan.clone_from(name);
    of.plan_grace_until = (!over.is_empty()).then(|| column(act.at + GRACE).and_utc());
    Ok(over)
}

/// The organisation with this id.
pub fn find(conn: &mut Conn, id: OrganisationId) -> Result<Option<Organisation>, StoreError> {
    let found = organisations::table.find(id);
    Ok(on!(conn, c => found.select(Organisation::as_select()).first(c).optional())?)
}

/// The organisation with this name.
pub fn find_by_name(conn: &mut Conn, name: &str) -> Result<Option<Organisation>, StoreError> {
    let found = organisations::table.filter(organisations::name.eq(name));
    Ok(on!(conn, c => found.select(Organisation::as_select()).first(c).optional())?)
}

/// The organisations whose grace ends, or ended, after a time.
pub fn list_in_grace(conn: &mut Conn, after: DateTime<Utc>) -> Result<Vec<Organisation>, StoreError> {
    let rows = organisations::table.filter(organisations::plan_grace_until.gt(column(after)));
    let rows = rows.order(organisations::id);
    Ok(on!(conn, c => rows.select(Organisation::as_select()).load(c))?)
}

/// A page of all organisations, beginning after one of them.
pub fn list(conn: &mut Conn, after: Option<OrganisationId>, size: PageSize) -> Result<Page<Organisation>, StoreError> {
    on!(conn, c => {
        let mut rows = organisations::table.select(Organisation::as_select()).into_boxed();
        if let Some(after) = after {
            rows = rows.filter(organisations::id.gt(after));
        }
        Ok(size.cut(rows.order(organisations::id).limit(size.rows()).load(c)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_response_that_applies_is_the_one() {
        let rule = |detector, severity, response| ResponseRule { detector, severity, response };
        let of = AnomalyDetector::SharedKey;
        let responses = vec![
            rule(Some(of), Severity::Critical, Response::Revoke),
            rule(None, Severity::High, Response::Suspend),
            rule(Some(AnomalyDetector::Dormant), Severity::Low, Response::Rotate),
        ];
        let policy = OrganisationPolicy { responses, ..OrganisationPolicy::default() };
        assert_eq!(policy.response_to(of, Severity::Critical), Response::Revoke);
        assert_eq!(policy.response_to(of, Severity::High), Response::Suspend);
        assert_eq!(policy.response_to(of, Severity::Medium), Response::Notify);
        assert_eq!(policy.response_to(AnomalyDetector::Dormant, Severity::Medium), Response::Rotate);
    }
}
