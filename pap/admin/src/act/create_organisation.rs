//! Making an organisation: a resource of `argus`, whatever its name.

use argus_engine::scope::Action;
use argus_store::organisation::{self, NewOrganisation, OrganisationPolicy};
use argus_store::{OrganisationId, change};
use tracing::info;

use crate::body::{Body, Fields, Kind, conditions, name};
use crate::resource::{HOST, Own};
use crate::view::OrganisationView;
use crate::{Admin, AdminError, Call, FaultCode};

/// The longest name for people, in characters.
const LONGEST_DISPLAY_NAME: usize = 200;

impl Admin {
    /// Makes an organisation. Needs `argus/argus/organisations:write`.
    pub async fn create_organisation(&self, call: &Call, body: Body) -> Result<OrganisationView, AdminError> {
        call.require(HOST, Own::Organisations, Action::Write)?;
        let mut fields = Fields::of(body);
        let name = name(&mut fields, "name", Kind::Organisation);
        let display_name = display_name(&mut fields);
        let conditions = conditions(&mut fields);
        fields.finish()?;
        let Some(name) = name else { return Err(AdminError::Unfinished) };

        let at = self.now();
        let id = OrganisationId::new(at);
        let act = call.act(id, at);
        let new = NewOrganisation { id, name, display_name, conditions, policy: OrganisationPolicy::default() };
        let write = move |store: &argus_store::Store| {
            Ok(store.write(|conn| {
                let made = organisation::create(conn, &act, &new)?;
                Ok((made, change::find_latest_sequence(conn)?))
            })?)
        };
        let (made, sequence) = self.with_store(write).await?;
        info!(organisation.id = %made.id, request.id = call.request_id(), "created organisation {}", made.name);
        self.settle(sequence).await;
        Ok(made.into())
    }
}

fn display_name(fields: &mut Fields) -> Option<String> {
    let text = fields.text("display_name")?;
    let text = text.trim();
    if text.is_empty() || text.chars().count() > LONGEST_DISPLAY_NAME || text.chars().any(char::is_control) {
        let detail = format!("a name for people has 1 to {LONGEST_DISPLAY_NAME} characters, in one line");
        fields.fault("display_name", FaultCode::InvalidField, detail, None);
    }
    Some(text.to_owned())
}
