//! Listing what owners of keys are told.

use argus_engine::scope::Action;
use argus_store::outbox::{self, NoticeFilter};

use super::{find_filtered, named_organisation};
use crate::cursor::{self, Stretch};
use crate::resource::Own;
use crate::view::{Listed, NoticeView};
use crate::{Admin, AdminError, Call, Query};

impl Admin {
    /// A page of the notices about keys of an organisation, narrowed by `key_id`, `type` and `handed`. Needs
    /// `<organisation>/argus/keys:read`; without `organisation` it is the caller's own.
    pub async fn list_notices(&self, call: &Call, mut query: Query) -> Result<Listed<NoticeView>, AdminError> {
        let organisation = named_organisation(&mut query, call.caller().organisation())?;
        call.require(&organisation, Own::Keys, Action::Read)?;
        let filter = NoticeFilter {
            organisation: None,
            key: query.take_word("key_id", "the ids of keys"),
            kind: query.take_word("type", "the types of notices, such as `key.expiry_ahead`"),
            is_handed: query.take_word("handed", "`true` and `false`"),
        };
        self.with_store(move |store| {
            let organisation = store.read(|conn| find_filtered(conn, &mut query, &organisation))?;
            let filter = NoticeFilter { organisation, ..filter };
            let bound = format!("notices {filter:?}");
            let Stretch { after, size } = query.finish(&bound)?;
            let page = store.read(|conn| outbox::list(conn, filter, after, size))?;
            let last = page.items.last().map(|last| last.id).filter(|_| page.more);
            Ok(Listed {
                next_cursor: last.map(|last| cursor::write(&last, &bound)),
                items: page.items.into_iter().map(NoticeView::from).collect(),
            })
        })
        .await
    }
}
