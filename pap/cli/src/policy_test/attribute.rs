//! Attributes of a request in their short form: names, categories, values.

use std::collections::BTreeMap;

use argus_engine::diagnostic::Span;
use argus_engine::limits::Limits;
use argus_engine::value::{DATA_TYPES, DataType, OwnedValue};

use super::problems::Problems;
use super::yaml::{Key, Node, Value};

/// What a short name stands for.
#[derive(Debug, Clone)]
pub(super) struct AttributeName {
    pub(super) category: String,
    pub(super) id: String,
    /// `None`: what the value is in YAML.
    pub(super) data_type: Option<DataType>,
    pub(super) issuer: Option<String>,
}

/// One attribute with its values; without any it is absent.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub(super) category: String,
    pub(super) id: String,
    pub(super) issuer: Option<String>,
    pub(super) values: Vec<TypedText>,
}

/// A value as it goes into a request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TypedText {
    pub(super) data_type: DataType,
    pub(super) text: String,
}

/// The short names of a file.
pub(super) type Names = BTreeMap<String, AttributeName>;

/// The categories by the names that tests give them.
pub(super) static CATEGORIES: &[(&str, &str)] = &[
    ("subject", "urn:oasis:names:tc:xacml:1.0:subject-category:access-subject"),
    ("resource", "urn:oasis:names:tc:xacml:3.0:attribute-category:resource"),
    ("action", "urn:oasis:names:tc:xacml:3.0:attribute-category:action"),
    ("environment", "urn:oasis:names:tc:xacml:3.0:attribute-category:environment"),
    ("recipient-subject", "urn:oasis:names:tc:xacml:1.0:subject-category:recipient-subject"),
    ("intermediary-subject", "urn:oasis:names:tc:xacml:1.0:subject-category:intermediary-subject"),
    ("codebase", "urn:oasis:names:tc:xacml:1.0:subject-category:codebase"),
    ("requesting-machine", "urn:oasis:names:tc:xacml:1.0:subject-category:requesting-machine"),
];

/// The attributes that the standard names (core B.4 to B.7): short name, category, identifier.
#[rustfmt::skip]
static STANDARD: &[(&str, &str, &str, Option<DataType>)] = &[
    ("subject-id",                  "subject",     "urn:oasis:names:tc:xacml:1.0:subject:subject-id", None),
    ("subject-id-qualifier",        "subject",     "urn:oasis:names:tc:xacml:1.0:subject:subject-id-qualifier", None),
    ("key-info",                    "subject",     "urn:oasis:names:tc:xacml:1.0:subject:key-info", None),
    ("resource-id",                 "resource",    "urn:oasis:names:tc:xacml:1.0:resource:resource-id", None),
    ("target-namespace",            "resource",    "urn:oasis:names:tc:xacml:2.0:resource:target-namespace", Some(DataType::AnyUri)),
    ("action-id",                   "action",      "urn:oasis:names:tc:xacml:1.0:action:action-id", None),
    ("implied-action",              "action",      "urn:oasis:names:tc:xacml:1.0:action:implied-action", None),
    ("action-namespace",            "action",      "urn:oasis:names:tc:xacml:1.0:action:action-namespace", Some(DataType::AnyUri)),
    ("current-time",                "environment", "urn:oasis:names:tc:xacml:1.0:environment:current-time", Some(DataType::Time)),
    ("current-date",                "environment", "urn:oasis:names:tc:xacml:1.0:environment:current-date", Some(DataType::Date)),
    ("current-dateTime",            "environment", "urn:oasis:names:tc:xacml:1.0:environment:current-dateTime", Some(DataType::DateTime)),
];

/// The identifier of a category: by a short name, or itself.
pub(super) fn category(name: &str) -> Option<&str> {
    match CATEGORIES.iter().find(|(short, _)| *short == name) {
        Some((_, id)) => Some(id),
        None => name.contains(':').then_some(name),
    }
}

/// The short names of all that may stand in a category, for messages.
fn names_of<'n>(names: &'n Names, category_id: Option<&str>) -> Vec<&'n str> {
    let declared = names.iter().filter(|(_, name)| category_id.is_none_or(|id| name.category == id));
    let standard = STANDARD.iter().filter(|row| category_id.is_none_or(|id| category(row.1) == Some(id)));
    declared.map(|(short, _)| short.as_str()).chain(standard.map(|row| row.0)).collect()
}

/// What a name stands for: one of the file's own, one of the standard's, or an identifier where the category is known.
pub(super) fn resolve(names: &Names, name: &str, category_id: Option<&str>) -> Option<AttributeName> {
    let fits = |found: &AttributeName| category_id.is_none_or(|id| found.category == id);
    if let Some(found) = names.get(name).filter(|found| fits(found)) {
        return Some(found.clone());
    }
    let standard = STANDARD.iter().filter(|row| row.0 == name).find_map(|(_, short, id, data_type)| {
        let category = category(short)?.to_owned();
        Some(AttributeName { category, id: (*id).to_owned(), data_type: *data_type, issuer: None })
    });
    if let Some(found) = standard.filter(fits) {
        return Some(found);
    }
    let category = category_id.filter(|_| name.contains(':'))?.to_owned();
    Some(AttributeName { category, id: name.to_owned(), data_type: None, issuer: None })
}

