//! Values and attributes as JSON, in requests and responses alike: the data type is named unless it would be inferred.

use super::number::scan_number;
use super::writer::JsonWriter;
use crate::request::{Attribute, Attributes, RawValue, TypeName};
use crate::types::collapse;
use crate::value::DataType;
use crate::wire::shown::{Extra, Shown};

/// What a value looks like in JSON, and so what a reader takes it for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    String,
    Boolean,
    Integer,
    Double,
    Object,
}

/// Writes the members `DataType`, where it is needed, and `Value`, as one value.
pub(super) fn write_value(writer: &mut JsonWriter<'_>, value: &Shown<'_>) {
    let form = form(value);
    write_type(writer, value.data_type, form);
    writer.name("Value");
    write_formed(writer, value, form);
}

/// Writes an `Attribute`: as several where its values have several data types, since in JSON it has one.
pub(super) fn write_attribute(writer: &mut JsonWriter<'_>, attribute: &Attribute<'_>) {
    for values in attribute.values.chunk_by(|a, b| a.data_type == b.data_type) {
        writer.open(b'{');
        writer.member("AttributeId", attribute.id);
        writer.optional("Issuer", attribute.issuer);
        if attribute.include_in_result {
            writer.name("IncludeInResult");
            writer.literal("true");
        }
        match values {
            [value] => write_value(writer, &Shown::from(value)),
            values => write_values(writer, values),
        }
        writer.close(b'}');
    }
}

/// Writes the members of a category but its content and its attributes.
pub(super) fn write_category(writer: &mut JsonWriter<'_>, attributes: &Attributes<'_>) {
    writer.member("CategoryId", attributes.category);
    writer.optional("Id", attributes.id);
}

fn write_values(writer: &mut JsonWriter<'_>, values: &[RawValue<'_>]) {
    let mut forms = values.iter().map(|value| form(&Shown::from(value)));
    let first = forms.next().unwrap_or(Form::String);
    let inferred = forms.try_fold(first, |inferred, form| match (inferred, form) {
        (a, b) if a == b => Some(a),
        (Form::Integer, Form::Double) | (Form::Double, Form::Integer) => Some(Form::Double),
        _ => None,
    });
    if let Some(first) = values.first() {
        match inferred {
            Some(form) => write_type(writer, first.data_type, form),
            None => writer.member("DataType", first.data_type.uri()),
        }
    }
    writer.name("Value");
    writer.open(b'[');
    for value in values {
        let value = Shown::from(value);
        write_formed(writer, &value, form(&value));
    }
    writer.close(b']');
}

// The profile's text wants the data type of an XPath named; ours would infer it.
fn write_type(writer: &mut JsonWriter<'_>, data_type: TypeName<'_>, form: Form) {
    let inferred = match form {
        Form::String => DataType::String,
        Form::Boolean => DataType::Boolean,
        Form::Integer => DataType::Integer,
        Form::Double => DataType::Double,
        Form::Object => return writer.member("DataType", data_type.uri()),
    };
    if data_type != TypeName::Known(inferred) {
        writer.member("DataType", data_type.uri());
    }
}

fn form(value: &Shown<'_>) -> Form {
    let text = collapse(&value.text);
    let number = || scan_number(text.as_bytes()).filter(|(length, _)| *length == text.len()).map(|(_, whole)| whole);
    match value.data_type {
        TypeName::Known(DataType::Boolean) if matches!(text, "true" | "false") => Form::Boolean,
        TypeName::Known(DataType::Integer) if number() == Some(true) => Form::Integer,
        TypeName::Known(DataType::Double) => match number() {
            Some(true) => Form::Integer,
            Some(false) => Form::Double,
            None => Form::String,
        },
        TypeName::Known(DataType::XPathExpression) => Form::Object,
        _ => Form::String,
    }
}

fn write_formed(writer: &mut JsonWriter<'_>, value: &Shown<'_>, form: Form) {
    match (form, &value.extra) {
        (Form::Object, Extra::XPath { category, namespaces }) => {
            writer.open(b'{');
            writer.member("XPathCategory", category);
            writer.member("XPath", &value.text);
            if !namespaces.is_empty() {
                write_namespaces(writer, namespaces);
            }
            writer.close(b'}');
        }
        (Form::Boolean | Form::Integer | Form::Double, _) => writer.literal(collapse(&value.text)),
        _ => writer.string(&value.text),
    }
}

fn write_namespaces(writer: &mut JsonWriter<'_>, namespaces: &[(&str, &str)]) {
    writer.name("Namespaces");
    writer.open(b'[');
    for (prefix, uri) in namespaces {
        writer.open(b'{');
        writer.optional("Prefix", Some(*prefix).filter(|prefix| !prefix.is_empty()));
        writer.member("Namespace", uri);
        writer.close(b'}');
    }
    writer.close(b']');
}
