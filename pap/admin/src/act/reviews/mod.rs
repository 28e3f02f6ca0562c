//! The acts upon reviews of access: who looked at which keys, what was said of each, and who signed it.

mod decide;
mod list;
mod sign;
mod start;

use argus_engine::scope::Action;
use argus_store::review::{self, Review};
use argus_store::{Conn, Record, ReviewId, StoreError};

use crate::resource::Own;
use crate::view::{ReviewView, actor_in_words};
use crate::{Admin, AdminError, Call};

/// The longest word on a key, or on a review, in characters.
const LONGEST_REASON: usize = 500;

impl Admin {
    /// A review that the caller may see.
    async fn visible_review(&self, call: &Call, id: &str) -> Result<Review, AdminError> {
        let found = self.find_review(id).await?;
        call.require_sight(&found.organisation_name, Own::Reviews)?;
        Ok(found)
    }

    /// One that he may act upon.
    async fn usable_review(&self, call: &Call, id: &str, action: Action) -> Result<Review, AdminError> {
        let found = self.find_review(id).await?;
        let organisation = &found.organisation_name;
        if !call.may(organisation, Own::Reviews, action)? {
            call.require_sight(organisation, Own::Reviews)?;
        }
        call.require(organisation, Own::Reviews, action)?;
        Ok(found)
    }

    async fn find_review(&self, id: &str) -> Result<Review, AdminError> {
        let id: ReviewId = id.parse().map_err(|_| AdminError::NotFound)?;
        let found = self.with_store(move |store| Ok(store.read(|conn| review::find(conn, id))?)).await?;
        found.ok_or(AdminError::NotFound)
    }
}

/// A review with its numbers, and the names of who acted.
fn read_view(conn: &mut Conn, review: Review) -> Result<ReviewView, StoreError> {
    let counts = review::count(conn, review.id)?;
    let to_do = review::list_to_do(conn, review.id)?;
    let started_by = actor_in_words(conn, review.started_by)?;
    let ended_by = review.ended_by.map(|by| actor_in_words(conn, by)).transpose()?;
    Ok(ReviewView::new(review, (started_by, ended_by), counts, &to_do))
}

fn gone(id: ReviewId) -> StoreError {
    StoreError::NotFound { what: Record::Review, name: id.to_string() }
}
