//! Starting a review: what every key of an organisation grants is written down, to be looked at.

use argus_engine::scope::Action;
use argus_store::review;
use argus_store::{Conn, ReviewId, organisation};
use tracing::info;

use super::read_view;
use crate::act::no_organisation;
use crate::body::{Body, Fields, Kind, name};
use crate::repeat::Keep;
use crate::resource::Own;
use crate::view::{ReviewView, entity_tag};
use crate::{Admin, AdminError, Answer, Call, FaultCode};

impl Admin {
    /// Starts a review of all keys of an organisation that haven't ended. Needs `<organisation>/argus/reviews:write`.
    /// Where another is open, `replaces_open` says that it gives way.
    pub async fn start_review(&self, call: &Call, body: Body) -> Result<ReviewView, AdminError> {
        let mut fields = Fields::of(body);
        let organisation = name(&mut fields, "organisation", Kind::Organisation);
        if let Some(organisation) = &organisation {
            call.require(organisation, Own::Reviews, Action::Write)?;
        }
        let replaces = fields.flag("replaces_open").unwrap_or_default();
        let named = organisation.unwrap_or_default();
        let wanted = named.clone();
        let find = move |conn: &mut Conn| organisation::find_by_name(conn, &wanted);
        let found = self.with_store(move |store| Ok(store.read(find)?)).await?;
        if found.is_none() && !named.is_empty() {
            fields.fault("organisation", FaultCode::NotFound, no_organisation(&named), None);
        }
        fields.finish()?;
        let Some(found) = found else { return Err(AdminError::Unfinished) };

        let at = self.now();
        let (id, act) = (ReviewId::new(at), call.act(found.id, at));
        let work = move |conn: &mut Conn| {
            let started = review::start(conn, &act, id, replaces)?;
            read_view(conn, started)
        };
        let keep = |made: &ReviewView| {
            let tag = entity_tag(None, &serde_json::to_string(made).unwrap_or_default());
            Keep::Answer(Answer::created(format!("/v1/reviews/{}", made.id), tag, made))
        };
        let (started, _) = self.act(call, work, keep).await?;
        info!(review.id = %id, organisation.id = %found.id, request.id = call.request_id(), "started review {id}");
        Ok(started)
    }
}
