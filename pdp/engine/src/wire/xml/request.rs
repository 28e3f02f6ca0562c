//! Requests in XML, strictly by the core schema (core 5.42 to 5.52).
//!
//! Two liberties: a missing `IncludeInResult`, `ReturnPolicyIdList` or `CombinedDecision` is false, which is what the
//! standard's prose calls their default.

use smallvec::SmallVec;

use super::document::{Document, Held, Read};
use super::schema::{
    boolean, each_attribute, each_of, end, identifier, no_attributes, plain_text, stray, unexpected, without,
};
use crate::limits::Limits;
use crate::read::xml::{Space, Start};
use crate::request::{Attribute, Attributes, Content, RawValue, RawXPath, Request, RequestError, TypeName};
use crate::types::collapse;
use crate::value::{Arena, DataType};
use crate::wire::ids::check_unique_ids;

/// Reads a request in the form of the core schema. Text stays borrowed where it has no references.
///
/// # Errors
/// What is ill-formed or against the schema, with its offset, or which limit is passed.
pub fn read_xml<'a>(text: &'a str, arena: &'a Arena, limits: &Limits) -> Result<Request<'a>, RequestError> {
    crate::wire::check_size(text.len(), limits)?;
    let mut document = Document::new(text, arena, limits)?;
    let root = document.root()?;
    if !root.is("Request") {
        return Err(unexpected(&root, "Request"));
    }
    let request = read_request(&mut document, &root)?;
    document.finish()?;
    Ok(request)
}

