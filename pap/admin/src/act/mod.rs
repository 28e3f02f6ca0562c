//! The acts, each a method of [`Admin`](crate::Admin).

mod advise_key;
mod anomalies;
mod audit;
mod change_key;
mod change_organisation;
mod change_project;
mod contacts;
mod create_key;
mod create_organisation;
mod create_project;
mod credentials;
mod delegation;
mod deliveries;
mod export_person;
mod forget_person;
mod in_force;
mod introspect_token;
mod issue_token;
mod key_act;
mod limits;
mod list_decisions;
mod list_keys;
mod list_notices;
mod list_organisations;
mod list_projects;
mod list_signing_keys;
mod list_usage;
mod nodes;
mod plan;
mod preview_key;
mod replay_decision;
mod report_leaks;
mod reviews;
mod revoke_key;
mod revoke_keys;
mod revoke_token;
mod rotate_key;
mod rotate_signing_key;
mod show_breach;
mod show_compliance;
mod show_decision;
mod show_fips;
mod show_key;
mod show_metadata;
mod show_organisation;
mod show_project;
mod suspend_key;
mod vitals;

pub use advise_key::Risks;
pub use audit::{AuditEntryView, AuditPublicKeys};
pub use contacts::{CreatedContact, RotatedContact};
pub use create_key::CreatedKey;
pub(crate) use create_key::credential;
pub use credentials::ChangedCredential;
pub use export_person::PersonExport;
pub use forget_person::ForgottenPerson;
pub use in_force::InForce;
pub use introspect_token::TokenView;
pub use issue_token::NewToken;
pub use list_decisions::{DecisionPolicy, DecisionView};
pub use list_usage::{LatencyView, UsageFormat, UsageView};
pub use nodes::{NodeView, Nodes, ThisNode};
pub use plan::PlanStanding;
pub use preview_key::PreviewedKey;
pub use replay_decision::{ReplayDifference, ReplayedDecision};
pub use report_leaks::{LeakOutcome, LeakResult, LeaksReported};
pub use revoke_key::RevokedKey;
pub use revoke_keys::RevokedKeys;
pub use rotate_key::{OpenedRotation, Rotated, RotatedKey, RotationView};
pub use rotate_signing_key::RotatedSigningKey;
pub use show_compliance::ComplianceFormat;
pub use show_decision::WholeDecision;
pub use suspend_key::StoppedKey;

use argus_store::{Conditions, Conn, KeyId, OrganisationId, StoreError, key, organisation, snapshot};

use crate::query::Query;
use crate::view::{KeyView, Whole};
use crate::words::Above;
use crate::{AdminError, FaultCode};

/// A key with all that is shown of it.
fn read_key(conn: &mut Conn, id: KeyId) -> Result<Option<KeyView>, StoreError> {
    Ok(read_whole(conn, id)?.map(KeyView::from))
}

/// A key with what is shown beside it.
fn read_whole(conn: &mut Conn, id: KeyId) -> Result<Option<Whole>, StoreError> {
    let records = snapshot::load_credentials_of(conn, id)?;
    let Some(first) = records.first() else { return Ok(None) };
    let above = Above {
        keys: conditions_of_chain(conn, first.key.parent_key_id)?,
        project: first.project_conditions.clone(),
        organisation: first.organisation_conditions.clone(),
    };
    let whole = Whole {
        key: first.key.clone(),
        delegated: u32::try_from(key::count_derived(conn, id)?).unwrap_or(u32::MAX),
        credentials: records.into_iter().map(|record| record.credential).collect(),
        above,
    };
    Ok(Some(whole))
}

/// The conditions of a key and of those above it, with their names, the nearest first.
fn conditions_of_chain(conn: &mut Conn, key: Option<KeyId>) -> Result<Vec<(String, Conditions)>, StoreError> {
    let chain = key.map(|key| key::list_chain(conn, key)).transpose()?.unwrap_or_default();
    Ok(chain.into_iter().map(|key| (key.name, key.conditions)).collect())
}

/// The id of an organisation that a filter names. One that isn't there is noted as a fault of the query.
fn find_filtered(conn: &mut Conn, query: &mut Query, name: &str) -> Result<Option<OrganisationId>, StoreError> {
    let found = organisation::find_by_name(conn, name)?;
    if found.is_none() {
        query.fault("organisation", FaultCode::NotFound, no_organisation(name), None);
    }
    Ok(found.map(|found| found.id))
}

fn no_organisation(name: &str) -> String {
    format!("there is no organisation `{}`", name.escape_debug())
}

fn no_project(organisation: &str, name: &str) -> String {
    format!("organisation `{organisation}` has no project `{}`", name.escape_debug())
}

/// The organisation that a list is of: the one that is named, else the caller's own.
fn named_organisation(query: &mut Query, own: &str) -> Result<String, AdminError> {
    let Some(name) = query.take("organisation") else { return Ok(own.to_owned()) };
    // What is no name can't be asked for in a path, and nobody has it.
    if crate::body::is_name(&name) { Ok(name) } else { Err(no_name("organisation", &name)) }
}

fn no_name(parameter: &str, text: &str) -> AdminError {
    AdminError::Refused(vec![crate::Fault {
        place: crate::Place::Query(parameter.to_owned()),
        code: FaultCode::InvalidField,
        detail: format!("`{}` is no name", text.escape_debug()),
        help: None,
    }])
}
pub(crate) use vitals::LastVitals;
