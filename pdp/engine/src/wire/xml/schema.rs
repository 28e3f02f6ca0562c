//! What the core schema asks of every element: its own attributes and no others, its own children and no others.

use super::document::{Document, Held, Read};
use crate::read::xml::{CORE_NAMESPACE, Name, Space, Start};
use crate::request::RequestError;
use crate::types::{collapse, parse_boolean};

/// An attribute, declarations of namespaces excepted.
#[derive(Debug, Clone, Copy)]
pub(super) struct XmlAttribute<'a> {
    pub(super) name: Name<'a>,
    pub(super) value: &'a str,
    /// Where its name stands.
    pub(super) at: usize,
}

/// Calls `read` for every attribute of the element opened last, those of `xml:` and `xsi:` included.
#[inline]
pub(super) fn each_of<'a>(document: &Document<'a>, mut read: impl FnMut(&XmlAttribute<'a>) -> Read<()>) -> Read<()> {
    for one in document.xml.attributes() {
        let value = document.keep(one.value.clone());
        read(&XmlAttribute { name: one.name, value, at: one.name_at.start as usize })?;
    }
    Ok(())
}

/// Calls `read` for every attribute that has no namespace; those of `xml:` and `xsi:` are let be, others refused.
#[inline]
pub(super) fn each_attribute<'a>(
    document: &Document<'a>,
    tag: &Start<'a>,
    mut read: impl FnMut(&XmlAttribute<'a>) -> Read<()>,
) -> Read<()> {
    each_of(document, |attribute| match attribute.name.space {
        Space::None => read(attribute),
        Space::Xml | Space::Xsi => Ok(()),
        Space::Core | Space::Other(_) => Err(stray(attribute, tag)),
    })
}

/// Holds where the element has no attributes of its own.
pub(super) fn no_attributes<'a>(document: &Document<'a>, tag: &Start<'a>) -> Read<()> {
    each_attribute(document, tag, |attribute| Err(stray(attribute, tag)))
}

/// Takes the end tag, which must be next.
pub(super) fn end<'a>(document: &mut Document<'a>, tag: &Start<'a>) -> Read<()> {
    match document.child()? {
        None => Ok(()),
        Some(child) => {
            let message = format!("`{}` is not allowed in `{}`", child.name, tag.name);
            Err(RequestError::new(message, Some(child.offset())))
        }
    }
}

/// Text without elements among it.
pub(super) fn plain_text<'a>(document: &mut Document<'a>, tag: &Start<'a>) -> Read<&'a str> {
    match document.text()? {
        Held::Plain(text) => Ok(text),
        Held::Markup(_) => Err(RequestError::new(format!("`{}` holds text alone", tag.name), Some(tag.offset()))),
    }
}

/// A boolean attribute.
pub(super) fn boolean(attribute: &XmlAttribute<'_>) -> Read<bool> {
    parse_boolean(attribute.value).map_err(|error| {
        let message = format!("`{}` is `{}`: {}", attribute.name, attribute.value, error);
        RequestError::new(message, Some(attribute.at))
    })
}

/// An id or a reference to one.
pub(super) fn identifier<'a>(attribute: &XmlAttribute<'a>) -> Read<&'a str> {
    match collapse(attribute.value) {
        "" => Err(RequestError::new(format!("`{}` is empty", attribute.name), Some(attribute.at))),
        id => Ok(id),
    }
}

/// An attribute that the schema doesn't have.
#[cold]
pub(super) fn stray(attribute: &XmlAttribute<'_>, tag: &Start<'_>) -> RequestError {
    let message = format!("`{}` has no attribute `{}`", tag.name, attribute.name);
    RequestError::new(message, Some(attribute.at))
}

/// An element without an attribute that the schema requires.
#[cold]
pub(super) fn without(tag: &Start<'_>, attribute: &str) -> RequestError {
    RequestError::new(format!("`{}` without `{attribute}`", tag.name), Some(tag.offset()))
}

/// An element where another was expected: by name, by place or by namespace.
#[cold]
pub(super) fn unexpected(tag: &Start<'_>, expected: &str) -> RequestError {
    let name = tag.name;
    let message = if name.space == Space::Core {
        format!("expected `{expected}`, found `{name}`")
    } else {
        format!("expected `{expected}`, found `{name}`, which is not in the namespace `{CORE_NAMESPACE}`")
    };
    RequestError::new(message, Some(tag.offset()))
}
