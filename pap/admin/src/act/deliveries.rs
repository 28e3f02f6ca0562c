//! What is on its way to contacts: listing it, showing one delivery, and sending again what could not be delivered.

use argus_engine::scope::Action;
use argus_store::delivery::{self, Delivery, DeliveryFilter};
use argus_store::{Conn, DeliveryId, Record, StoreError};
use tracing::info;

use super::{find_filtered, named_organisation};
use crate::cursor::{self, Stretch};
use crate::repeat::Keep;
use crate::resource::Own;
use crate::view::{DeliveryView, Listed};
use crate::{Admin, AdminError, Answer, Call, Query};

impl Admin {
    /// A page of the deliveries to contacts of an organisation, narrowed by `contact_id`, `notice_id` and `state`.
    /// Needs `<organisation>/argus/contacts:read`; without `organisation` it is the caller's own.
    pub async fn list_deliveries(&self, call: &Call, mut query: Query) -> Result<Listed<DeliveryView>, AdminError> {
        let organisation = named_organisation(&mut query, call.caller().organisation())?;
        call.require(&organisation, Own::Contacts, Action::Read)?;
        let filter = DeliveryFilter {
            organisation: None,
            contact: query.take_word("contact_id", "the ids of contacts"),
            notice: query.take_word("notice_id", "the ids of notices"),
            state: query.take_word("state", "`waiting`, `delivered` and `dead`"),
        };
        self.with_store(move |store| {
            let id = store.read(|conn| find_filtered(conn, &mut query, &organisation))?;
            let filter = DeliveryFilter { organisation: id, ..filter };
            let bound = format!("deliveries {filter:?}");
            let Stretch { after, size } = query.finish(&bound)?;
            let page = store.read(|conn| delivery::list(conn, filter, after, size))?;
            let last = page.items.last().map(|last| last.id).filter(|_| page.more);
            Ok(Listed {
                next_cursor: last.map(|last| cursor::write(&last, &bound)),
                items: page.items.into_iter().map(|found| DeliveryView::new(found, &organisation)).collect(),
            })
        })
        .await
    }

    /// Shows a delivery. Whoever lacks `<organisation>/argus/contacts:read` finds nothing.
    pub async fn show_delivery(&self, call: &Call, id: &str) -> Result<DeliveryView, AdminError> {
        let (found, organisation) = self.find_delivery(id).await?;
        call.require_sight(&organisation, Own::Contacts)?;
        Ok(DeliveryView::new(found, &organisation))
    }

    /// Sends again what could not be delivered, under the id that it had. Needs `<organisation>/argus/contacts:write`.
    pub async fn replay_delivery(&self, call: &Call, id: &str) -> Result<DeliveryView, AdminError> {
        let (found, organisation) = self.find_delivery(id).await?;
        if !call.may(&organisation, Own::Contacts, Action::Write)? {
            call.require_sight(&organisation, Own::Contacts)?;
        }
        call.require(&organisation, Own::Contacts, Action::Write)?;
        let id = found.id;
        let act = call.act(found.organisation_id, self.now());
        let work = move |conn: &mut Conn| {
            let replayed = delivery::replay(conn, &act, id)?;
            let gone = || StoreError::NotFound { what: Record::Delivery, name: id.to_string() };
            Ok(DeliveryView::new(replayed.ok_or_else(gone)?, &organisation))
        };
        let (replayed, _) = self.act(call, work, |replayed| Keep::Answer(Answer::of(200, replayed))).await?;
        info!(delivery.id = %id, request.id = call.request_id(), "the delivery {id} is made again");
        Ok(replayed)
    }

    async fn find_delivery(&self, id: &str) -> Result<(Delivery, String), AdminError> {
        let id: DeliveryId = id.parse().map_err(|_| AdminError::NotFound)?;
        let found = self.with_store(move |store| Ok(store.read(|conn| delivery::find_anywhere(conn, id))?)).await?;
        found.ok_or(AdminError::NotFound)
    }
}
