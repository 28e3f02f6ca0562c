//! Making an organisation: a resource of `argus`, whatever its name.

use argus_engine::scope::Action;
use argus_store::organisation::{self, NewOrganisation};
use argus_store::{Conn, OrganisationId};
use tracing::info;

use crate::body::{Body, Fields, Kind, conditions, display_name, name, policy, time_zone};
use crate::repeat::Keep;
use crate::resource::{HOST, Own};
use crate::view::{OrganisationView, Tagged as _};
use crate::{Admin, AdminError, Answer, Call};

impl Admin {
    /// Makes an organisation. Needs `argus/argus/organisations:write`.
    pub async fn create_organisation(&self, call: &Call, body: Body) -> Result<OrganisationView, AdminError> {
        call.require(HOST, Own::Organisations, Action::Write)?;
        let mut fields = Fields::of(body);
        let name = name(&mut fields, "name", Kind::Organisation);
        let display_name = display_name(&mut fields);
        let conditions = conditions(&mut fields);
        let policy = policy(&mut fields);
        let time_zone = time_zone(&mut fields);
        fields.finish()?;
        let Some(name) = name else { return Err(AdminError::Unfinished) };

        let at = self.now();
        let id = OrganisationId::new(at);
        let act = call.act(id, at);
        let new = NewOrganisation { id, name, display_name, conditions, policy, time_zone };
        let work = move |conn: &mut Conn| Ok(OrganisationView::from(organisation::create(conn, &act, &new)?));
        let keep = |made: &OrganisationView| {
            Keep::Answer(Answer::created(format!("/v1/organisations/{}", made.id), made.entity_tag(), made))
        };
        let (made, sequence) = self.act(call, work, keep).await?;
        info!(organisation.id = %made.id, request.id = call.request_id(), "created organisation {}", made.name());
        self.settle(sequence).await;
        Ok(made)
    }
}
