//! Enrichment: attributes of Argus' own are taken out, whoever stated them, and those of the verified key put in.

use argus_engine::request::{Attribute, Attributes, Individual};
use argus_engine::value::{Arena, DataType};
use smallvec::SmallVec;

use crate::names;
use crate::snapshot::{KeyRecord, KeyView, value};

/// The individual request as policies may see it.
pub(super) fn enrich<'a>(
    individual: &Individual<'a>,
    subject: Option<&'a KeyRecord>,
    arena: &'a Arena,
) -> Individual<'a> {
    let attributes = individual.attributes.iter().map(|attributes| {
        let subject = subject.filter(|_| attributes.category == names::ACCESS_SUBJECT);
        let is_clean = attributes.attributes.iter().all(|attribute| names::may_be_claimed(attribute.id));
        match subject {
            None if is_clean => *attributes,
            None => rewrite(attributes, kept(attributes.attributes, arena), arena),
            Some(record) => rewrite(attributes, subject_attributes(attributes.attributes, record, arena), arena),
        }
    });
    let attributes: &[&Attributes<'_>] = arena.bump().alloc_slice_fill_iter(attributes);
    Individual { attributes, ..*individual }
}

/// What may stay of given attributes, then those of a key and its credential.
pub(crate) fn subject_attributes<'a>(
    given: &[Attribute<'a>],
    record: &'a KeyRecord,
    arena: &'a Arena,
) -> &'a [Attribute<'a>] {
    key_attributes(given, Some(record.credential_id.as_str()), &record.key, arena)
}

/// The same for a key of which nothing may have been presented.
pub(crate) fn key_attributes<'a>(
    given: &[Attribute<'a>],
    credential: Option<&'a str>,
    key: &'a KeyView,
    arena: &'a Arena,
) -> &'a [Attribute<'a>] {
    let mut all: SmallVec<[Attribute<'a>; 24]> =
        given.iter().filter(|attribute| names::may_be_claimed(attribute.id)).copied().collect();
    if let Some(id) = credential {
        let id = arena.bump().alloc_slice_copy(&[value(DataType::String, id)]);
        all.push(Attribute { id: names::CREDENTIAL_ID, values: id, ..Attribute::default() });
    }
    all.extend(key.attributes(arena));
    arena.bump().alloc_slice_copy(&all)
}

fn kept<'a>(given: &[Attribute<'a>], arena: &'a Arena) -> &'a [Attribute<'a>] {
    let kept: SmallVec<[Attribute<'a>; 24]> =
        given.iter().filter(|attribute| names::may_be_claimed(attribute.id)).copied().collect();
    arena.bump().alloc_slice_copy(&kept)
}

fn rewrite<'a>(original: &Attributes<'a>, attributes: &'a [Attribute<'a>], arena: &'a Arena) -> &'a Attributes<'a> {
    arena.bump().alloc(Attributes { attributes, ..*original })
}