fn read_request<'a>(document: &mut Document<'a>, root: &Start<'a>) -> Read<Request<'a>> {
    let mut request = Request::default();
    each_attribute(document, root, |attribute| {
        match attribute.name.local {
            "ReturnPolicyIdList" => request.return_policy_id_list = boolean(attribute)?,
            "CombinedDecision" => request.combined_decision = boolean(attribute)?,
            _ => return Err(stray(attribute, root)),
        }
        Ok(())
    })?;
    let mut attributes = SmallVec::<[Attributes<'a>; 8]>::new();
    while let Some(child) = document.child()? {
        if child.is("Attributes") && request.references.is_empty() {
            attributes.push(read_attributes(document, &child)?);
        } else if child.is("RequestDefaults") && request.xpath_version.is_none() && attributes.is_empty() {
            request.xpath_version = Some(read_defaults(document, &child)?);
        } else if child.is("MultiRequests") && request.references.is_empty() && !attributes.is_empty() {
            request.references = read_references(document, &child)?;
        } else {
            return Err(unexpected(&child, "RequestDefaults`, `Attributes` or `MultiRequests"));
        }
    }
    if attributes.is_empty() {
        return Err(RequestError::new("`Request` without `Attributes`", Some(root.offset())));
    }
    check_unique_ids(&attributes, root.offset())?;
    request.attributes = document.arena.bump().alloc_slice_copy(&attributes);
    Ok(request)
}

fn read_defaults<'a>(document: &mut Document<'a>, tag: &Start<'a>) -> Read<&'a str> {
    no_attributes(document, tag)?;
    let Some(child) = document.child()?.filter(|child| child.is("XPathVersion")) else {
        return Err(RequestError::new("`RequestDefaults` holds one `XPathVersion`", Some(tag.offset())));
    };
    no_attributes(document, &child)?;
    let version = plain_text(document, &child)?;
    end(document, tag)?;
    Ok(collapse(version))
}

fn read_attributes<'a>(document: &mut Document<'a>, tag: &Start<'a>) -> Read<Attributes<'a>> {
    let (mut category, mut id) = (None, None);
    each_of(document, |attribute| {
        match (attribute.name.space, attribute.name.local) {
            (Space::None, "Category") => category = Some(collapse(attribute.value)),
            (Space::Xml, "id") => id = Some(identifier(attribute)?),
            (Space::Xml | Space::Xsi, _) => {}
            _ => return Err(stray(attribute, tag)),
        }
        Ok(())
    })?;
    let category = category.ok_or_else(|| without(tag, "Category"))?;
    let mut content = None;
    let mut attributes = SmallVec::<[Attribute<'a>; 8]>::new();
    while let Some(child) = document.child()? {
        if child.is("Attribute") {
            attributes.push(read_attribute(document, &child)?);
        } else if child.is("Content") && content.is_none() && attributes.is_empty() {
            content = Some(read_content(document, &child)?);
        } else {
            return Err(unexpected(&child, "Content` or `Attribute"));
        }
    }
    Ok(Attributes { category, id, content, attributes: document.arena.bump().alloc_slice_copy(&attributes) })
}

// `Content` is mixed by the schema, and holds exactly one element by the standard's text (core 5.45).
fn read_content<'a>(document: &mut Document<'a>, tag: &Start<'a>) -> Read<Content<'a>> {
    no_attributes(document, tag)?;
    let namespaces = document.namespaces();
    let one = || RequestError::new("`Content` holds exactly one element", Some(tag.offset()));
    document.mixed_child()?.ok_or_else(one)?;
    let xml = document.skip()?;
    if document.mixed_child()?.is_some() {
        return Err(one());
    }
    Ok(Content { xml, namespaces })
}

fn read_attribute<'a>(document: &mut Document<'a>, tag: &Start<'a>) -> Read<Attribute<'a>> {
    let (mut id, mut issuer, mut include_in_result) = (None, None, false);
    each_attribute(document, tag, |attribute| {
        match attribute.name.local {
            "AttributeId" => id = Some(collapse(attribute.value)),
            "Issuer" => issuer = Some(attribute.value),
            "IncludeInResult" => include_in_result = boolean(attribute)?,
            _ => return Err(stray(attribute, tag)),
        }
        Ok(())
    })?;
    let id = id.ok_or_else(|| without(tag, "AttributeId"))?;
    let mut values = SmallVec::<[RawValue<'a>; 4]>::new();
    while let Some(child) = document.child()? {
        if !child.is("AttributeValue") {
            return Err(unexpected(&child, "AttributeValue"));
        }
        values.push(read_value(document, &child)?);
    }
    if values.is_empty() {
        return Err(RequestError::new("`Attribute` without `AttributeValue`", Some(tag.offset())));
    }
    Ok(Attribute { id, issuer, include_in_result, values: document.arena.bump().alloc_slice_copy(&values) })
}

/// Reads an `AttributeValue`, which may have any attributes besides its own.
pub(super) fn read_value<'a>(document: &mut Document<'a>, tag: &Start<'a>) -> Read<RawValue<'a>> {
    let (mut data_type, mut category) = (None, None);
    each_of(document, |attribute| {
        match (attribute.name.space, attribute.name.local) {
            (Space::None, "DataType") => data_type = Some(TypeName::from_uri(collapse(attribute.value))),
            (Space::None, "XPathCategory") => category = Some(collapse(attribute.value)),
            _ => {}
        }
        Ok(())
    })?;
    let data_type = data_type.ok_or_else(|| without(tag, "DataType"))?;
    let is_xpath = data_type == TypeName::Known(DataType::XPathExpression);
    if is_xpath && category.is_none() {
        return Err(without(tag, "XPathCategory"));
    }
    // What is in scope is only known while the element is open, and only needed by few.
    let mut namespaces = is_xpath.then(|| document.namespaces());
    let text = match document.text_or_markup(&mut namespaces)? {
        Held::Plain(text) if !is_xpath => return Ok(RawValue { data_type, text, xpath: None }),
        Held::Plain(text) | Held::Markup(text) => text,
    };
    let category = category.filter(|_| is_xpath).unwrap_or_default();
    let namespaces = namespaces.unwrap_or_default();
    Ok(RawValue { data_type, text, xpath: Some(document.arena.bump().alloc(RawXPath { category, namespaces })) })
}

fn read_references<'a>(document: &mut Document<'a>, tag: &Start<'a>) -> Read<&'a [&'a [&'a str]]> {
    no_attributes(document, tag)?;
    let mut references = SmallVec::<[&'a [&'a str]; 8]>::new();
    while let Some(child) = document.child()? {
        if !child.is("RequestReference") {
            return Err(unexpected(&child, "RequestReference"));
        }
        references.push(read_reference(document, &child)?);
    }
    if references.is_empty() {
        return Err(RequestError::new("`MultiRequests` without `RequestReference`", Some(tag.offset())));
    }
    Ok(document.arena.bump().alloc_slice_copy(&references))
}

fn read_reference<'a>(document: &mut Document<'a>, tag: &Start<'a>) -> Read<&'a [&'a str]> {
    no_attributes(document, tag)?;
    let mut ids = SmallVec::<[&'a str; 8]>::new();
    while let Some(child) = document.child()? {
        if !child.is("AttributesReference") {
            return Err(unexpected(&child, "AttributesReference"));
        }
        let mut id = None;
        each_attribute(document, &child, |attribute| {
            match attribute.name.local {
                "ReferenceId" => id = Some(identifier(attribute)?),
                _ => return Err(stray(attribute, &child)),
            }
            Ok(())
        })?;
        ids.push(id.ok_or_else(|| without(&child, "ReferenceId"))?);
        end(document, &child)?;
    }
    if ids.is_empty() {
        return Err(RequestError::new("`RequestReference` without `AttributesReference`", Some(tag.offset())));
    }
    Ok(document.arena.bump().alloc_slice_copy(&ids))
}
