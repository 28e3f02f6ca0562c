//! The request of a case: from its short form, or from a file.

use argus_engine::limits::Limits;
use argus_engine::request::{Attribute, Attributes, RawValue, Request, TypeName};
use argus_engine::value::Arena;

use super::attribute::Given;

/// A request with these attributes, by category in the order in which the categories first come.
pub(super) fn from_attributes<'a>(given: &'a [Given], arena: &'a Arena) -> Request<'a> {
    let bump = arena.bump();
    let mut categories: Vec<&str> = Vec::new();
    for attribute in given {
        if !attribute.values.is_empty() && !categories.contains(&attribute.category.as_str()) {
            categories.push(&attribute.category);
        }
    }
    let attributes = bump.alloc_slice_fill_iter(categories.into_iter().map(|category| {
        let of_category: Vec<Attribute<'a>> = given
            .iter()
            .filter(|attribute| attribute.category == category && !attribute.values.is_empty())
            .map(|attribute| as_attribute(attribute, arena))
            .collect();
        Attributes { category, attributes: bump.alloc_slice_copy(&of_category), ..Attributes::default() }
    }));
    Request { attributes, ..Request::default() }
}

fn as_attribute<'a>(given: &'a Given, arena: &'a Arena) -> Attribute<'a> {
    let values = given.values.iter().map(|value| RawValue {
        data_type: TypeName::Known(value.data_type),
        text: &value.text,
        xpath: None,
    });
    Attribute {
        id: &given.id,
        issuer: given.issuer.as_deref(),
        include_in_result: false,
        values: arena.bump().alloc_slice_fill_iter(values),
    }
}

/// A request in XML or JSON: the first byte tells which.
///
/// # Errors
/// Why it is refused.
pub(super) fn from_bytes<'a>(bytes: &'a [u8], arena: &'a Arena, limits: &Limits) -> Result<Request<'a>, String> {
    let Some(format) = argus_engine::wire::Format::of(bytes) else {
        return Err("the request is neither XML nor JSON".to_owned());
    };
    argus_engine::wire::read(format, bytes, arena, limits).map_err(|error| error.message)
}
