//! The attributes of a tag: each name and value checked in one pass, duplicates refused also by expanded name.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::characters::is_blank;
use super::names::scan;
use super::namespaces::Namespaces;
use super::text::{scan_value, value};
use super::{Extent, Name, Space, XmlError, XmlResult};

/// An attribute of the element just opened. Namespace declarations are not among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute<'s> {
    /// Its name. Without a prefix it is in no namespace.
    pub name: Name<'s>,
    /// Its value, references replaced.
    pub value: Cow<'s, str>,
    /// Where the name stands.
    pub name_at: Extent,
    /// Where the value stands, without its quotes.
    pub value_at: Extent,
}

pub(super) type Attributes<'s> = SmallVec<[Attribute<'s>; 6]>;

/// Reads attributes from a place to the end of `tag`, which is the document up to where the tag ends. Says whether
/// one of them has a prefix or declares a namespace.
pub(super) fn scan_attributes<'s>(
    tag: &'s str,
    from: usize,
    most: usize,
    into: &mut Attributes<'s>,
) -> XmlResult<bool> {
    into.clear();
    let mut special = false;
    let mut at = from;
    loop {
        let start = skip_blanks(tag, at);
        if start >= tag.len() {
            return Ok(special);
        }
        if start == at {
            return Err(unexpected(tag, at));
        }
        if into.len() >= most {
            return Err(XmlError::limit(Extent::new(start, start + 1), "attributes in a tag", most, "attributes"));
        }
        at = scan_one(tag, start, into)?;
        if let Some((new, before)) = into.split_last() {
            refuse_duplicate(new, before)?;
            special |= !new.name.prefix.is_empty() || new.name.local == "xmlns";
        }
    }
}

// Reads one attribute; gives where it ends.
#[inline]
fn scan_one<'s>(tag: &'s str, start: usize, into: &mut Attributes<'s>) -> XmlResult<usize> {
    let name = scan(tag, start);
    if !name.good {
        return Err(unexpected(tag, start));
    }
    let equals = skip_blanks(tag, name.end);
    let quote_at = match tag.as_bytes().get(equals) {
        Some(b'=') => skip_blanks(tag, equals + 1),
        _ => return Err(no_value(Extent::new(start, name.end))),
    };
    let quote = match tag.as_bytes().get(quote_at) {
        Some(quote @ (b'"' | b'\'')) => *quote,
        _ => return Err(no_value(Extent::new(start, name.end))),
    };
    let (end, verbatim) = scan_value(tag, quote_at + 1, quote)?;
    let raw = tag.get(quote_at + 1..end).unwrap_or("");
    let value = if verbatim { Cow::Borrowed(raw) } else { value(raw, quote_at + 1)? };
    into.push(Attribute {
        name: split(tag, start, name.colon, name.end),
        value,
        name_at: Extent::new(start, name.end),
        value_at: Extent::new(quote_at + 1, end),
    });
    Ok(end + 1)
}

/// A name, not yet resolved.
#[inline]
pub(super) fn split(text: &str, start: usize, colon: Option<usize>, end: usize) -> Name<'_> {
    let (prefix, local) = match colon {
        Some(colon) => (text.get(start..colon), text.get(colon + 1..end)),
        None => (Some(""), text.get(start..end)),
    };
    Name { prefix: prefix.unwrap_or(""), local: local.unwrap_or(""), space: Space::None }
}

#[inline]
fn skip_blanks(text: &str, from: usize) -> usize {
    let bytes = text.as_bytes().get(from..).unwrap_or_default();
    from + bytes.iter().take_while(|byte| is_blank(**byte)).count()
}

// Most pairs differ in length or in the first byte, which costs less to see than a call to compare them.
#[inline]
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && (a.is_empty() || (a.as_bytes().first() == b.as_bytes().first() && a == b))
}

#[inline]
fn refuse_duplicate(new: &Attribute<'_>, old: &[Attribute<'_>]) -> XmlResult<()> {
    match old.iter().find(|one| same(one.name.local, new.name.local) && same(one.name.prefix, new.name.prefix)) {
        Some(first) => Err(duplicate(new, first)),
        None => Ok(()),
    }
}

/// Takes the namespace declarations out of a tag's attributes and resolves the prefixes of the others.
#[cold]
pub(super) fn resolve<'s>(attributes: &mut Attributes<'s>, namespaces: &mut Namespaces<'s>) -> XmlResult<()> {
    for declaration in attributes.iter_mut().filter(|one| is_declaration(one)) {
        let prefix = if declaration.name.prefix.is_empty() { "" } else { declaration.name.local };
        namespaces.declare(prefix, std::mem::take(&mut declaration.value), declaration.value_at)?;
    }
    attributes.retain(|one| !is_declaration(one));
    for place in 0..attributes.len() {
        let (before, rest) = attributes.split_at_mut(place);
        let Some(attribute) = rest.first_mut().filter(|one| !one.name.prefix.is_empty()) else { continue };
        let Some(space) = namespaces.resolve(attribute.name.prefix) else {
            return Err(undeclared(attribute.name.prefix, attribute.name_at));
        };
        attribute.name.space = space;
        let same = |one: &&mut Attribute<'_>| one.name.space == space && one.name.local == attribute.name.local;
        if let Some(first) = before.iter_mut().find(same) {
            return Err(duplicate(attribute, first));
        }
    }
    Ok(())
}

fn is_declaration(attribute: &Attribute<'_>) -> bool {
    attribute.name.prefix == "xmlns" || (attribute.name.prefix.is_empty() && attribute.name.local == "xmlns")
}

#[cold]
pub(super) fn undeclared(prefix: &str, name_at: Extent) -> XmlError {
    let at = Extent { end: name_at.start.saturating_add(u32::try_from(prefix.len()).unwrap_or(0)), ..name_at };
    XmlError::ill_formed(
        at,
        format!("prefix `{prefix}` is not declared"),
        format!("no `xmlns:{prefix}` on this element or above it"),
    )
}

#[cold]
fn duplicate(new: &Attribute<'_>, first: &Attribute<'_>) -> XmlError {
    let message = if new.name.prefix == first.name.prefix {
        format!("attribute `{}` is given twice", new.name.local)
    } else {
        format!("attribute `{}` is given twice, under two prefixes of one namespace", new.name.local)
    };
    XmlError::ill_formed(new.name_at, message, "second use").opened(first.name_at)
}

#[cold]
fn no_value(name_at: Extent) -> XmlError {
    XmlError::ill_formed(name_at, "an attribute without a value", "expected `=` and a value in quotes")
}

#[cold]
fn unexpected(tag: &str, at: usize) -> XmlError {
    let found = tag.get(at..).and_then(|rest| rest.chars().next()).unwrap_or_default();
    let message = match found {
        '"' | '\'' => "a quote where an attribute's name belongs".to_owned(),
        found if found.is_control() => "a control character in a tag".to_owned(),
        found => format!("`{found}` where an attribute's name belongs"),
    };
    let label = "expected white space and a name, or the tag's end";
    XmlError::ill_formed(Extent::new(at, at + found.len_utf8()), message, label)
}
