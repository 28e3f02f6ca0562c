//! Requests as JSON: what clients and tests send.

use super::write_value::{write_attribute, write_category};
use super::writer::JsonWriter;
use crate::request::{Attributes, Request};
use crate::wire::xml::standalone;

/// The request in the JSON Profile's form. A data type is named unless it would be inferred; elements among the text of
/// a value become its text.
pub fn to_json(request: &Request<'_>) -> String {
    let mut out = Vec::new();
    let mut writer = JsonWriter::new(&mut out);
    writer.open(b'{');
    writer.name("Request");
    writer.open(b'{');
    for (name, is_set) in
        [("ReturnPolicyIdList", request.return_policy_id_list), ("CombinedDecision", request.combined_decision)]
    {
        if is_set {
            writer.name(name);
            writer.literal("true");
        }
    }
    writer.optional("XPathVersion", request.xpath_version);
    writer.name("Category");
    writer.open(b'[');
    for attributes in request.attributes {
        write_attributes(&mut writer, attributes);
    }
    writer.close(b']');
    write_references(&mut writer, request.references);
    writer.close(b'}');
    writer.close(b'}');
    // Nothing but texts went in.
    String::from_utf8(out).unwrap_or_default()
}

fn write_attributes(writer: &mut JsonWriter<'_>, attributes: &Attributes<'_>) {
    writer.open(b'{');
    write_category(writer, attributes);
    if let Some(content) = &attributes.content {
        writer.member("Content", &standalone(content, ""));
    }
    if !attributes.attributes.is_empty() {
        writer.name("Attribute");
        writer.open(b'[');
        for attribute in attributes.attributes {
            write_attribute(writer, attribute);
        }
        writer.close(b']');
    }
    writer.close(b'}');
}

fn write_references(writer: &mut JsonWriter<'_>, references: &[&[&str]]) {
    if references.is_empty() {
        return;
    }
    writer.name("MultiRequests");
    writer.open(b'{');
    writer.name("RequestReference");
    writer.open(b'[');
    for reference in references {
        writer.open(b'{');
        writer.name("ReferenceId");
        writer.open(b'[');
        for id in *reference {
            writer.string(id);
        }
        writer.close(b']');
        writer.close(b'}');
    }
    writer.close(b']');
    writer.close(b'}');
}
