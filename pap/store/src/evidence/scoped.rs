//! The same of one organisation, or of all: credentials, contacts and what they were told, callers, decisions.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::dsl::{count_star, max, min};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};

use super::REGISTER;
use crate::audit::AuditEvent;
use crate::conn::{Conn, on};
use crate::contact::ContactState;
use crate::credential::{CredentialKind, CredentialState};
use crate::delivery::DeliveryState;
use crate::error::StoreError;
use crate::id::{KeyId, OrganisationId};
use crate::schema::{
    audit_checkpoints, audit_entries, contacts, credential_callers, credentials, decisions, deliveries, keys, outbox,
    persons, usage,
};
use crate::usage::{Granularity, UsageCounts};
use crate::value::{At, MaybeAt, column};

/// Ids in one statement.
const AT_ONCE: usize = 500;

/// A stretch of time: from the first moment, up to the second and without it.
pub type Period = (DateTime<Utc>, DateTime<Utc>);

/// A credential, as far as an assessor asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = credentials)]
pub struct CredentialFacts {
    /// Its id.
    pub id: String,
    /// The key that it presents.
    pub key_id: KeyId,
    /// How it is presented.
    pub kind: CredentialKind,
    /// Where it is in its life.
    pub state: CredentialState,
    /// When it was made.
    #[diesel(deserialize_as = At)]
    pub created_at: DateTime<Utc>,
    /// When its owner collected it, where it waited for that.
    #[diesel(deserialize_as = MaybeAt)]
    pub collected_at: Option<DateTime<Utc>>,
}

/// Credentials after one of them in the order of their ids, at most `most`.
pub fn list_credentials(
    conn: &mut Conn,
    organisation: Option<OrganisationId>,
    after: &str,
    most: u32,
) -> Result<Vec<CredentialFacts>, StoreError> {
    let rows = credentials::table.inner_join(keys::table).filter(credentials::id.gt(after));
    let (of_any, own) = narrowed(organisation);
    let rows = rows.filter(keys::organisation_id.eq(own).or(of_any));
    let rows = rows.order(credentials::id).limit(most.into());
    Ok(on!(conn, c => rows.select(CredentialFacts::as_select()).load(c))?)
}

/// Contacts by whether they are told anything.
pub fn count_contacts(
    conn: &mut Conn,
    organisation: Option<OrganisationId>,
) -> Result<BTreeMap<ContactState, i64>, StoreError> {
    let (of_any, own) = narrowed(organisation);
    let rows = contacts::table.filter(contacts::organisation_id.eq(own).or(of_any));
    let rows = rows.group_by(contacts::state).select((contacts::state, count_star()));
    Ok(on!(conn, c => rows.load::<(ContactState, i64)>(c))?.into_iter().collect())
}

/// Deliveries that were begun in a stretch of time, by how far they are.
pub fn count_deliveries(
    conn: &mut Conn,
    organisation: Option<OrganisationId>,
    (from, before): Period,
) -> Result<BTreeMap<DeliveryState, i64>, StoreError> {
    let (of_any, own) = narrowed(organisation);
    let rows = deliveries::table.filter(deliveries::organisation_id.eq(own).or(of_any));
    let rows = rows.filter(deliveries::created_at.ge(column(from))).filter(deliveries::created_at.lt(column(before)));
    let rows = rows.group_by(deliveries::state).select((deliveries::state, count_star()));
    Ok(on!(conn, c => rows.load::<(DeliveryState, i64)>(c))?.into_iter().collect())
}

/// Notices that fell due in a stretch of time, by their kind.
pub fn count_notices(
    conn: &mut Conn,
    organisation: Option<OrganisationId>,
    (from, before): Period,
) -> Result<BTreeMap<String, i64>, StoreError> {
    let (of_any, own) = narrowed(organisation);
    let rows = outbox::table.filter(outbox::organisation_id.eq(own).or(of_any));
    let rows = rows.filter(outbox::due_at.ge(column(from))).filter(outbox::due_at.lt(column(before)));
    let rows = rows.group_by(outbox::kind).select((outbox::kind, count_star()));
    Ok(on!(conn, c => rows.load::<(String, i64)>(c))?.into_iter().collect())
}

/// How many addresses of callers are kept in full, and since when the oldest of them.
pub fn find_callers(
    conn: &mut Conn,
    organisation: Option<OrganisationId>,
) -> Result<(i64, Option<DateTime<Utc>>), StoreError> {
    let (of_any, own) = narrowed(organisation);
    let rows = credential_callers::table.inner_join(credentials::table.inner_join(keys::table));
    let rows = rows.filter(keys::organisation_id.eq(own).or(of_any));
    let rows = rows.select((count_star(), min(credential_callers::last_seen_at)));
    let (count, oldest): (i64, Option<NaiveDateTime>) = on!(conn, c => rows.first(c))?;
    Ok((count, oldest.map(|at| at.and_utc())))
}

/// How many entries of the log of decisions have the address of a caller in full, and when the oldest of them was decided.
pub fn find_logged_addresses(
    conn: &mut Conn,
    organisation: Option<&str>,
) -> Result<(i64, Option<DateTime<Utc>>), StoreError> {
    let (of_any, own) = (organisation.is_none().into_sql::<Bool>(), organisation.unwrap_or_default());
    // One that was cut is written as a network; what is null is none.
    let rows = decisions::table.filter(decisions::address.not_like("%/%"));
    let rows = rows.filter(decisions::organisation.eq(own).or(of_any));
    let rows = rows.select((count_star(), min(decisions::at)));
    let (count, oldest): (i64, Option<NaiveDateTime>) = on!(conn, c => rows.first(c))?;
    Ok((count, oldest.map(|at| at.and_utc())))
}

