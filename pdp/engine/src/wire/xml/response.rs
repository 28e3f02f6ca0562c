//! Responses as XML, in the core schema's order (core 5.47 to 5.58).

use super::write_value::{open_attributes, write_attribute, write_value};
use super::writer::XmlWriter;
use crate::read::xml::CORE_NAMESPACE;
use crate::request::Attributes;
use crate::response::{Duty, PolicyIdentifier, Response, Result};
use crate::status::{Fault, MissingAttribute, StatusCode};
use crate::wire::shown::Shown;

/// Appends a response in XML. Characters that XML 1.0 has no place for become U+FFFD.
pub fn write_xml(response: &Response<'_>, out: &mut Vec<u8>) {
    let mut writer = XmlWriter::new(out);
    writer.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response");
    writer.attribute("xmlns", CORE_NAMESPACE);
    writer.raw(">");
    for result in &response.results {
        write_result(&mut writer, result);
    }
    writer.raw("</Response>\n");
}

fn write_result(writer: &mut XmlWriter<'_>, result: &Result<'_>) {
    writer.raw("<Result>");
    writer.element("Decision", result.decision.as_str());
    write_status(writer, result.fault.as_ref());
    write_duties(writer, &result.obligations, ["Obligations", "Obligation", "ObligationId"]);
    write_duties(writer, &result.advice, ["AssociatedAdvice", "Advice", "AdviceId"]);
    for attributes in result.attributes {
        write_included(writer, attributes);
    }
    write_policies(writer, &result.policies);
    writer.raw("</Result>");
}

fn write_status(writer: &mut XmlWriter<'_>, fault: Option<&Fault>) {
    writer.raw("<Status>");
    let Some(fault) = fault else {
        writer.raw("<StatusCode");
        writer.attribute("Value", StatusCode::Ok.as_str());
        writer.raw("/></Status>");
        return;
    };
    write_code(writer, fault.code.as_str(), &fault.minor);
    if !fault.message.is_empty() {
        writer.element("StatusMessage", &fault.message);
    }
    // No other code may have a detail (core 5.57).
    if fault.code == StatusCode::MissingAttribute && !fault.missing.is_empty() {
        writer.raw("<StatusDetail>");
        for missing in &fault.missing {
            write_missing(writer, missing);
        }
        writer.raw("</StatusDetail>");
    }
    writer.raw("</Status>");
}

// A status code with the next minor one inside it.
fn write_code<S: AsRef<str>>(writer: &mut XmlWriter<'_>, code: &str, minor: &[S]) {
    writer.raw("<StatusCode");
    writer.attribute("Value", code);
    for code in minor {
        writer.raw("><StatusCode");
        writer.attribute("Value", code.as_ref());
    }
    writer.raw("/>");
    for _ in minor {
        writer.raw("</StatusCode>");
    }
}

fn write_missing(writer: &mut XmlWriter<'_>, missing: &MissingAttribute) {
    writer.raw("<MissingAttributeDetail");
    writer.attribute("Category", &missing.category);
    writer.attribute("AttributeId", &missing.id);
    writer.attribute("DataType", missing.data_type);
    writer.optional("Issuer", missing.issuer.as_deref());
    writer.raw("/>");
}

fn write_duties(writer: &mut XmlWriter<'_>, duties: &[Duty<'_>], [all, one, id]: [&str; 3]) {
    if duties.is_empty() {
        return;
    }
    let tag = |writer: &mut XmlWriter<'_>, open: &str, name: &str| {
        writer.raw(open);
        writer.raw(name);
    };
    tag(writer, "<", all);
    for duty in duties {
        tag(writer, "><", one);
        writer.attribute(id, duty.id);
        writer.raw(">");
        for assignment in &duty.assignments {
            let attributes = [
                ("AttributeId", Some(assignment.id)),
                ("Category", assignment.category),
                ("Issuer", assignment.issuer),
            ];
            write_value(writer, "AttributeAssignment", &attributes, &Shown::from(&assignment.value));
        }
        tag(writer, "</", one);
    }
    tag(writer, "></", all);
    writer.raw(">");
}

fn write_included(writer: &mut XmlWriter<'_>, attributes: &Attributes<'_>) {
    let mut included = attributes.attributes.iter().filter(|attribute| attribute.include_in_result).peekable();
    if included.peek().is_none() {
        return;
    }
    open_attributes(writer, attributes);
    for attribute in included {
        write_attribute(writer, attribute);
    }
    writer.raw("</Attributes>");
}

fn write_policies(writer: &mut XmlWriter<'_>, policies: &[PolicyIdentifier<'_>]) {
    if policies.is_empty() {
        return;
    }
    writer.raw("<PolicyIdentifierList>");
    for policy in policies {
        let name = if policy.is_set { "PolicySetIdReference" } else { "PolicyIdReference" };
        writer.raw("<");
        writer.raw(name);
        writer.attribute("Version", policy.version);
        writer.raw(">");
        writer.text(policy.id);
        writer.raw("</");
        writer.raw(name);
        writer.raw(">");
    }
    writer.raw("</PolicyIdentifierList>");
}
