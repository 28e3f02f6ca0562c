//! Requests in JSON (JSON Profile 1.1, 4): one pass over the text into the slices of the arena.
//!
//! Strict where a mistake would change a decision: unknown and repeated members, nulls and mixed arrays are refused.
//! Liberal where nothing is lost: a single value may stand for an array of one.

use smallvec::SmallVec;

use super::cursor::{Cursor, Read};
use super::value::{Items, infer, missing, once, read_data_type, read_values, unknown};
use crate::limits::Limits;
use crate::request::{Attribute, Attributes, Content, RawValue, Request, RequestError};
use crate::value::Arena;
use crate::wire::content::read_json_content;
use crate::wire::ids::check_unique_ids;
use crate::wire::shorthand::{category, category_or_short};

type Categories<'a> = SmallVec<[Attributes<'a>; 8]>;
type References<'a> = &'a [&'a [&'a str]];

/// Reads a request in the form of the JSON Profile. Text stays borrowed where it has no escapes.
///
/// # Errors
/// What is ill-formed, with its offset, or which limit is passed.
pub fn read_json<'a>(text: &'a str, arena: &'a Arena, limits: &Limits) -> Result<Request<'a>, RequestError> {
    crate::wire::check_size(text.len(), limits)?;
    let mut cursor = Cursor::new(text, arena, limits);
    let mut request = None;
    let mut document = cursor.object()?;
    while let Some((name, at)) = cursor.member(&mut document)? {
        match name {
            "Request" => once(&mut request, name, at, read_request(&mut cursor, limits)?)?,
            _ => return Err(unknown(name, "the document", at)),
        }
    }
    cursor.end()?;
    request.ok_or_else(|| missing("Request", "a document", 0))
}

fn read_request<'a>(cursor: &mut Cursor<'a>, limits: &Limits) -> Read<Request<'a>> {
    let (mut list, mut combined, mut version, mut references) = (None, None, None, None);
    let mut categories = Categories::new();
    let mut seen = SmallVec::<[&str; 8]>::new();
    let start = cursor.offset();
    let mut object = cursor.object()?;
    while let Some((name, at)) = cursor.member(&mut object)? {
        match name {
            "ReturnPolicyIdList" => once(&mut list, name, at, cursor.boolean()?)?,
            "CombinedDecision" => once(&mut combined, name, at, cursor.boolean()?)?,
            "XPathVersion" => once(&mut version, name, at, cursor.string()?)?,
            "MultiRequests" => once(&mut references, name, at, read_references(cursor)?)?,
            _ => {
                let implied = category(name);
                if implied.is_none() && name != "Category" {
                    return Err(unknown(name, "a request", at));
                }
                if seen.contains(&name) {
                    return Err(RequestError::new(format!("the member `{name}` comes twice"), Some(at)));
                }
                seen.push(name);
                cursor.each(|cursor| {
                    categories.push(read_category(cursor, implied, limits)?);
                    Ok(())
                })?;
            }
        }
    }
    if categories.is_empty() {
        return Err(RequestError::new("a request needs at least one category", Some(start)));
    }
    check_unique_ids(&categories, start)?;
    Ok(Request {
        return_policy_id_list: list.unwrap_or(false),
        combined_decision: combined.unwrap_or(false),
        xpath_version: version,
        attributes: cursor.arena().bump().alloc_slice_copy(&categories),
        references: references.unwrap_or_default(),
    })
}

/// Reads a category; `implied` is what the name of its member says.
pub(super) fn read_category<'a>(
    cursor: &mut Cursor<'a>,
    implied: Option<&'static str>,
    limits: &Limits,
) -> Read<Attributes<'a>> {
    let start = cursor.offset();
    let (mut named, mut id, mut content, mut attributes) = (None, None, None, None);
    let mut object = cursor.object()?;
    while let Some((name, at)) = cursor.member(&mut object)? {
        match name {
            "CategoryId" => once(&mut named, name, at, category_or_short(cursor.string()?))?,
            "Id" => once(&mut id, name, at, cursor.string()?)?,
            "Content" => once(&mut content, name, at, read_content(cursor, limits)?)?,
            "Attribute" => once(&mut attributes, name, at, read_attributes(cursor)?)?,
            _ => return Err(unknown(name, "a category", at)),
        }
    }
    let category = match (implied, named) {
        (Some(implied), Some(named)) if implied != named => {
            let message = format!("`CategoryId` is `{named}` where the member's name says `{implied}`");
            return Err(RequestError::new(message, Some(start)));
        }
        (Some(category), _) | (None, Some(category)) => category,
        (None, None) => return Err(missing("CategoryId", "a category", start)),
    };
    Ok(Attributes { category, id, content, attributes: attributes.unwrap_or_default() })
}

