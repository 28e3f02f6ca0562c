//! The answer of `POST /v1/verify`. Advice and obligations have the JSON Profile's form.

use argus_engine::response::{Assignment, Duty, Result as DecisionResult};
use argus_engine::value::{DataType, Value};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::value::RawValue;

use crate::limits::Standing;

/// What is answered.
pub(super) struct Answer<'a> {
    pub(super) decision: &'static str,
    pub(super) reason: Option<&'static str>,
    pub(super) detail: Option<String>,
    pub(super) decision_id: &'a str,
    pub(super) matched_scope: Option<&'a str>,
    pub(super) key: Option<KeyNames<'a>>,
    pub(super) policy: PolicyNames<'a>,
    pub(super) result: &'a DecisionResult<'a>,
    pub(super) limits: &'a [Standing<'a>],
    /// When a reserved use has to be settled by.
    pub(super) settle_by: Option<String>,
}

/// The key that was verified.
#[derive(serde::Serialize)]
pub(super) struct KeyNames<'a> {
    pub(super) id: String,
    pub(super) name: &'a str,
}

/// The root that decided.
#[derive(serde::Serialize)]
pub(super) struct PolicyNames<'a> {
    pub(super) id: &'a str,
    pub(super) version: &'a str,
}

/// Writes an answer.
pub(super) fn encode(answer: &Answer<'_>) -> Vec<u8> {
    let mut written = Vec::with_capacity(1_024);
    // Texts and numbers can always be written, and a vector always has room.
    let _ = serde_json::to_writer(&mut written, answer);
    written
}

struct Limits<'a>(&'a [Standing<'a>]);

#[derive(serde::Serialize)]
struct OneLimit<'a> {
    name: &'a str,
    limit: u64,
    remaining: u64,
    reset_seconds: u64,
}

struct Duties<'a>(&'a [Duty<'a>]);

struct OneDuty<'a>(&'a Duty<'a>);

struct Assignments<'a>(&'a [Assignment<'a>]);

struct OneAssignment<'a>(&'a Assignment<'a>);

struct JsonValue<'a>(Value<'a>);

impl Serialize for Answer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("decision", self.decision)?;
        map.serialize_entry("reason", &self.reason)?;
        map.serialize_entry("detail", &self.detail)?;
        map.serialize_entry("decision_id", self.decision_id)?;
        map.serialize_entry("matched_scope", &self.matched_scope)?;
        map.serialize_entry("key", &self.key)?;
        map.serialize_entry("policy", &self.policy)?;
        map.serialize_entry("advice", &Duties(&self.result.advice))?;
        map.serialize_entry("obligations", &Duties(&self.result.obligations))?;
        map.serialize_entry("limits", &Limits(self.limits))?;
        if let Some(settle_by) = &self.settle_by {
            map.serialize_entry("settle_by", settle_by)?;
        }
        map.end()
    }
}

impl Serialize for Limits<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|standing| OneLimit {
            name: standing.name,
            limit: standing.limit,
            remaining: standing.remaining,
            reset_seconds: standing.reset_seconds,
        }))
    }
}

impl Serialize for Duties<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut all = serializer.serialize_seq(Some(self.0.len()))?;
        for duty in self.0 {
            all.serialize_element(&OneDuty(duty))?;
        }
        all.end()
    }
}

impl Serialize for OneDuty<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("Id", self.0.id)?;
        if !self.0.assignments.is_empty() {
            map.serialize_entry("AttributeAssignment", &Assignments(&self.0.assignments))?;
        }
        map.end()
    }
}

impl Serialize for Assignments<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut all = serializer.serialize_seq(Some(self.0.len()))?;
        for assignment in self.0 {
            all.serialize_element(&OneAssignment(assignment))?;
        }
        all.end()
    }
}

impl Serialize for OneAssignment<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Assignment { id, category, issuer, value } = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("AttributeId", id)?;
        if let Some(category) = category {
            map.serialize_entry("Category", category)?;
        }
        if let Some(issuer) = issuer {
            map.serialize_entry("Issuer", issuer)?;
        }
        if !is_inferred(value) {
            map.serialize_entry("DataType", value.data_type().uri())?;
        }
        map.serialize_entry("Value", &JsonValue(*value))?;
        map.end()
    }
}

/// Whether a reader infers the data type from the JSON value (JSON Profile 1.1, 3.3.1).
fn is_inferred(value: &Value<'_>) -> bool {
    match value {
        Value::Double(double) => double.is_finite(),
        other => matches!(other.data_type(), DataType::String | DataType::Boolean | DataType::Integer),
    }
}

impl Serialize for JsonValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::String(text) => serializer.serialize_str(text),
            Value::Boolean(value) => serializer.serialize_bool(value),
            Value::Integer(value) => serializer.serialize_i64(value),
            Value::Double(value) if value.is_finite() => serializer.serialize_f64(value),
            // All of its digits: a JSON number has no bound.
            Value::BigInteger(value) => match RawValue::from_string(value.to_string()) {
                Ok(digits) => digits.serialize(serializer),
                Err(_) => serializer.collect_str(value),
            },
            Value::XPathExpression(xpath) => {
                let mut map = serializer.serialize_map(None)?;
                map.serialize_entry("XPathCategory", &xpath.category)?;
                let namespaces: Vec<_> = xpath.namespaces.iter().map(|(prefix, uri)| namespace(prefix, uri)).collect();
                if !namespaces.is_empty() {
                    map.serialize_entry("Namespaces", &namespaces)?;
                }
                map.serialize_entry("XPath", &xpath.text)?;
                map.end()
            }
            other => serializer.collect_str(&other),
        }
    }
}

#[derive(serde::Serialize)]
struct Namespace<'a> {
    #[serde(rename = "Prefix", skip_serializing_if = "str::is_empty")]
    prefix: &'a str,
    #[serde(rename = "Namespace")]
    uri: &'a str,
}

fn namespace<'a>(prefix: &'a str, uri: &'a str) -> Namespace<'a> {
    Namespace { prefix, uri }
}