/// The attributes of one category: a map of names to values, or one value for the category's own id.
pub(super) fn read_category(key: &Key, node: &Node, names: &Names, problems: &mut Problems) -> Vec<Given> {
    let Some(category_id) = category(&key.text) else { return Vec::new() };
    let Value::Map(entries) = &node.value else {
        let Some(own) = resolve(names, &format!("{}-id", key.text), Some(category_id)) else {
            problems.wrong_kind(node, &format!("`{}`", key.text), "a map of attributes");
            return Vec::new();
        };
        return read_given(&own, node, problems).into_iter().collect();
    };
    let mut given = Vec::new();
    for (key, node) in entries {
        match resolve(names, &key.text, Some(category_id)) {
            Some(name) => given.extend(read_given(&name, node, problems)),
            None => unknown(key, Some(category_id), names, problems),
        }
    }
    given
}

/// Says that nothing has this name.
pub(super) fn unknown(key: &Key, category_id: Option<&str>, names: &Names, problems: &mut Problems) {
    let label = "neither declared under `attributes` nor named by the standard";
    problems.unknown_name(key.at, "attribute", &key.text, label, names_of(names, category_id));
}

/// The values of an attribute: one, or a list.
pub(super) fn read_given(name: &AttributeName, node: &Node, problems: &mut Problems) -> Option<Given> {
    let values = match &node.value {
        Value::List(nodes) => {
            nodes.iter().map(|node| read_value(node, name.data_type, problems)).collect::<Option<Vec<_>>>()?
        }
        _ => vec![read_value(node, name.data_type, problems)?],
    };
    let AttributeName { category, id, issuer, .. } = name.clone();
    Some(Given { category, id, issuer, values })
}

/// One value: of the declared type, of the type that it names itself, or of the type that it has in YAML.
pub(super) fn read_value(node: &Node, declared: Option<DataType>, problems: &mut Problems) -> Option<TypedText> {
    let (text, own) = match &node.value {
        Value::Map(entries) => return read_typed(node, entries, declared, problems),
        Value::Text(text) => (text.clone(), DataType::String),
        Value::Integer(text) => (text.clone(), DataType::Integer),
        Value::Double(text) => (text.clone(), DataType::Double),
        Value::Boolean(value) => (value.to_string(), DataType::Boolean),
        Value::Null | Value::List(_) => {
            problems.wrong_kind(node, "a value", "a text, a number, a boolean or `{type: …, value: …}`");
            return None;
        }
    };
    let data_type = declared.unwrap_or(own);
    if data_type == DataType::XPathExpression {
        let message = "an xpathExpression can't be given in short form";
        let help = Some("give the request as a file: `request: requests/….xml`".to_owned());
        problems.error_with_help("bad-value", node.at, message, "it needs a category and namespaces", help);
        return None;
    }
    // The text may well be none of its type's: how a policy takes that can be tested, too.
    Some(TypedText { data_type, text })
}

fn read_typed(
    node: &Node,
    entries: &[(Key, Node)],
    declared: Option<DataType>,
    problems: &mut Problems,
) -> Option<TypedText> {
    let (mut data_type, mut value) = (declared, None);
    for (key, node) in entries {
        match key.text.as_str() {
            "type" => data_type = Some(read_type(node, problems)?),
            "value" => value = Some(node),
            _ => problems.unknown_field(key, "a value", &["type", "value"]),
        }
    }
    let Some(value) = value else {
        problems.error("missing-field", node.at, "a value lacks `value`", "it has the form `{type: …, value: …}`");
        return None;
    };
    if matches!(value.value, Value::Map(_)) {
        problems.wrong_kind(value, "`value`", "a text, a number or a boolean");
        return None;
    }
    read_value(value, data_type, problems)
}

/// A data type by its short name or its identifier.
pub(super) fn read_type(node: &Node, problems: &mut Problems) -> Option<DataType> {
    let name = problems.text(node, "`type`")?;
    let found = DataType::from_short_name(name).or_else(|| DataType::from_uri(name));
    if found.is_none() {
        let short = DATA_TYPES.iter().map(|(.., short)| *short);
        problems.unknown_name(node.at, "data type", name, "no data type has this name", short);
    }
    found
}

/// Refuses a text that is not of its type: no answer could hold it.
pub(super) fn check_value(value: TypedText, at: Span, problems: &mut Problems) -> Option<TypedText> {
    match OwnedValue::parse(value.data_type, &value.text, Limits::default().integer_digits) {
        Ok(_) => Some(value),
        Err(error) => {
            let message = format!("`{}` is not of type `{}`", value.text, value.data_type.short_name());
            problems.error("bad-value", at, message, error.to_string());
            None
        }
    }
}
