//! What would be decided about a key that nobody has made: the enrichment and the policies of every other decision, with
//! the time and the surroundings as somebody supposes them.
//!
//! Nothing is verified, counted or kept. A use of Argus's own resources is decided by the policy of administration, as an
//! act would be; any other by the policies of the key's organisation.

use std::net::IpAddr;

use argus_engine::decision::Decision;
use argus_engine::evaluate::Environment;
use argus_engine::limits::Limits;
use argus_engine::request::{Attribute, Attributes, Individual};
use argus_engine::types::ZoneOffset;
use argus_engine::value::{Arena, DataType};
use chrono::{DateTime, Utc};
use smallvec::SmallVec;

use crate::caller::{Act, authorise_subject};
use crate::context::key_attributes;
use crate::moment::Moment;
use crate::names;
use crate::pdp::Pdp;
use crate::reason::Reason;
use crate::snapshot::{KeyView, Snapshot, SupposedKey, value};

/// One use of a key, with all that would be known of it.
#[derive(Debug, Clone)]
pub struct SupposedUse<'u> {
    /// The action, such as `read`.
    pub action: &'u str,
    /// The path of the resource.
    pub resource: &'u str,
    /// Where the client comes from.
    pub ip: Option<IpAddr>,
    /// The country that lies in.
    pub country: Option<&'u str>,
    /// The type of its network.
    pub network: Option<&'u str>,
    /// Whether its device complies.
    pub device_compliant: Option<bool>,
    /// When.
    pub at: DateTime<Utc>,
}

/// What would be decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupposedDecision {
    /// Why it would not be permitted; `None` is Permit.
    pub refused: Option<Reason>,
    /// The scope that covers the use.
    pub matched_scope: Option<String>,
}

impl Pdp {
    /// Decides about uses of a key that isn't there, by what is in force now.
    pub fn suppose(&self, key: &SupposedKey, uses: &[SupposedUse<'_>]) -> Vec<SupposedDecision> {
        let (snapshot, limits) = (self.snapshot(), self.limits());
        let decide = |supposed: &SupposedUse<'_>| {
            let key = key.view(supposed.at);
            let scope = key.scope_for(supposed.resource, supposed.action);
            SupposedDecision {
                refused: refused(&snapshot, &key, supposed, limits),
                matched_scope: scope.map(ToString::to_string),
            }
        };
        uses.iter().map(decide).collect()
    }
}

fn refused(snapshot: &Snapshot, key: &KeyView, supposed: &SupposedUse<'_>, limits: Limits) -> Option<Reason> {
    let arena = Arena::new();
    let organisation = supposed.resource.split('/').next().unwrap_or_default();
    let now = moment(supposed.at);
    let subject = key_attributes(key, &arena);
    let surroundings = surroundings(supposed, &arena);
    if supposed.resource.split('/').nth(1) == Some(names::ARGUS) {
        let act = Act { organisation, path: supposed.resource, action: supposed.action };
        return authorise_subject(snapshot, subject, surroundings, &act, (now, limits));
    }
    // As at `/v1/verify`: a key of another organisation is as good as unknown there, before any policy is asked. Keys of
    // `argus` are decided about by its own policies, as at `/pdp`.
    if *key.organisation != *organisation && *key.organisation != *names::ARGUS {
        return Some(Reason::CredentialUnknown);
    }
    let one = |id, text| arena.bump().alloc_slice_copy(&[attribute(id, DataType::String, text, &arena)]);
    let categories = [
        category(names::ACCESS_SUBJECT, subject),
        category(names::RESOURCE, one(names::RESOURCE_ID, supposed.resource)),
        category(names::ACTION, one(names::ACTION_ID, supposed.action)),
        category(names::ENVIRONMENT, surroundings),
    ];
    let categories = categories.each_ref();
    let individual = Individual { attributes: &categories, xpath_version: None, return_policy_id_list: false };
    let environment = Environment { now: now.date_time(), implicit_zone: ZoneOffset::UTC, limits, source: None };
    let result = snapshot.policies.of(&key.organisation).program.evaluate(&individual, &environment, &arena);
    match result.decision {
        Decision::Permit => None,
        _ => Some(Reason::of_result(&result).unwrap_or(Reason::PolicyDenied)),
    }
}

/// What would be known of the client, country included: where it is looked up from the address, this stands for what
/// would be found.
fn surroundings<'a>(supposed: &'a SupposedUse<'_>, arena: &'a Arena) -> &'a [Attribute<'a>] {
    let mut all = SmallVec::<[Attribute<'a>; 4]>::new();
    let mut add = |id, data_type, text| all.push(attribute(id, data_type, text, arena));
    if let Some(ip) = supposed.ip {
        add(names::CLIENT_IP, DataType::IpAddressValue, arena.text(&ip.to_canonical().to_string()));
    }
    if let Some(country) = supposed.country {
        add(names::COUNTRY, DataType::String, country);
    }
    if let Some(network) = supposed.network {
        add(names::NETWORK_TYPE, DataType::String, network);
    }
    if let Some(compliant) = supposed.device_compliant {
        add(names::DEVICE_COMPLIANT, DataType::Boolean, if compliant { "true" } else { "false" });
    }
    arena.bump().alloc_slice_copy(&all)
}

fn attribute<'a>(id: &'static str, data_type: DataType, text: &'a str, arena: &'a Arena) -> Attribute<'a> {
    Attribute { id, values: arena.bump().alloc_slice_copy(&[value(data_type, text)]), ..Attribute::default() }
}

fn category<'a>(category: &'static str, attributes: &'a [Attribute<'a>]) -> Attributes<'a> {
    Attributes { category, attributes, ..Attributes::default() }
}

fn moment(at: DateTime<Utc>) -> Moment {
    Moment { seconds: at.timestamp(), nanoseconds: at.timestamp_subsec_nanos() }
}
