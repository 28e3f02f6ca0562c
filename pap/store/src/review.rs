//! `reviews`: somebody looks at what the keys of an organisation grant, says of each whether it is to be kept, narrowed or
//! revoked, and signs.
//!
//! What was looked at is written down when a review starts, and again for a key that is decided about by itself. One
//! review of an organisation is open at most. A signed one changes no more: the audit's entry of the signature has a
//! [`digest`] of what was signed, against which it can be held ever after.

mod decide;
mod item;
mod sign;

use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;

pub use decide::{Subject, decide};
pub use item::{ReviewItem, list_items, list_to_do};
pub use sign::{digest, find_signed_digest, sign};

use crate::act::{Act, Actor};
use crate::audit::{self, AuditEvent, Entry, Target, TargetKind};
use crate::conn::{Conn, on};
use crate::error::{Record, StoreError};
use crate::id::{OrganisationId, ReviewId};
use crate::key::ENDED;
use crate::page::{Page, PageSize};
use crate::schema::{organisations, review_items, reviews};
use crate::value::{At, MaybeAt, column, words};

words!(
    /// Where a review is.
    ReviewState, "state of a review", {
        /// Keys are looked at.
        Open = "open",
        /// Somebody has signed it.
        Signed = "signed",
        /// Another was started in its place.
        Replaced = "replaced",
    }
);

words!(
    /// What was said of a key.
    ReviewVerdict, "verdict", {
        /// It grants what it has to.
        Keep = "keep",
        /// It grants too much.
        Narrow = "narrow",
        /// It is needed no more.
        Revoke = "revoke",
    }
);

/// A review.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = reviews)]
pub struct Review {
    /// Its id.
    pub id: ReviewId,
    /// The organisation whose keys were looked at.
    pub organisation_id: OrganisationId,
    /// The name of that organisation.
    #[diesel(select_expression = organisations::name)]
    pub organisation_name: String,
    /// Where it is.
    pub state: ReviewState,
    /// When it was started.
    #[diesel(deserialize_as = At)]
    pub started_at: DateTime<Utc>,
    /// By whom.
    pub started_by: Actor,
    /// When it was signed, or replaced.
    #[diesel(deserialize_as = MaybeAt)]
    pub ended_at: Option<DateTime<Utc>>,
    /// By whom.
    pub ended_by: Option<Actor>,
    /// What whoever signed has said.
    pub statement: Option<String>,
}

impl Review {
    /// The review as the target of an act.
    pub fn target(&self) -> Target {
        Target::nameless(TargetKind::Review, &self.id)
    }
}

/// How many keys of a review there are, by what was said of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReviewCounts {
    /// Those of which nothing was said yet.
    pub undecided: i64,
    /// Those to be kept.
    pub keep: i64,
    /// Those to be narrowed.
    pub narrow: i64,
    /// Those to be revoked.
    pub revoke: i64,
}

impl ReviewCounts {
    /// All of them.
    pub fn keys(&self) -> i64 {
        self.undecided + self.keep + self.narrow + self.revoke
    }
}

/// Starts a review of all keys of the organisation of the act that haven't ended, with its audit entry.
///
/// Where another is open it is [`StoreError::NotPossible`], unless `replaces` says that it gives way.
pub fn start(conn: &mut Conn, act: &Act, id: ReviewId, replaces: bool) -> Result<Review, StoreError> {
    conn.write(|conn| {
        let open = find_open(conn, act.organisation)?;
        if let Some(open) = &open {
            if !replaces {
                return Err(not_possible(open, "started beside another"));
            }
            end(conn, act, open, ReviewState::Replaced, None)?;
        }
        let row = (
            reviews::id.eq(id),
            reviews::organisation_id.eq(act.organisation),
            reviews::state.eq(ReviewState::Open),
            reviews::started_at.eq(column(act.at)),
            reviews::started_by.eq(act.actor),
        );
        on!(conn, c => diesel::insert_into(reviews::table).values(row).execute(c))?;
        let keys = write_down(conn, act.organisation, id)?;
        let started = require(conn, id)?;
        let entry = Entry::new(AuditEvent::ReviewStarted, started.target()).with("keys", keys);
        let entry = entry.with("replaces", open.map(|open| open.id));
        audit::append(conn, act, &entry)?;
        Ok(started)
    })
}

/// All keys that haven't ended, as they are now. How many. Ids and states hold nothing that could end a text of SQL.
fn write_down(conn: &mut Conn, organisation: OrganisationId, id: ReviewId) -> Result<usize, StoreError> {
    let ended = ENDED.map(|state| format!("'{state}'")).join(", ");
    let statement = format!(
        "INSERT INTO review_items (review_id, key_id, key_path, owner, state, scopes, expires_at, last_used_at)
         SELECT '{id}', keys.id, organisations.name || '/' || coalesce(projects.name || '/', '') || keys.name,
                keys.owner, keys.state, keys.scopes, keys.expires_at, keys.last_used_at
         FROM keys JOIN organisations ON organisations.id = keys.organisation_id
              LEFT JOIN projects ON projects.id = keys.project_id
         WHERE keys.organisation_id = '{organisation}' AND keys.state NOT IN ({ended})"
    );
    Ok(on!(conn, c => diesel::sql_query(&statement).execute(c))?)
}

