//! Revoking many keys at once: those of an owner, of a project, with a tag, made in a window of time.

use std::time::Duration;

use argus_engine::scope::Action;
use argus_store::key::{self, KeyFilter, Revocation, RevocationCause, RevokedMany};
use argus_store::{Conn, KeyId, StoreError, organisation, project};
use serde::Serialize;
use tracing::info;
use utoipa::ToSchema;

use super::in_force::{InForce, wait};
use super::revoke_key::reason;
use super::{no_organisation, no_project};
use crate::body::{Body, Fields, Kind, name, time};
use crate::repeat::Keep;
use crate::resource::Own;
use crate::{Admin, AdminError, Answer, Call, FaultCode};

/// What a bulk revocation has stopped, or with `dry_run` would stop.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RevokedKeys {
    /// Whether nothing was done.
    pub dry_run: bool,
    /// Keys that the filter lets through and that had not ended.
    pub revoked: usize,
    /// Keys below them, which are stopped with them.
    pub revoked_delegated_keys: usize,
    /// The first of the former, by the order of their creation.
    #[schema(value_type = Vec<String>)]
    pub key_ids: Vec<KeyId>,
    /// Who knows.
    #[serde(flatten)]
    pub in_force: InForce,
}

/// Ids in an answer.
const SHOWN: usize = 200;

/// What the body asks for.
struct Asked {
    organisation: String,
    project: Option<String>,
    filter: KeyFilter,
    revocation: Revocation,
    dry_run: bool,
    patience: Duration,
}

impl Admin {
    /// Revokes every key of an organisation that a filter lets through. Needs `<organisation>/argus/keys:write`.
    pub async fn revoke_keys(&self, call: &Call, body: Body) -> Result<RevokedKeys, AdminError> {
        let mut fields = Fields::of(body);
        let organisation = name(&mut fields, "organisation", Kind::Organisation);
        if let Some(organisation) = &organisation {
            call.require(organisation, Own::Keys, Action::Write)?;
        }
        let asked = Asked::read(&mut fields, organisation.unwrap_or_default());
        let (at, of_act) = (self.now(), call.clone());
        let patience = asked.patience;
        let find = move |store: &argus_store::Store| {
            let found = store.read(|conn| asked.find(conn))?;
            let (owner, filter) = asked.narrow(found, fields)?;
            let act = of_act.act(owner, at);
            let would =
                if asked.dry_run { Some(store.read(|conn| key::list_revocable(conn, &act, &filter))?) } else { None };
            Ok((act, filter, asked.revocation, would))
        };
        let (act, filter, revocation, would) = self.with_store(find).await?;
        if let Some(would) = would {
            return Ok(revoked(&would, true, InForce::default()));
        }
        let work = move |conn: &mut Conn| key::revoke_many(conn, &act, &filter, &revocation);
        let keep = |done: &RevokedMany| Keep::Answer(Answer::of(200, &revoked(done, false, InForce::default())));
        let (done, sequence) = self.act(call, work, keep).await?;
        info!(request.id = call.request_id(), "revoked {} keys", done.revoked.len());
        let applied = self.settle(sequence).await;
        Ok(revoked(&done, false, self.wait_everywhere(applied, patience).await))
    }
}

fn revoked(done: &RevokedMany, dry_run: bool, in_force: InForce) -> RevokedKeys {
    RevokedKeys {
        dry_run,
        revoked: done.revoked.len(),
        revoked_delegated_keys: done.below.len(),
        key_ids: done.revoked.iter().copied().take(SHOWN).collect(),
        in_force,
    }
}

impl Asked {
    fn read(fields: &mut Fields, organisation: String) -> Self {
        let project = fields.text("project");
        let filter = KeyFilter {
            owner: fields.text("owner"),
            tag: fields.text("tag"),
            created_from: time(fields, "created_from"),
            created_before: time(fields, "created_before"),
            ..KeyFilter::default()
        };
        // All keys of an organisation are not revoked by leaving something out.
        if project.is_none() && filter == KeyFilter::default() {
            let detail = "name at least one of `project`, `owner`, `tag`, `created_from` and `created_before`";
            fields.fault("owner", FaultCode::MissingField, detail, None);
        }
        let cause = cause(fields);
        let revocation = Revocation { cause, reason: reason(fields) };
        let dry_run = fields.flag("dry_run").unwrap_or(false);
        let patience = wait(fields);
        Self { organisation, project, filter, revocation, dry_run, patience }
    }

    fn find(&self, conn: &mut Conn) -> Result<Found, StoreError> {
        let organisation = organisation::find_by_name(conn, &self.organisation)?.map(|found| found.id);
        let project = match (organisation, &self.project) {
            (Some(organisation), Some(name)) => project::find_by_name(conn, organisation, name)?.map(|found| found.id),
            _ => None,
        };
        Ok(Found { organisation, project })
    }

    fn narrow(&self, found: Found, mut fields: Fields) -> Result<(argus_store::OrganisationId, KeyFilter), AdminError> {
        let named = self.organisation.as_str();
        if found.organisation.is_none() && !named.is_empty() {
            fields.fault("organisation", FaultCode::NotFound, no_organisation(named), None);
        }
        if let (Some(_), None, Some(project)) = (found.organisation, found.project, &self.project) {
            fields.fault("project", FaultCode::NotFound, no_project(named, project), None);
        }
        fields.finish()?;
        let organisation = found.organisation.ok_or(AdminError::Unfinished)?;
        Ok((organisation, KeyFilter { project: found.project, ..self.filter.clone() }))
    }
}

/// What was found of what the body names.
#[derive(Clone, Copy)]
struct Found {
    organisation: Option<argus_store::OrganisationId>,
    project: Option<argus_store::ProjectId>,
}

/// Reads the member `cause`; what a policy demands is not for a caller to say.
pub(super) fn cause(fields: &mut Fields) -> RevocationCause {
    let Some(text) = fields.text("cause") else { return RevocationCause::Manual };
    match text.as_str() {
        "manual" => RevocationCause::Manual,
        "threat" => RevocationCause::Threat,
        "leak" => RevocationCause::Leak,
        _ => {
            let detail = format!("`{}` is neither `manual`, `threat` nor `leak`", text.escape_debug());
            fields.fault("cause", FaultCode::InvalidField, detail, None);
            RevocationCause::Manual
        }
    }
}
