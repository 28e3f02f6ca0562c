//! `decisions`, `policy_sets`: decisions as far as they are logged, and the policies that they were made by.
//!
//! A decision has its id from whoever made it: one that is added twice is there once. What stands in requests and
//! responses is none of the store's business, and holds no credential when it comes here.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use crate::conn::{Conn, on};
use crate::error::StoreError;
use crate::id::KeyId;
use crate::page::{Page, PageSize};
use crate::schema::{decisions, policy_documents, policy_sets};
use crate::setting;
use crate::value::{At, column};

/// The setting that says up to which id decisions have no address in full any more.
pub const ADDRESSES_CUT_UP_TO: &str = "decision_addresses_cut_up_to";

/// Rows of one statement: far below the number of values that either database takes at once.
const ROWS: usize = 200;

/// A decision.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = decisions)]
pub struct Decision {
    /// That of the answer; with `/n` behind it for the n-th result of several.
    pub id: String,
    /// When it was asked for.
    #[diesel(deserialize_as = At)]
    pub at: DateTime<Utc>,
    /// The organisation that decided, by its name.
    pub organisation: String,
    /// By which door it was asked for.
    pub door: String,
    /// The enforcement point's key.
    pub caller_key_id: KeyId,
    /// The key that was presented, where it is known.
    pub key_id: Option<KeyId>,
    /// What was answered.
    pub decision: String,
    /// Why it is no Permit.
    pub reason: Option<String>,
    /// The action.
    pub action: Option<String>,
    /// The resource.
    pub resource: Option<String>,
    /// The client's address.
    pub address: Option<String>,
    /// How long it took, from the arrival of the request.
    pub microseconds: i64,
    /// The identifier of the root policy.
    pub policy_id: String,
    /// Its version.
    pub policy_version: String,
    /// The digest of all policies that were in force.
    pub policy_set: String,
    /// Whether policies were asked: a refused credential and a passed limit are decided without them.
    pub is_evaluated: bool,
    /// The request as policies saw it, in the form of the JSON Profile.
    pub request: String,
    /// What they answered, in that form.
    pub response: String,
    /// Ids of the attributes that were left out of the request, as a JSON array.
    pub redacted: String,
}

/// Policies that were in force together: the digest of the text at each path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicySet {
    /// What tells it from every other.
    pub digest: String,
    /// Its members, as JSON: `[[path, digest], …]`.
    pub members: String,
}

/// Which decisions a list holds. What is `None` doesn't narrow it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DecisionFilter {
    /// Those of this organisation.
    pub organisation: Option<String>,
    /// Those about this key.
    pub key: Option<KeyId>,
    /// Those with this answer, such as `Deny`.
    pub decision: Option<String>,
    /// Those with this reason.
    pub reason: Option<String>,
    /// Those asked for at this time or later.
    pub from: Option<DateTime<Utc>>,
    /// Those asked for before this time.
    pub before: Option<DateTime<Utc>>,
}

/// A row as it is written.
#[derive(Insertable)]
#[diesel(table_name = decisions)]
struct Row<'r> {
    id: &'r str,
    at: NaiveDateTime,
    organisation: &'r str,
    door: &'r str,
    caller_key_id: KeyId,
    key_id: Option<KeyId>,
    decision: &'r str,
    reason: Option<&'r str>,
    action: Option<&'r str>,
    resource: Option<&'r str>,
    address: Option<&'r str>,
    microseconds: i64,
    policy_id: &'r str,
    policy_version: &'r str,
    policy_set: &'r str,
    is_evaluated: bool,
    request: &'r str,
    response: &'r str,
    redacted: &'r str,
}

/// Adds decisions, and the sets of policies that they were made by. What is there stays as it is.
pub fn add(conn: &mut Conn, rows: &[Decision], sets: &[PolicySet]) -> Result<(), StoreError> {
    for set in sets {
        let row = (policy_sets::digest.eq(&set.digest), policy_sets::members.eq(&set.members));
        on!(conn, c => diesel::insert_into(policy_sets::table).values(row).on_conflict_do_nothing().execute(c))?;
    }
    for decision in rows {
        let row = Row::from(decision);
        on!(conn, c => diesel::insert_into(decisions::table).values(row).on_conflict_do_nothing().execute(c))?;
    }
    Ok(())
}

/// A decision by its id.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Decision>, StoreError> {
    Ok(on!(conn, c => decisions::table.find(id).select(Decision::as_select()).first(c).optional())?)
}

