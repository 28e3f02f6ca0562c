//! Values and attributes as XML, in requests and responses alike.

use super::writer::XmlWriter;
use crate::read::xml::CORE_NAMESPACE;
use crate::request::{Attribute, Attributes};
use crate::wire::shown::{Extra, Shown};

/// Writes `<name attributes DataType="…">value</name>`, where the default namespace is that of the core schema.
pub(super) fn write_value(
    writer: &mut XmlWriter<'_>,
    name: &str,
    attributes: &[(&str, Option<&str>)],
    value: &Shown<'_>,
) {
    // Elements among the text may stand in another default namespace than ours, or in none: then our own element needs
    // a prefix.
    let prefix = match &value.extra {
        Extra::Markup { namespaces } if !namespaces.contains(&("", CORE_NAMESPACE)) => Some(free_prefix(namespaces)),
        _ => None,
    };
    let tag = |writer: &mut XmlWriter<'_>, open: &str| {
        writer.raw(open);
        if let Some(prefix) = &prefix {
            writer.raw(prefix);
            writer.raw(":");
        }
        writer.raw(name);
    };
    tag(writer, "<");
    for (attribute, text) in attributes {
        writer.optional(attribute, *text);
    }
    writer.attribute("DataType", value.data_type.uri());
    match &value.extra {
        Extra::Nothing => {}
        Extra::XPath { category, namespaces } => {
            writer.attribute("XPathCategory", category);
            declare(writer, namespaces);
        }
        Extra::Markup { namespaces } => declare(writer, namespaces),
    }
    if let (Some(prefix), Extra::Markup { namespaces }) = (&prefix, &value.extra) {
        writer.attribute(&format!("xmlns:{prefix}"), CORE_NAMESPACE);
        let default = namespaces.iter().find(|(prefix, _)| prefix.is_empty());
        writer.attribute("xmlns", default.map_or("", |(_, uri)| *uri));
    }
    writer.raw(">");
    match &value.extra {
        Extra::Markup { .. } => writer.raw(&value.text),
        _ => writer.text(&value.text),
    }
    tag(writer, "</");
    writer.raw(">");
}

/// Writes an `Attribute`.
pub(super) fn write_attribute(writer: &mut XmlWriter<'_>, attribute: &Attribute<'_>) {
    writer.raw("<Attribute");
    writer.attribute("AttributeId", attribute.id);
    writer.optional("Issuer", attribute.issuer);
    writer.attribute("IncludeInResult", if attribute.include_in_result { "true" } else { "false" });
    writer.raw(">");
    for value in attribute.values {
        write_value(writer, "AttributeValue", &[], &Shown::from(value));
    }
    writer.raw("</Attribute>");
}

/// Writes the start tag of an `Attributes`.
pub(super) fn open_attributes(writer: &mut XmlWriter<'_>, attributes: &Attributes<'_>) {
    writer.raw("<Attributes");
    writer.attribute("Category", attributes.category);
    writer.optional("xml:id", attributes.id);
    writer.raw(">");
}

// The default namespace has no meaning for an XPath, and is ours in the document.
fn declare(writer: &mut XmlWriter<'_>, namespaces: &[(&str, &str)]) {
    for (prefix, uri) in namespaces.iter().filter(|(prefix, _)| !prefix.is_empty()) {
        writer.attribute(&format!("xmlns:{prefix}"), uri);
    }
}

fn free_prefix(namespaces: &[(&str, &str)]) -> String {
    let mut prefix = "xacml".to_owned();
    while namespaces.iter().any(|(taken, _)| *taken == prefix) {
        prefix.push('_');
    }
    prefix
}
