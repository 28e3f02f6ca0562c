//! May this key do this act? `argus-admin.xml` says so, by the same engine as every other decision.

use std::net::IpAddr;

use argus_engine::decision::Decision;
use argus_engine::evaluate::Environment;
use argus_engine::limits::Limits;
use argus_engine::request::{Attribute, Attributes, Individual, RawValue};
use argus_engine::types::ZoneOffset;
use argus_engine::value::{Arena, DataType};

use super::grant::pdp_path;
use crate::context::{subject_attributes, whereabouts};
use crate::decision_id::DecisionId;
use crate::moment::Moment;
use crate::names;
use crate::reason::Reason;
use crate::snapshot::{KeyRecord, Snapshot, value};
use crate::usage::OwnUse;

/// What somebody is about to do to a resource of Argus' own.
#[derive(Debug, Clone, Copy)]
pub struct Act<'a> {
    /// The organisation that it concerns.
    pub organisation: &'a str,
    /// The path of the resource, such as `acme/argus/keys`.
    pub path: &'a str,
    /// The action, such as `write`.
    pub action: &'a str,
}

impl<'a> Act<'a> {
    /// What is told of it where a key does it.
    pub(crate) fn of(&self, record: &'a KeyRecord, at: Moment) -> OwnUse<'a> {
        let key = &record.key;
        let (organisation, scopes) = (&key.organisation, &*key.scopes);
        OwnUse { at, organisation, key: key.id, scopes, resource: self.path, action: self.action }
    }
}

/// Whether an act is permitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorisation {
    /// Whether it is.
    pub is_permitted: bool,
    /// Why it isn't.
    pub reason: Option<Reason>,
    /// The scope that the act needs, for who may be told.
    pub needed_scope: String,
    /// The id of this decision.
    pub decision_id: DecisionId,
}

/// The scope that an act needs: its path and its action.
pub(crate) fn needed_scope(act: &Act<'_>) -> String {
    format!("{}:{}", act.path, act.action)
}

/// Asks the policy of the administration. `None` is Permit.
pub(crate) fn authorise(
    snapshot: &Snapshot,
    record: &KeyRecord,
    peer: Option<IpAddr>,
    act: &Act<'_>,
    (now, limits): (Moment, Limits),
) -> Option<Reason> {
    let arena = Arena::new();
    let subject = subject_attributes(&[], record, &arena);
    authorise_from(snapshot, subject, peer, act, (now, limits))
}

/// The reason for which any use of a key would be denied from an address and at a moment, whatever it grants: what is left
/// to deny a key that is taken for granting the act are its conditions.
pub(crate) fn unmet_condition(
    snapshot: &Snapshot,
    record: &KeyRecord,
    peer: Option<IpAddr>,
    (now, limits): (Moment, Limits),
) -> Option<Reason> {
    let arena = Arena::new();
    let organisation = &*record.key.organisation;
    let path = pdp_path(organisation);
    let act = Act { organisation, path: &path, action: "execute" };
    let needed = needed_scope(&act);
    let scope = [string(&needed)];
    let own = subject_attributes(&[], record, &arena).iter().filter(|attribute| attribute.id != names::SCOPE).copied();
    let subject: Vec<_> = own.chain([one(names::SCOPE, &scope)]).collect();
    authorise_from(snapshot, &subject, peer, &act, (now, limits))
}

/// Asks the policy of the administration for a subject at an address.
fn authorise_from(
    snapshot: &Snapshot,
    subject: &[Attribute<'_>],
    peer: Option<IpAddr>,
    act: &Act<'_>,
    (now, limits): (Moment, Limits),
) -> Option<Reason> {
    let arena = Arena::new();
    let text = peer.map(|peer| peer.to_canonical().to_string());
    let client_ip: Vec<_> = text.iter().map(|text| value(DataType::IpAddressValue, text)).collect();
    let mut surroundings = vec![one(names::CLIENT_IP, &client_ip)];
    surroundings.extend(whereabouts(peer.as_slice(), &snapshot.places, &arena));
    authorise_subject(snapshot, subject, &surroundings, act, (now, limits))
}

/// The same for whoever has these attributes, in these surroundings.
pub(crate) fn authorise_subject(
    snapshot: &Snapshot,
    subject: &[Attribute<'_>],
    surroundings: &[Attribute<'_>],
    act: &Act<'_>,
    (now, limits): (Moment, Limits),
) -> Option<Reason> {
    let arena = Arena::new();
    let (resource_id, resource_organisation) = ([string(act.path)], [string(act.organisation)]);
    let action_id = [string(act.action)];

    let of_resource =
        [one(names::RESOURCE_ID, &resource_id), one(names::RESOURCE_ORGANISATION, &resource_organisation)];
    let of_action = [one(names::ACTION_ID, &action_id)];
    let categories = [
        category(names::ACCESS_SUBJECT, subject),
        category(names::RESOURCE, &of_resource),
        category(names::ACTION, &of_action),
        category(names::ENVIRONMENT, surroundings),
    ];
    let categories = categories.each_ref();
    let individual = Individual { attributes: &categories, xpath_version: None, return_policy_id_list: false };
    let environment = Environment { now: now.date_time(), implicit_zone: ZoneOffset::UTC, limits, source: None };
    let result = snapshot.policies.admin.evaluate(&individual, &environment, &arena);
    match result.decision {
        Decision::Permit => None,
        // Whatever an edited policy answers instead of Deny permits nothing either.
        _ => Some(Reason::of_result(&result).unwrap_or(Reason::PolicyDenied)),
    }
}

fn string(text: &str) -> RawValue<'_> {
    value(DataType::String, text)
}

fn one<'a>(id: &'a str, values: &'a [RawValue<'a>]) -> Attribute<'a> {
    Attribute { id, values, ..Attribute::default() }
}

fn category<'a>(category: &'a str, attributes: &'a [Attribute<'a>]) -> Attributes<'a> {
    Attributes { category, attributes, ..Attributes::default() }
}
