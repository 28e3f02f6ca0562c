//! Responses as JSON (JSON Profile 1.1, 5): always an array of results, identifiers in full.

use super::write_value::{write_attribute, write_category, write_value};
use super::writer::JsonWriter;
use crate::request::Attributes;
use crate::response::{Duty, PolicyIdentifier, Response, Result};
use crate::status::{Fault, MissingAttribute, StatusCode};
use crate::wire::shown::Shown;

/// Appends a response in JSON.
pub fn write_json(response: &Response<'_>, out: &mut Vec<u8>) {
    // Commas are told by what stands before them, which is ours alone only in a buffer of our own.
    let start = out.len();
    let mut own = if start == 0 { std::mem::take(out) } else { Vec::new() };
    let mut writer = JsonWriter::new(&mut own);
    writer.open(b'{');
    writer.name("Response");
    writer.open(b'[');
    for result in &response.results {
        write_result(&mut writer, result);
    }
    writer.close(b']');
    writer.close(b'}');
    if start == 0 { *out = own } else { out.append(&mut own) }
}

fn write_result(writer: &mut JsonWriter<'_>, result: &Result<'_>) {
    writer.open(b'{');
    writer.member("Decision", result.decision.as_str());
    write_status(writer, result.fault.as_ref());
    write_duties(writer, "Obligations", &result.obligations);
    write_duties(writer, "AssociatedAdvice", &result.advice);
    write_categories(writer, result.attributes);
    write_policies(writer, &result.policies);
    writer.close(b'}');
}

fn write_status(writer: &mut JsonWriter<'_>, fault: Option<&Fault>) {
    writer.name("Status");
    writer.open(b'{');
    write_code(writer, fault);
    if let Some(fault) = fault {
        if !fault.message.is_empty() {
            writer.member("StatusMessage", &fault.message);
        }
        if fault.code == StatusCode::MissingAttribute && !fault.missing.is_empty() {
            writer.name("StatusDetail");
            writer.open(b'[');
            for missing in &fault.missing {
                write_missing(writer, missing);
            }
            writer.close(b']');
        }
    }
    writer.close(b'}');
}

// A status code with the next minor one inside it.
fn write_code(writer: &mut JsonWriter<'_>, fault: Option<&Fault>) {
    let (code, minor) = fault.map_or((StatusCode::Ok, [].as_slice()), |fault| (fault.code, &fault.minor));
    let mut code = code.as_str();
    for next in minor {
        writer.name("StatusCode");
        writer.open(b'{');
        writer.member("Value", code);
        code = next;
    }
    writer.name("StatusCode");
    writer.open(b'{');
    writer.member("Value", code);
    for _ in 0..=minor.len() {
        writer.close(b'}');
    }
}

fn write_missing(writer: &mut JsonWriter<'_>, missing: &MissingAttribute) {
    writer.open(b'{');
    writer.member("Category", &missing.category);
    writer.member("AttributeId", &missing.id);
    writer.member("DataType", missing.data_type);
    writer.optional("Issuer", missing.issuer.as_deref());
    writer.close(b'}');
}

fn write_duties(writer: &mut JsonWriter<'_>, name: &str, duties: &[Duty<'_>]) {
    if duties.is_empty() {
        return;
    }
    writer.name(name);
    writer.open(b'[');
    for duty in duties {
        writer.open(b'{');
        writer.member("Id", duty.id);
        if !duty.assignments.is_empty() {
            write_assignments(writer, duty);
        }
        writer.close(b'}');
    }
    writer.close(b']');
}

fn write_assignments(writer: &mut JsonWriter<'_>, duty: &Duty<'_>) {
    writer.name("AttributeAssignment");
    writer.open(b'[');
    for assignment in &duty.assignments {
        writer.open(b'{');
        writer.member("AttributeId", assignment.id);
        writer.optional("Category", assignment.category);
        writer.optional("Issuer", assignment.issuer);
        write_value(writer, &Shown::from(&assignment.value));
        writer.close(b'}');
    }
    writer.close(b']');
}

fn write_categories(writer: &mut JsonWriter<'_>, attributes: &[&Attributes<'_>]) {
    let mut categories =
        attributes.iter().filter(|one| one.attributes.iter().any(|one| one.include_in_result)).peekable();
    if categories.peek().is_none() {
        return;
    }
    writer.name("Category");
    writer.open(b'[');
    for category in categories {
        writer.open(b'{');
        write_category(writer, category);
        writer.name("Attribute");
        writer.open(b'[');
        for attribute in category.attributes.iter().filter(|attribute| attribute.include_in_result) {
            write_attribute(writer, attribute);
        }
        writer.close(b']');
        writer.close(b'}');
    }
    writer.close(b']');
}

fn write_policies(writer: &mut JsonWriter<'_>, policies: &[PolicyIdentifier<'_>]) {
    if policies.is_empty() {
        return;
    }
    writer.name("PolicyIdentifierList");
    writer.open(b'{');
    for (name, is_set) in [("PolicyIdReference", false), ("PolicySetIdReference", true)] {
        let mut policies = policies.iter().filter(|policy| policy.is_set == is_set).peekable();
        if policies.peek().is_none() {
            continue;
        }
        writer.name(name);
        writer.open(b'[');
        for policy in policies {
            writer.open(b'{');
            writer.member("Id", policy.id);
            writer.member("Version", policy.version);
            writer.close(b'}');
        }
        writer.close(b']');
    }
    writer.close(b'}');
}
