//! `review_items`: a key as it was when it was looked at, what was said of it, and how it is now.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::ReviewVerdict;
use crate::act::Actor;
use crate::conn::{Conn, on};
use crate::error::StoreError;
use crate::id::{KeyId, ReviewId};
use crate::key::KeyState;
use crate::page::{Page, PageSize};
use crate::schema::{keys, review_items};
use crate::value::{MaybeAt, Texts};

/// A key of a review.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = review_items)]
pub struct ReviewItem {
    /// The key.
    pub key_id: KeyId,
    /// Where it was and what it was called, such as `acme/atlas/reader`.
    pub key_path: String,
    /// Who answered for it.
    pub owner: String,
    /// Where it was in its life.
    pub state: KeyState,
    /// What it granted.
    #[diesel(deserialize_as = Texts)]
    pub scopes: Vec<String>,
    /// When it was to end.
    #[diesel(deserialize_as = MaybeAt)]
    pub expires_at: Option<DateTime<Utc>>,
    /// When it had last been used.
    #[diesel(deserialize_as = MaybeAt)]
    pub last_used_at: Option<DateTime<Utc>>,
    /// What was said of it.
    pub verdict: Option<ReviewVerdict>,
    /// Why.
    pub reason: Option<String>,
    /// When.
    #[diesel(deserialize_as = MaybeAt)]
    pub decided_at: Option<DateTime<Utc>>,
    /// By whom.
    pub decided_by: Option<Actor>,
    /// Where the key is in its life now.
    #[diesel(select_expression = keys::state)]
    pub state_now: KeyState,
    /// What it grants now.
    #[diesel(select_expression = keys::scopes, deserialize_as = Texts)]
    pub scopes_now: Vec<String>,
}

/// A page of the keys of a review, beginning after one of them; of those alone of which this was said, where it is told.
pub fn list_items(
    conn: &mut Conn,
    review: ReviewId,
    verdict: Option<ReviewVerdict>,
    after: Option<KeyId>,
    size: PageSize,
) -> Result<Page<ReviewItem>, StoreError> {
    on!(conn, c => {
        let rows = review_items::table.inner_join(keys::table).filter(review_items::review_id.eq(review));
        let mut rows = rows.select(ReviewItem::as_select()).into_boxed();
        if let Some(verdict) = verdict {
            rows = rows.filter(review_items::verdict.eq(verdict));
        }
        if let Some(after) = after {
            rows = rows.filter(review_items::key_id.gt(after));
        }
        Ok(size.cut(rows.order(review_items::key_id).limit(size.rows()).load(c)?))
    })
}

/// The keys of a review of which more was said than that they are kept.
pub fn list_to_do(conn: &mut Conn, review: ReviewId) -> Result<Vec<ReviewItem>, StoreError> {
    let rows = review_items::table.inner_join(keys::table).filter(review_items::review_id.eq(review));
    let rows = rows.filter(review_items::verdict.ne(ReviewVerdict::Keep)).order(review_items::key_id);
    Ok(on!(conn, c => rows.select(ReviewItem::as_select()).load(c))?)
}
