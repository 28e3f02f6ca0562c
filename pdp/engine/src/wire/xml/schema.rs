//! What the core schema asks of every element: its own attributes and no others, its own children and no others.

use super::namespaces::{CORE, Space};
use super::scanner::{Read, Scanner, Tag, XmlAttribute};
use super::text::Text;
use crate::request::RequestError;
use crate::types::{collapse, parse_boolean};

/// Calls `read` for every attribute of the element opened last, those of `xml:` and `xsi:` included.
pub(super) fn each_of<'a>(scanner: &Scanner<'a>, mut read: impl FnMut(&XmlAttribute<'a>) -> Read<()>) -> Read<()> {
    let mut place = 0;
    while let Some(attribute) = scanner.attribute(place) {
        read(&attribute)?;
        place += 1;
    }
    Ok(())
}

/// Calls `read` for every attribute that has no namespace; those of `xml:` and `xsi:` are let be, others refused.
pub(super) fn each_attribute<'a>(
    scanner: &Scanner<'a>,
    tag: &Tag<'a>,
    mut read: impl FnMut(&XmlAttribute<'a>) -> Read<()>,
) -> Read<()> {
    each_of(scanner, |attribute| match attribute.space {
        Space::None => read(attribute),
        Space::Xml | Space::Xsi => Ok(()),
        Space::Core | Space::Other => Err(stray(attribute, tag)),
    })
}

/// Holds where the element has no attributes of its own.
pub(super) fn no_attributes<'a>(scanner: &Scanner<'a>, tag: &Tag<'a>) -> Read<()> {
    each_attribute(scanner, tag, |attribute| Err(stray(attribute, tag)))
}

/// Takes the end tag, which must be next.
pub(super) fn end<'a>(scanner: &mut Scanner<'a>, tag: &Tag<'a>) -> Read<()> {
    match scanner.child()? {
        None => Ok(()),
        Some(child) => {
            let message = format!("`{}` is not allowed in `{}`", child.name.qualified, tag.name.qualified);
            Err(RequestError::new(message, Some(child.at)))
        }
    }
}

/// Text without elements among it.
pub(super) fn plain_text<'a>(scanner: &mut Scanner<'a>, tag: &Tag<'a>) -> Read<&'a str> {
    match scanner.text()? {
        Text::Plain(text) => Ok(text),
        Text::Markup(_) => Err(RequestError::new(format!("`{}` holds text alone", tag.name.qualified), Some(tag.at))),
    }
}

/// A boolean attribute.
pub(super) fn boolean(attribute: &XmlAttribute<'_>) -> Read<bool> {
    parse_boolean(attribute.value).map_err(|error| {
        let message = format!("`{}` is `{}`: {}", attribute.name.qualified, attribute.value, error);
        RequestError::new(message, Some(attribute.at))
    })
}

/// An id or a reference to one.
pub(super) fn identifier<'a>(attribute: &XmlAttribute<'a>) -> Read<&'a str> {
    match collapse(attribute.value) {
        "" => Err(RequestError::new(format!("`{}` is empty", attribute.name.qualified), Some(attribute.at))),
        id => Ok(id),
    }
}

/// An attribute that the schema doesn't have.
#[cold]
pub(super) fn stray(attribute: &XmlAttribute<'_>, tag: &Tag<'_>) -> RequestError {
    let message = format!("`{}` has no attribute `{}`", tag.name.qualified, attribute.name.qualified);
    RequestError::new(message, Some(attribute.at))
}

/// An element without an attribute that the schema requires.
#[cold]
pub(super) fn without(tag: &Tag<'_>, attribute: &str) -> RequestError {
    RequestError::new(format!("`{}` without `{attribute}`", tag.name.qualified), Some(tag.at))
}

/// An element where another was expected: by name, by place or by namespace.
#[cold]
pub(super) fn unexpected(tag: &Tag<'_>, expected: &str) -> RequestError {
    let name = tag.name.qualified;
    let message = if tag.space == Space::Core {
        format!("expected `{expected}`, found `{name}`")
    } else {
        format!("expected `{expected}`, found `{name}`, which is not in the namespace `{CORE}`")
    };
    RequestError::new(message, Some(tag.at))
}
