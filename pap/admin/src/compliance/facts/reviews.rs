//! What was reviewed: for each organisation that has keys in use, what was signed, and what became of it.

use std::collections::{BTreeSet, HashSet};

use argus_store::evidence::Period;
use argus_store::review::{self, Review, ReviewCounts, ReviewFilter, ReviewItem, ReviewState};
use argus_store::{Conn, PageSize, Store, StoreError, organisation};

use super::KeyFacts;
use crate::view::{CarriedOut, actor_in_words, carried_out};

/// Reviews of an organisation.
#[derive(Debug)]
pub(crate) struct Reviews {
    pub(crate) organisation: String,
    /// The one that was signed last.
    pub(crate) last: Option<LastReview>,
    /// All that were signed in this time, the newest first, each with its numbers and who signed.
    pub(crate) signed: Vec<(Review, ReviewCounts, String)>,
    pub(crate) is_one_open: bool,
    /// Keys in use that the last one didn't look at.
    pub(crate) not_looked_at: usize,
}

/// The review that was signed last.
#[derive(Debug)]
pub(crate) struct LastReview {
    pub(crate) review: Review,
    pub(crate) counts: ReviewCounts,
    /// Keys to be narrowed or revoked that aren't.
    pub(crate) pending: Vec<ReviewItem>,
    /// Whether it is what the audit says was signed; `None` where the audit tells of it no more.
    pub(crate) is_as_signed: Option<bool>,
}

pub(super) fn read(store: &Store, keys: &[KeyFacts], period: Period) -> Result<Vec<Reviews>, StoreError> {
    let in_use = || keys.iter().filter(|key| !key.has_ended());
    let names: BTreeSet<&str> = in_use().filter_map(|key| key.path.split('/').next()).collect();
    names
        .into_iter()
        .map(|name| {
            let of_it: Vec<&str> =
                in_use().filter(|key| key.path.split('/').next() == Some(name)).map(|key| key.id.as_str()).collect();
            store.read(|conn| read_of(conn, name, &of_it, period))
        })
        .collect()
}

fn read_of(conn: &mut Conn, name: &str, in_use: &[&str], (from, before): Period) -> Result<Reviews, StoreError> {
    let mut found = Reviews {
        organisation: name.to_owned(),
        last: None,
        signed: Vec::new(),
        is_one_open: false,
        not_looked_at: in_use.len(),
    };
    let Some(organisation) = organisation::find_by_name(conn, name)? else { return Ok(found) };
    found.is_one_open = review::find_open(conn, organisation.id)?.is_some();
    let size = PageSize::new(PageSize::MOST.into()).unwrap_or_default();
    let filter = ReviewFilter { organisation: Some(organisation.id), state: Some(ReviewState::Signed) };
    let mut after = None;
    loop {
        let page = review::list(conn, filter, after, size)?;
        after = page.items.last().map(|review| review.id);
        for review in page.items {
            if review.ended_at.is_some_and(|at| from <= at && at < before) {
                let by = review.ended_by.map(|by| actor_in_words(conn, by)).transpose()?.unwrap_or_default();
                let counts = review::count(conn, review.id)?;
                found.signed.push((review, counts, by));
            }
        }
        if !page.more {
            break;
        }
    }
    let Some(last) = review::find_last_signed(conn, organisation.id, before)? else { return Ok(found) };
    let looked_at = list_keys(conn, &last, size)?;
    found.not_looked_at = in_use.iter().filter(|id| !looked_at.contains(**id)).count();
    let pending = review::list_to_do(conn, last.id)?;
    let signed = review::find_signed_digest(conn, &last)?;
    let now = review::digest(conn, last.id)?;
    found.last = Some(LastReview {
        counts: review::count(conn, last.id)?,
        pending: pending.into_iter().filter(|item| carried_out(item) == CarriedOut::Pending).collect(),
        is_as_signed: signed.map(|signed| signed == now),
        review: last,
    });
    Ok(found)
}

/// The ids of the keys of a review.
fn list_keys(conn: &mut Conn, review: &Review, size: PageSize) -> Result<HashSet<String>, StoreError> {
    let (mut ids, mut after) = (HashSet::new(), None);
    loop {
        let page = review::list_items(conn, review.id, None, after, size)?;
        after = page.items.last().map(|item| item.key_id);
        ids.extend(page.items.iter().map(|item| item.key_id.to_string()));
        if !page.more {
            return Ok(ids);
        }
    }
}
