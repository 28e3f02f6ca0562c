//! Enrichment: attributes of Argus' own are taken out, whoever stated them, and those of the verified key and of the
//! client's whereabouts put in.

use argus_engine::request::{Attribute, Attributes, Individual};
use argus_engine::value::{Arena, DataType};
use smallvec::SmallVec;

use super::whereabouts::{Whereabouts, addresses, whereabouts};
use crate::authentication::Method;
use crate::names;
use crate::places::Places;
use crate::snapshot::{KeyRecord, KeyView, value};

/// The individual request as policies may see it.
pub(super) fn enrich<'a>(
    individual: &Individual<'a>,
    subject: Option<&'a KeyRecord>,
    places: &'a Places,
    arena: &'a Arena,
) -> Individual<'a> {
    let attributes = individual.attributes.iter().map(|attributes| {
        let subject = subject.filter(|_| attributes.category == names::ACCESS_SUBJECT);
        let is_clean = attributes.attributes.iter().all(|attribute| names::may_be_claimed(attribute.id));
        let is_environment = attributes.category == names::ENVIRONMENT && !places.is_empty();
        let known = if is_environment {
            whereabouts(&addresses(attributes.attributes), places, arena)
        } else {
            Whereabouts::new()
        };
        match subject {
            None if is_clean && known.is_empty() => *attributes,
            None => rewrite(attributes, kept(attributes.attributes, &known, arena), arena),
            Some(record) => rewrite(attributes, subject_attributes(attributes.attributes, record, arena), arena),
        }
    });
    let attributes: &[&Attributes<'_>] = arena.bump().alloc_slice_fill_iter(attributes);
    Individual { attributes, ..*individual }
}

/// What may stay of given attributes, then those of a key and of the way in which it is presented.
pub(crate) fn subject_attributes<'a>(
    given: &[Attribute<'a>],
    record: &'a KeyRecord,
    arena: &'a Arena,
) -> &'a [Attribute<'a>] {
    let mut all = claimed(given);
    if let Some(id) = &record.credential_id {
        all.push(one(names::CREDENTIAL_ID, id.as_str(), arena));
    }
    all.push(one(names::AUTHENTICATION_METHOD, record.method.as_str(), arena));
    match record.narrowed() {
        None => all.extend(record.key.attributes(arena)),
        Some(scopes) => {
            all.extend(record.key.attributes_but_scopes(arena));
            let values = scopes.iter().map(|scope| value(DataType::String, scope.as_str()));
            let values = arena.bump().alloc_slice_fill_iter(values);
            all.push(Attribute { id: names::SCOPE, values, ..Attribute::default() });
        }
    }
    arena.bump().alloc_slice_copy(&all)
}

/// The same for a key that nobody has presented yet, as if by its secret.
pub(crate) fn key_attributes<'a>(key: &'a KeyView, arena: &'a Arena) -> &'a [Attribute<'a>] {
    let mut all = claimed(&[]);
    all.push(one(names::AUTHENTICATION_METHOD, Method::ApiKey.as_str(), arena));
    all.extend(key.attributes(arena));
    arena.bump().alloc_slice_copy(&all)
}

type Gathered<'a> = SmallVec<[Attribute<'a>; 24]>;

fn claimed<'a>(given: &[Attribute<'a>]) -> Gathered<'a> {
    given.iter().filter(|attribute| names::may_be_claimed(attribute.id)).copied().collect()
}

fn one<'a>(id: &'static str, text: &'a str, arena: &'a Arena) -> Attribute<'a> {
    let values = arena.bump().alloc_slice_copy(&[value(DataType::String, text)]);
    Attribute { id, values, ..Attribute::default() }
}

fn kept<'a>(given: &[Attribute<'a>], known: &[Attribute<'a>], arena: &'a Arena) -> &'a [Attribute<'a>] {
    let mut all = claimed(given);
    all.extend_from_slice(known);
    arena.bump().alloc_slice_copy(&all)
}

fn rewrite<'a>(original: &Attributes<'a>, attributes: &'a [Attribute<'a>], arena: &'a Arena) -> &'a Attributes<'a> {
    arena.bump().alloc(Attributes { attributes, ..*original })
}