fn read_content<'a>(cursor: &mut Cursor<'a>, limits: &Limits) -> Read<Content<'a>> {
    let at = cursor.offset();
    let text = cursor.string()?;
    read_json_content(text, at, cursor.arena(), limits)
}

fn read_attributes<'a>(cursor: &mut Cursor<'a>) -> Read<&'a [Attribute<'a>]> {
    let mut attributes = SmallVec::<[Attribute<'a>; 8]>::new();
    cursor.each(|cursor| {
        let attribute = read_attribute(cursor)?;
        // An empty array is an attribute without values, which is no attribute at all.
        if !attribute.values.is_empty() {
            attributes.push(attribute);
        }
        Ok(())
    })?;
    Ok(cursor.arena().bump().alloc_slice_copy(&attributes))
}

fn read_attribute<'a>(cursor: &mut Cursor<'a>) -> Read<Attribute<'a>> {
    let start = cursor.offset();
    let (mut id, mut issuer, mut data_type, mut include, mut value) = (None, None, None, None, None);
    let mut items = Items::new();
    let mut object = cursor.object()?;
    while let Some((name, at)) = cursor.member(&mut object)? {
        match name {
            "AttributeId" => once(&mut id, name, at, cursor.string()?)?,
            "Value" => {
                // Not read twice: the values of a second member would join the first's.
                once(&mut value, name, at, ())?;
                read_values(cursor, &mut items)?;
            }
            "DataType" => once(&mut data_type, name, at, read_data_type(cursor)?)?,
            "Issuer" => once(&mut issuer, name, at, cursor.string()?)?,
            "IncludeInResult" => once(&mut include, name, at, cursor.boolean()?)?,
            _ => return Err(unknown(name, "an attribute", at)),
        }
    }
    let id = id.ok_or_else(|| missing("AttributeId", "an attribute", start))?;
    value.ok_or_else(|| missing("Value", "an attribute", start))?;
    let data_type = match data_type {
        Some(data_type) => data_type,
        None => infer(&items)?,
    };
    let mut values = SmallVec::<[RawValue<'a>; 4]>::new();
    for item in &items {
        values.push(item.with_type(data_type)?);
    }
    let values = cursor.arena().bump().alloc_slice_copy(&values);
    Ok(Attribute { id, issuer, include_in_result: include.unwrap_or(false), values })
}

fn read_references<'a>(cursor: &mut Cursor<'a>) -> Read<References<'a>> {
    let start = cursor.offset();
    let mut references = None;
    let mut object = cursor.object()?;
    while let Some((name, at)) = cursor.member(&mut object)? {
        match name {
            "RequestReference" => once(&mut references, name, at, read_each_reference(cursor)?)?,
            _ => return Err(unknown(name, "`MultiRequests`", at)),
        }
    }
    let references = references.unwrap_or_default();
    if references.is_empty() {
        return Err(missing("RequestReference", "`MultiRequests`", start));
    }
    Ok(references)
}

fn read_each_reference<'a>(cursor: &mut Cursor<'a>) -> Read<References<'a>> {
    let mut references = SmallVec::<[&'a [&'a str]; 8]>::new();
    cursor.each(|cursor| {
        let start = cursor.offset();
        let mut ids = None;
        let mut object = cursor.object()?;
        while let Some((name, at)) = cursor.member(&mut object)? {
            match name {
                "ReferenceId" => once(&mut ids, name, at, read_ids(cursor)?)?,
                _ => return Err(unknown(name, "a `RequestReference`", at)),
            }
        }
        let ids = ids.unwrap_or_default();
        if ids.is_empty() {
            return Err(missing("ReferenceId", "a `RequestReference`", start));
        }
        references.push(ids);
        Ok(())
    })?;
    Ok(cursor.arena().bump().alloc_slice_copy(&references))
}

fn read_ids<'a>(cursor: &mut Cursor<'a>) -> Read<&'a [&'a str]> {
    let mut ids = SmallVec::<[&'a str; 8]>::new();
    cursor.each(|cursor| {
        ids.push(cursor.string()?);
        Ok(())
    })?;
    Ok(cursor.arena().bump().alloc_slice_copy(&ids))
}
