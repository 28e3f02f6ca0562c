//! Where the client is: the country and the autonomous system of its address, as attributes of the environment.

use std::fmt::Display;
use std::net::IpAddr;

use argus_engine::request::{Attribute, RawValue, TypeName};
use argus_engine::types::IpValue;
use argus_engine::value::{Arena, DataType};
use smallvec::SmallVec;

use crate::names;
use crate::places::Places;
use crate::snapshot::value;

/// What is known of where the client is.
pub(crate) type Whereabouts<'a> = SmallVec<[Attribute<'a>; 2]>;

/// Looks up the client's addresses. Of several, each has to be somewhere known: else one of them could stand in for
/// another.
pub(crate) fn whereabouts<'a>(addresses: &[IpAddr], places: &'a Places, arena: &'a Arena) -> Whereabouts<'a> {
    let mut known = Whereabouts::new();
    if addresses.is_empty() || places.is_empty() {
        return known;
    }
    let countries = addresses.iter().map(|address| Some(value(DataType::String, places.country(*address)?)));
    known.extend(attribute(names::COUNTRY, countries.collect(), arena));
    let text = |number: &dyn Display| arena.text(&number.to_string());
    let systems = addresses.iter().map(|address| Some(value(DataType::Integer, text(&places.asn(*address)?))));
    known.extend(attribute(names::ASN, systems.collect(), arena));
    known
}

/// The addresses that a request states of its client. What can't be read is nowhere, and so makes all of it unknown.
pub(super) fn addresses(given: &[Attribute<'_>]) -> SmallVec<[IpAddr; 2]> {
    let is_address = |value: &&RawValue<'_>| value.data_type == TypeName::Known(DataType::IpAddressValue);
    let of_client = given.iter().filter(|attribute| attribute.id == names::CLIENT_IP);
    let values = of_client.flat_map(|attribute| attribute.values).filter(is_address);
    let read: Option<_> = values.map(|value| IpValue::parse(value.text).ok().map(IpValue::address)).collect();
    read.unwrap_or_default()
}

fn attribute<'a>(
    id: &'static str,
    values: Option<SmallVec<[RawValue<'a>; 2]>>,
    arena: &'a Arena,
) -> Option<Attribute<'a>> {
    let values = arena.bump().alloc_slice_copy(&values?);
    Some(Attribute { id, values, ..Attribute::default() })
}