/// Ends an open review.
fn end(
    conn: &mut Conn,
    act: &Act,
    review: &Review,
    state: ReviewState,
    statement: Option<&str>,
) -> Result<(), StoreError> {
    let columns = (
        reviews::state.eq(state),
        reviews::ended_at.eq(column(act.at)),
        reviews::ended_by.eq(act.actor),
        reviews::statement.eq(statement),
    );
    let row = reviews::table.find(review.id).filter(reviews::state.eq(ReviewState::Open));
    on!(conn, c => diesel::update(row).set(columns).execute(c))?;
    Ok(())
}

/// The review with this id, of whatever organisation.
pub fn find(conn: &mut Conn, id: ReviewId) -> Result<Option<Review>, StoreError> {
    let found = reviews::table.inner_join(organisations::table).filter(reviews::id.eq(id));
    Ok(on!(conn, c => found.select(Review::as_select()).first(c).optional())?)
}

/// The open review of an organisation.
pub fn find_open(conn: &mut Conn, organisation: OrganisationId) -> Result<Option<Review>, StoreError> {
    let open = reviews::table.inner_join(organisations::table).filter(reviews::organisation_id.eq(organisation));
    let open = open.filter(reviews::state.eq(ReviewState::Open));
    Ok(on!(conn, c => open.select(Review::as_select()).first(c).optional())?)
}

/// The review of an organisation that was signed last, up to a time and without it.
pub fn find_last_signed(
    conn: &mut Conn,
    organisation: OrganisationId,
    before: DateTime<Utc>,
) -> Result<Option<Review>, StoreError> {
    let signed = reviews::table.inner_join(organisations::table).filter(reviews::organisation_id.eq(organisation));
    let signed = signed.filter(reviews::state.eq(ReviewState::Signed));
    let signed = signed.filter(reviews::ended_at.lt(column(before)));
    let signed = signed.order((reviews::ended_at.desc(), reviews::id.desc()));
    Ok(on!(conn, c => signed.select(Review::as_select()).first(c).optional())?)
}

/// Which reviews a list holds. What is `None` doesn't narrow it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReviewFilter {
    /// Those of this organisation.
    pub organisation: Option<OrganisationId>,
    /// Those in this state.
    pub state: Option<ReviewState>,
}

/// A page of the reviews that the filter lets through, the newest first, beginning before one of them.
pub fn list(
    conn: &mut Conn,
    filter: ReviewFilter,
    before: Option<ReviewId>,
    size: PageSize,
) -> Result<Page<Review>, StoreError> {
    on!(conn, c => {
        let mut rows = reviews::table.inner_join(organisations::table).select(Review::as_select()).into_boxed();
        if let Some(organisation) = filter.organisation {
            rows = rows.filter(reviews::organisation_id.eq(organisation));
        }
        if let Some(state) = filter.state {
            rows = rows.filter(reviews::state.eq(state));
        }
        if let Some(before) = before {
            rows = rows.filter(reviews::id.lt(before));
        }
        Ok(size.cut(rows.order(reviews::id.desc()).limit(size.rows()).load(c)?))
    })
}

/// How many keys a review has, by what was said of them.
pub fn count(conn: &mut Conn, id: ReviewId) -> Result<ReviewCounts, StoreError> {
    let rows = review_items::table.filter(review_items::review_id.eq(id)).group_by(review_items::verdict);
    let rows = rows.select((review_items::verdict, count_star()));
    let mut counts = ReviewCounts::default();
    for (verdict, keys) in on!(conn, c => rows.load::<(Option<ReviewVerdict>, i64)>(c))? {
        *match verdict {
            None => &mut counts.undecided,
            Some(ReviewVerdict::Keep) => &mut counts.keep,
            Some(ReviewVerdict::Narrow) => &mut counts.narrow,
            Some(ReviewVerdict::Revoke) => &mut counts.revoke,
        } = keys;
    }
    Ok(counts)
}

fn require(conn: &mut Conn, id: ReviewId) -> Result<Review, StoreError> {
    find(conn, id)?.ok_or_else(|| StoreError::not_found(Record::Review, id))
}

/// An open review of the organisation of the act; `None` where it has none of this id.
fn find_open_own(conn: &mut Conn, act: &Act, id: ReviewId, event: &'static str) -> Result<Option<Review>, StoreError> {
    let found = find(conn, id)?.filter(|found| found.organisation_id == act.organisation);
    match found {
        Some(found) if found.state != ReviewState::Open => Err(not_possible(&found, event)),
        found => Ok(found),
    }
}

fn not_possible(review: &Review, event: &'static str) -> StoreError {
    StoreError::NotPossible { what: Record::Review, state: review.state.as_str(), event }
}
