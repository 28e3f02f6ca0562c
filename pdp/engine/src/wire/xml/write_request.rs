//! Requests as XML: what clients and tests send.

use super::write_value::{open_attributes, write_attribute};
use super::writer::XmlWriter;
use crate::read::xml::{CORE_NAMESPACE, Event, XmlLimits, XmlReader, XmlResult};
use crate::request::{Attributes, Content, Request};

/// The request in XML. Characters that XML 1.0 has no place for become U+FFFD.
pub fn to_xml(request: &Request<'_>) -> String {
    let mut out = Vec::new();
    let mut writer = XmlWriter::new(&mut out);
    writer.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Request");
    writer.attribute("xmlns", CORE_NAMESPACE);
    let boolean = |value| if value { "true" } else { "false" };
    writer.attribute("ReturnPolicyIdList", boolean(request.return_policy_id_list));
    writer.attribute("CombinedDecision", boolean(request.combined_decision));
    writer.raw(">");
    if let Some(version) = request.xpath_version {
        writer.raw("<RequestDefaults>");
        writer.element("XPathVersion", version);
        writer.raw("</RequestDefaults>");
    }
    for attributes in request.attributes {
        write_attributes(&mut writer, attributes);
    }
    write_references(&mut writer, request.references);
    writer.raw("</Request>\n");
    // Nothing but texts went in.
    String::from_utf8(out).unwrap_or_default()
}

fn write_attributes(writer: &mut XmlWriter<'_>, attributes: &Attributes<'_>) {
    open_attributes(writer, attributes);
    if let Some(content) = &attributes.content {
        writer.raw("<Content>");
        writer.raw(&standalone(content, CORE_NAMESPACE));
        writer.raw("</Content>");
    }
    for attribute in attributes.attributes {
        write_attribute(writer, attribute);
    }
    writer.raw("</Attributes>");
}

fn write_references(writer: &mut XmlWriter<'_>, references: &[&[&str]]) {
    if references.is_empty() {
        return;
    }
    writer.raw("<MultiRequests>");
    for reference in references {
        writer.raw("<RequestReference>");
        for id in *reference {
            writer.raw("<AttributesReference");
            writer.attribute("ReferenceId", id);
            writer.raw("/>");
        }
        writer.raw("</RequestReference>");
    }
    writer.raw("</MultiRequests>");
}

/// The element with the declarations that it needs of those around it, to stand where `default` is the default
/// namespace.
pub(in crate::wire) fn standalone(content: &Content<'_>, default: &str) -> String {
    let xml = content.xml;
    let (end, own) = root_declarations(content).unwrap_or_default();
    let (name, rest) = xml.split_at_checked(end).unwrap_or((xml, ""));
    let mut around = Vec::new();
    let mut writer = XmlWriter::new(&mut around);
    let is_inherited = |prefix: &str| !own.contains(&prefix);
    let meant = content.namespaces.iter().find(|(prefix, _)| prefix.is_empty()).map_or("", |(_, uri)| *uri);
    if meant != default && is_inherited("") {
        writer.attribute("xmlns", meant);
    }
    for (prefix, uri) in content.namespaces.iter().filter(|(prefix, _)| !prefix.is_empty() && is_inherited(prefix)) {
        // A prefix that stands nowhere in the text can't be used there.
        if xml.contains(&format!("{prefix}:")) {
            writer.attribute(&format!("xmlns:{prefix}"), uri);
        }
    }
    format!("{name}{}{rest}", String::from_utf8_lossy(&around))
}

// Where the name of the element ends, and which prefixes its own tag declares (the empty one for the default).
fn root_declarations<'a>(content: &Content<'a>) -> XmlResult<(usize, Vec<&'a str>)> {
    let mut xml = XmlReader::new(content.xml, XmlLimits { bytes: (usize::MAX, ""), ..XmlLimits::default() })?;
    xml.inherit(content.namespaces)?;
    match xml.pull()? {
        Event::Start(start) => {
            let own = xml.declared().map(|(prefix, _)| prefix).collect();
            Ok((start.name_at.end as usize, own))
        }
        _ => Ok((0, Vec::new())),
    }
}
