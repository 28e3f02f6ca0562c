//! A review of access and the keys in it, as they are shown.

use argus_engine::scope::Scope;
use argus_store::key::{self, KeyState};
use argus_store::review::{Review, ReviewCounts, ReviewItem, ReviewState, ReviewVerdict};
use argus_store::{Actor, Conn, KeyId, ReviewId, StoreError};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Time, words};

/// A review of what the keys of an organisation grant.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Review)]
pub struct ReviewView {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: ReviewId,
    /// The organisation whose keys are looked at.
    organisation: String,
    /// Where it is.
    #[schema(schema_with = words::review_state)]
    state: ReviewState,
    /// When it was started.
    started_at: Time,
    /// Whose key started it, by its name; `host` for the machine itself.
    started_by: String,
    /// When it was signed, or another was started in its place.
    ended_at: Option<Time>,
    /// Whose key did that.
    ended_by: Option<String>,
    /// What whoever signed has said.
    statement: Option<String>,
    /// Keys that are looked at.
    keys: i64,
    /// Those of which nothing was said yet.
    pub undecided: i64,
    /// Those to be kept as they are.
    keep: i64,
    /// Those that grant too much.
    narrow: i64,
    /// Those that are needed no more.
    revoke: i64,
    /// Those to be narrowed or revoked that aren't yet.
    pending: usize,
}

impl ReviewView {
    pub(crate) fn new(
        review: Review,
        (started_by, ended_by): (String, Option<String>),
        counts: ReviewCounts,
        to_do: &[ReviewItem],
    ) -> Self {
        Self {
            id: review.id,
            organisation: review.organisation_name,
            state: review.state,
            started_at: Time(review.started_at),
            started_by,
            ended_at: review.ended_at.map(Time),
            ended_by,
            statement: review.statement,
            keys: counts.keys(),
            undecided: counts.undecided,
            keep: counts.keep,
            narrow: counts.narrow,
            revoke: counts.revoke,
            pending: to_do.iter().filter(|item| carried_out(item) == CarriedOut::Pending).count(),
        }
    }
}

/// A key of a review: as it was when it was looked at, what was said of it, and what became of that.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ReviewKey)]
pub struct ReviewItemView {
    /// The key.
    #[schema(value_type = String, format = Uuid)]
    key_id: KeyId,
    /// Where it was and what it was called, such as `acme/atlas/reader`.
    key_path: String,
    /// Who answered for it.
    owner: String,
    /// Where it was in its life.
    #[schema(schema_with = words::key_state)]
    state: KeyState,
    /// What it granted.
    scopes: Vec<String>,
    /// When it was to end; null: never.
    expires_at: Option<Time>,
    /// When it had last been used; null: never.
    last_used_at: Option<Time>,
    /// What was said of it; null: nothing yet.
    #[schema(schema_with = words::review_verdict)]
    verdict: Option<ReviewVerdict>,
    /// Why.
    reason: Option<String>,
    /// When.
    decided_at: Option<Time>,
    /// Whose key said it, by its name.
    decided_by: Option<String>,
    /// Where the key is in its life now.
    #[schema(schema_with = words::key_state)]
    state_now: KeyState,
    /// What it grants now.
    scopes_now: Vec<String>,
    /// What became of the verdict.
    carried_out: CarriedOut,
}

/// What became of a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CarriedOut {
    /// There is none yet.
    Undecided,
    /// The key is kept: there is nothing to do.
    NothingToDo,
    /// The key is to be narrowed or revoked, and isn't.
    Pending,
    /// It is.
    Done,
}

impl ReviewItemView {
    pub(crate) fn new(item: ReviewItem, decided_by: Option<String>) -> Self {
        Self {
            carried_out: carried_out(&item),
            key_id: item.key_id,
            key_path: item.key_path,
            owner: item.owner,
            state: item.state,
            scopes: item.scopes,
            expires_at: item.expires_at.map(Time),
            last_used_at: item.last_used_at.map(Time),
            verdict: item.verdict,
            reason: item.reason,
            decided_at: item.decided_at.map(Time),
            decided_by,
            state_now: item.state_now,
            scopes_now: item.scopes_now,
        }
    }
}

/// What became of what was said of a key, by what it is now. A key that has ended is narrowed, too.
pub(crate) fn carried_out(item: &ReviewItem) -> CarriedOut {
    let Some(verdict) = item.verdict else { return CarriedOut::Undecided };
    let has_ended = item.state_now.has_ended();
    match verdict {
        ReviewVerdict::Keep => CarriedOut::NothingToDo,
        ReviewVerdict::Narrow if has_ended || is_narrower(&item.scopes_now, &item.scopes) => CarriedOut::Done,
        ReviewVerdict::Revoke if has_ended => CarriedOut::Done,
        _ => CarriedOut::Pending,
    }
}

/// Whether some scopes allow nothing that others don't, and less than those.
fn is_narrower(now: &[String], then: &[String]) -> bool {
    let within = |some: &[String], others: &[String]| {
        let others: Vec<Scope> = others.iter().filter_map(|text| Scope::parse(text).ok()).collect();
        some.iter()
            .all(|text| Scope::parse(text).is_ok_and(|scope| others.iter().any(|other| other.covers_scope(&scope))))
    };
    within(now, then) && !within(then, now)
}

/// Who acted: the name of his key, else `host`, `argus` or `nobody`.
pub(crate) fn actor_in_words(conn: &mut Conn, actor: Actor) -> Result<String, StoreError> {
    let Actor::Key(id) = actor else { return Ok(actor.to_string()) };
    Ok(key::find(conn, id)?.map_or_else(|| id.to_string(), |key| key.path()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn less_is_less_and_something_else_is_not() {
        let narrower = |now: &[&str], then: &[&str]| {
            let owned = |scopes: &[&str]| scopes.iter().map(|scope| (*scope).to_owned()).collect::<Vec<_>>();
            is_narrower(&owned(now), &owned(then))
        };
        assert!(narrower(&["acme/atlas/evidence:read"], &["acme/atlas:read"]));
        assert!(narrower(&["acme/atlas:read"], &["acme/atlas:read", "acme/atlas:write"]));
        assert!(narrower(&[], &["acme/atlas:read"]), "nothing at all is less");
        assert!(!narrower(&["acme/atlas:read"], &["acme/atlas:read"]), "the same");
        assert!(!narrower(&["acme/atlas/evidence:read", "acme/atlas:read"], &["acme/atlas:read"]), "the same, longer");
        assert!(!narrower(&["acme/other:read"], &["acme/atlas:read"]), "another thing");
        assert!(!narrower(&["acme:read"], &["acme/atlas:read"]), "more");
    }
}