/// A page of the decisions that the filter lets through, the newest first, beginning before one of them.
pub fn list(
    conn: &mut Conn,
    filter: &DecisionFilter,
    before: Option<&str>,
    size: PageSize,
) -> Result<Page<Decision>, StoreError> {
    on!(conn, c => {
        let mut rows = decisions::table.select(Decision::as_select()).into_boxed();
        if let Some(organisation) = &filter.organisation {
            rows = rows.filter(decisions::organisation.eq(organisation));
        }
        if let Some(key) = filter.key {
            rows = rows.filter(decisions::key_id.eq(key));
        }
        if let Some(decision) = &filter.decision {
            rows = rows.filter(decisions::decision.eq(decision));
        }
        if let Some(reason) = &filter.reason {
            rows = rows.filter(decisions::reason.eq(reason));
        }
        if let Some(from) = filter.from {
            rows = rows.filter(decisions::at.ge(column(from)));
        }
        if let Some(end) = filter.before {
            rows = rows.filter(decisions::at.lt(column(end)));
        }
        if let Some(before) = before {
            rows = rows.filter(decisions::id.lt(before));
        }
        Ok(size.cut(rows.order(decisions::id.desc()).limit(size.rows()).load(c)?))
    })
}

/// Decisions behind one of them in the order of their ids, and before an id, the oldest first.
pub fn list_between(conn: &mut Conn, (behind, before): (&str, &str), most: u32) -> Result<Vec<Decision>, StoreError> {
    let rows = decisions::table.filter(decisions::id.gt(behind)).filter(decisions::id.lt(before));
    let rows = rows.order(decisions::id).limit(most.into());
    Ok(on!(conn, c => rows.select(Decision::as_select()).load(c))?)
}

/// Puts address, request, response and what is missing of decisions in the place of what is there, and notes up to which
/// id that was done.
pub fn replace_addresses(conn: &mut Conn, changed: &[Decision], up_to: &str) -> Result<(), StoreError> {
    conn.write(|conn| {
        for of in changed {
            let parts = (
                decisions::address.eq(&of.address),
                decisions::request.eq(&of.request),
                decisions::response.eq(&of.response),
                decisions::redacted.eq(&of.redacted),
            );
            on!(conn, c => diesel::update(decisions::table.find(&of.id)).set(parts).execute(c))?;
        }
        setting::put(conn, ADDRESSES_CUT_UP_TO, up_to)
    })
}

/// A set of policies by its digest.
pub fn find_policy_set(conn: &mut Conn, digest: &str) -> Result<Option<PolicySet>, StoreError> {
    let row = policy_sets::table.find(digest).select((policy_sets::digest, policy_sets::members));
    let found: Option<(String, String)> = on!(conn, c => row.first(c).optional())?;
    Ok(found.map(|(digest, members)| PolicySet { digest, members }))
}

/// The texts that were ever in force with these digests.
pub fn find_policy_texts(conn: &mut Conn, digests: &[String]) -> Result<BTreeMap<String, String>, StoreError> {
    let mut texts = BTreeMap::new();
    for chunk in digests.chunks(ROWS) {
        let rows = policy_documents::table.filter(policy_documents::digest.eq_any(chunk));
        let rows = rows.select((policy_documents::digest, policy_documents::text));
        let found: Vec<(String, String)> = on!(conn, c => rows.load(c))?;
        texts.extend(found);
    }
    Ok(texts)
}

/// Forgets decisions that were asked for before a time, at most `most` of them. How many.
pub fn forget(conn: &mut Conn, before: DateTime<Utc>, most: u32) -> Result<usize, StoreError> {
    conn.write(|conn| {
        let old = decisions::table.filter(decisions::at.lt(column(before))).order(decisions::at);
        let old = old.limit(most.into()).select(decisions::id);
        let old: Vec<String> = on!(conn, c => old.load(c))?;
        remove(conn, &old)
    })
}

/// The same, of some organisations only, by their names.
pub fn forget_of(
    conn: &mut Conn,
    organisations: &[String],
    before: DateTime<Utc>,
    most: u32,
) -> Result<usize, StoreError> {
    conn.write(|conn| {
        let old = decisions::table.filter(decisions::organisation.eq_any(organisations));
        let old = old.filter(decisions::at.lt(column(before))).order(decisions::at);
        let old = old.limit(most.into()).select(decisions::id);
        let old: Vec<String> = on!(conn, c => old.load(c))?;
        remove(conn, &old)
    })
}

fn remove(conn: &mut Conn, ids: &[String]) -> Result<usize, StoreError> {
    let mut removed = 0;
    for chunk in ids.chunks(ROWS) {
        let rows = decisions::table.filter(decisions::id.eq_any(chunk));
        removed += on!(conn, c => diesel::delete(rows).execute(c))?;
    }
    Ok(removed)
}

impl<'r> From<&'r Decision> for Row<'r> {
    fn from(of: &'r Decision) -> Self {
        Self {
            id: &of.id,
            at: column(of.at),
            organisation: &of.organisation,
            door: &of.door,
            caller_key_id: of.caller_key_id,
            key_id: of.key_id,
            decision: &of.decision,
            reason: of.reason.as_deref(),
            action: of.action.as_deref(),
            resource: of.resource.as_deref(),
            address: of.address.as_deref(),
            microseconds: of.microseconds,
            policy_id: &of.policy_id,
            policy_version: &of.policy_version,
            policy_set: &of.policy_set,
            is_evaluated: of.is_evaluated,
            request: &of.request,
            response: &of.response,
            redacted: &of.redacted,
        }
    }
}
