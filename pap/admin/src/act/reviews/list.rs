//! Listing reviews, showing one, and listing the keys of one.

use argus_engine::scope::Action;
use argus_store::review::{self, ReviewFilter, ReviewState, ReviewVerdict};
use argus_store::{Conn, StoreError};

use super::read_view;
use crate::act::{find_filtered, named_organisation};
use crate::cursor::{self, Stretch};
use crate::resource::{HOST, Own};
use crate::view::{Listed, ReviewItemView, ReviewView, actor_in_words};
use crate::{Admin, AdminError, Call, Query};

impl Admin {
    /// A page of reviews, the newest first, narrowed by `state`. Needs `<organisation>/argus/reviews:read`. Without
    /// `organisation` it is that of the caller's own, and for a caller of `argus` all there is.
    pub async fn list_reviews(&self, call: &Call, mut query: Query) -> Result<Listed<ReviewView>, AdminError> {
        let own = call.caller().organisation();
        let everywhere = own == HOST && !query.has("organisation");
        let organisation = named_organisation(&mut query, own)?;
        call.require(&organisation, Own::Reviews, Action::Read)?;
        let state: Option<ReviewState> = query.take_word("state", "`open`, `signed` and `replaced`");
        self.with_store(move |store| {
            let id =
                if everywhere { None } else { store.read(|conn| find_filtered(conn, &mut query, &organisation))? };
            let filter = ReviewFilter { organisation: id, state };
            let bound = format!("reviews {filter:?}");
            let Stretch { after, size } = query.finish(&bound)?;
            let read = |conn: &mut Conn| -> Result<_, StoreError> {
                let page = review::list(conn, filter, after, size)?;
                let last = page.items.last().map(|last| last.id).filter(|_| page.more);
                let items: Result<_, _> = page.items.into_iter().map(|review| read_view(conn, review)).collect();
                Ok(Listed { next_cursor: last.map(|last| cursor::write(&last, &bound)), items: items? })
            };
            Ok(store.read(read)?)
        })
        .await
    }

    /// Shows a review with its numbers. Whoever lacks `<organisation>/argus/reviews:read` finds nothing.
    pub async fn show_review(&self, call: &Call, id: &str) -> Result<ReviewView, AdminError> {
        let found = self.visible_review(call, id).await?;
        self.with_store(move |store| Ok(store.read(|conn| read_view(conn, found.clone()))?)).await
    }

    /// A page of the keys of a review, each as it was when it was looked at and as it is now; narrowed by `verdict`.
    /// Whoever lacks `<organisation>/argus/reviews:read` finds nothing.
    pub async fn list_review_keys(
        &self,
        call: &Call,
        id: &str,
        mut query: Query,
    ) -> Result<Listed<ReviewItemView>, AdminError> {
        let found = self.visible_review(call, id).await?;
        let verdict: Option<ReviewVerdict> = query.take_word("verdict", "`keep`, `narrow` and `revoke`");
        self.with_store(move |store| {
            let bound = format!("review {} {verdict:?}", found.id);
            let Stretch { after, size } = query.finish(&bound)?;
            let read = |conn: &mut Conn| -> Result<_, StoreError> {
                let page = review::list_items(conn, found.id, verdict, after, size)?;
                let last = page.items.last().map(|last| last.key_id).filter(|_| page.more);
                let view = |item: review::ReviewItem| {
                    let by = item.decided_by.map(|by| actor_in_words(conn, by)).transpose()?;
                    Ok(ReviewItemView::new(item, by))
                };
                let items: Result<_, StoreError> = page.items.into_iter().map(view).collect();
                Ok(Listed { next_cursor: last.map(|last| cursor::write(&last, &bound)), items: items? })
            };
            Ok(store.read(read)?)
        })
        .await
    }
}