/// How many of some people were forgotten, by their ids.
pub fn count_forgotten(conn: &mut Conn, people: &BTreeSet<String>) -> Result<i64, StoreError> {
    let mut all = 0;
    let people: Vec<_> = people.iter().collect();
    for some in people.chunks(AT_ONCE) {
        let rows = persons::table.filter(persons::id.eq_any(some)).filter(persons::destroyed_at.is_not_null());
        all += on!(conn, c => rows.count().get_result::<i64>(c))?;
    }
    Ok(all)
}

/// Checkpoints that were signed in a stretch of time.
pub fn count_checkpoints(conn: &mut Conn, (from, before): Period) -> Result<i64, StoreError> {
    let rows = audit_checkpoints::table.filter(audit_checkpoints::at.ge(column(from)));
    let rows = rows.filter(audit_checkpoints::at.lt(column(before))).count();
    Ok(on!(conn, c => rows.get_result(c))?)
}

/// When keys were last made, changed or renewed, by their ids.
pub fn list_touched(
    conn: &mut Conn,
    organisation: Option<OrganisationId>,
) -> Result<Vec<(String, DateTime<Utc>)>, StoreError> {
    let (of_any, own) = narrowed(organisation);
    let rows = audit_entries::table.filter(audit_entries::organisation_id.eq(own).or(of_any));
    let rows = rows.filter(audit_entries::event.eq_any(TOUCHES));
    let rows = rows.group_by(audit_entries::target_id).select((audit_entries::target_id, max(audit_entries::at)));
    let found: Vec<(String, Option<NaiveDateTime>)> = on!(conn, c => rows.load(c))?;
    Ok(found.into_iter().filter_map(|(id, at)| Some((id, at?.and_utc()))).collect())
}

/// What somebody who looks at a key does to it.
const TOUCHES: [AuditEvent; 6] = [
    AuditEvent::KeyCreated,
    AuditEvent::KeyChanged,
    AuditEvent::KeyRotated,
    AuditEvent::RotationCollected,
    AuditEvent::KeySuspended,
    AuditEvent::KeyResumed,
];

/// Rows of the tables of the [register](super::REGISTER): of an organisation those that are its own. What is nobody's is
/// counted for all alone.
pub fn count_register_rows(
    conn: &mut Conn,
    organisation: Option<&(OrganisationId, String)>,
) -> Result<BTreeMap<&'static str, i64>, StoreError> {
    #[derive(QueryableByName)]
    struct Counted {
        #[diesel(sql_type = BigInt)]
        rows: i64,
    }
    let mut counts = BTreeMap::new();
    for table in REGISTER.iter().map(|field| field.table) {
        if counts.contains_key(table) {
            continue;
        }
        let Some(condition) = condition(table, organisation) else { continue };
        let counting = format!("SELECT count(*) AS rows FROM {table} WHERE {condition}");
        let counted: Counted = on!(conn, c => diesel::sql_query(&counting).get_result(c))?;
        counts.insert(table, counted.rows);
    }
    Ok(counts)
}

/// Which rows of a table are an organisation's own. An id and a name of an organisation hold nothing that could end a
/// text of SQL.
fn condition(table: &str, organisation: Option<&(OrganisationId, String)>) -> Option<String> {
    let Some((id, name)) = organisation else { return Some("1 = 1".to_owned()) };
    let keys = format!("(SELECT id FROM keys WHERE organisation_id = '{id}')");
    Some(match table {
        "keys" | "audit_entries" | "contacts" | "outbox" | "deliveries" | "anomalies" | "reviews" | "limits" => {
            format!("organisation_id = '{id}'")
        }
        "credentials" | "watches" => format!("key_id IN {keys}"),
        "credential_callers" => format!("credential_id IN (SELECT id FROM credentials WHERE key_id IN {keys})"),
        "review_items" => format!("review_id IN (SELECT id FROM reviews WHERE organisation_id = '{id}')"),
        "idempotency" => format!("caller IN {keys}"),
        "usage_distinct" | "decisions" => format!("organisation = '{}'", name.replace('\'', "''")),
        _ => return None,
    })
}

/// Decisions of whole days (UTC), summed up: `organisation` is a name.
pub fn sum_usage(
    conn: &mut Conn,
    organisation: Option<&str>,
    (from, before): Period,
) -> Result<UsageCounts, StoreError> {
    let of_any = organisation.is_none().into_sql::<Bool>();
    let rows = usage::table.filter(usage::granularity.eq(Granularity::Day));
    let rows = rows.filter(usage::starts_at.ge(Granularity::Day.start(from.timestamp())));
    let rows = rows.filter(usage::starts_at.lt(before.timestamp()));
    let rows = rows.filter(usage::organisation.eq(organisation.unwrap_or_default()).or(of_any));
    let rows = rows.select((
        usage::requests,
        usage::permits,
        usage::denials,
        usage::not_applicable,
        usage::errors,
        usage::cost,
    ));
    let found: Vec<(i64, i64, i64, i64, i64, i64)> = on!(conn, c => rows.load(c))?;
    let mut sum = UsageCounts::default();
    for (requests, permits, denials, not_applicable, errors, cost) in found {
        sum.add(&UsageCounts { requests, permits, denials, not_applicable, errors, cost });
    }
    Ok(sum)
}

/// Whether rows of any organisation are wanted, and else of which.
pub(super) fn narrowed(organisation: Option<OrganisationId>) -> (diesel::dsl::AsExprOf<bool, Bool>, String) {
    (organisation.is_none().into_sql::<Bool>(), organisation.map(|id| id.to_string()).unwrap_or_default())
}
