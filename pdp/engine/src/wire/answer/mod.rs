//! A response as its reader has it: owned, and comparable with what was expected.
//!
//! The engine writes a [`crate::response::Response`]; whoever asked it, a test or a client, reads an [`Answer`].

mod compare;

use std::fmt;

pub use compare::Difference;

use super::{Format, json, xml};
use crate::decision::Decision;
use crate::request::{RawValue, RequestError};
use crate::response::Response;
use crate::value::DataType;

/// All results of a response, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// At least one.
    pub results: Vec<AnswerResult>,
}

/// One result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerResult {
    /// The decision. What an Indeterminate could have been is never told: it stands as `{DP}`.
    pub decision: Decision,
    /// The top-level status code.
    pub status_code: String,
    /// The nested ones, outermost first.
    pub minor_codes: Vec<String>,
    /// What it says to people.
    pub status_message: Option<String>,
    /// What `StatusDetail` says of missing attributes.
    pub missing: Vec<AnswerMissing>,
    /// What the enforcement point must do.
    pub obligations: Vec<AnswerDuty>,
    /// What it may be told.
    pub advice: Vec<AnswerDuty>,
    /// The attributes sent back.
    pub attributes: Vec<AnswerAttribute>,
    /// The applicable policies.
    pub policies: Vec<AnswerPolicy>,
}

/// An attribute that was missing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AnswerMissing {
    /// The category.
    pub category: String,
    /// The attribute.
    pub id: String,
    /// Its data type.
    pub data_type: String,
    /// Its issuer.
    pub issuer: Option<String>,
}

/// An obligation or a piece of advice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerDuty {
    /// `ObligationId` or `AdviceId`.
    pub id: String,
    /// The assignments, in order.
    pub assignments: Vec<AnswerAssignment>,
}

/// An `AttributeAssignment`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerAssignment {
    /// `AttributeId`.
    pub id: String,
    /// `Category`.
    pub category: Option<String>,
    /// `Issuer`.
    pub issuer: Option<String>,
    /// The value.
    pub value: AnswerValue,
}

/// An attribute sent back, with one of its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerAttribute {
    /// The category.
    pub category: String,
    /// The `xml:id` of its `Attributes`.
    pub group: Option<String>,
    /// `AttributeId`.
    pub id: String,
    /// `Issuer`.
    pub issuer: Option<String>,
    /// The value.
    pub value: AnswerValue,
}

/// A value, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerValue {
    /// The identifier of its data type.
    pub data_type: String,
    /// Its text.
    pub text: String,
    /// `XPathCategory`.
    pub xpath_category: Option<String>,
}

/// A reference to an applicable policy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AnswerPolicy {
    /// Whether it is a policy set.
    pub is_set: bool,
    /// Its identifier.
    pub id: String,
    /// Its version.
    pub version: Option<String>,
}

impl Answer {
    /// Reads a response, whichever form it has. Members and attributes beyond the standard's are passed over: the
    /// response may come from another engine.
    ///
    /// # Errors
    /// What is ill-formed, and where.
    pub fn read(bytes: &[u8]) -> Result<Self, RequestError> {
        let text = std::str::from_utf8(bytes)
            .map_err(|error| RequestError::new("the response is not UTF-8", Some(error.valid_up_to())))?;
        match Format::of(bytes) {
            Some(Format::Xml) => xml::read_answer(text),
            Some(Format::Json) => json::read_answer(text),
            None => Err(RequestError::new("a response begins with `<` or `{`", Some(0))),
        }
    }
}

impl From<&Response<'_>> for Answer {
    fn from(response: &Response<'_>) -> Self {
        let mut out = Vec::new();
        // JSON, since it can hold every character.
        json::write_json(response, &mut out);
        Self::read(&out).unwrap_or_default()
    }
}

impl AnswerResult {
    /// A result without anything but its decision, which is what absent parts mean.
    pub(super) fn new(decision: Decision) -> Self {
        Self {
            decision,
            status_code: crate::status::StatusCode::Ok.as_str().to_owned(),
            minor_codes: Vec::new(),
            status_message: None,
            missing: Vec::new(),
            obligations: Vec::new(),
            advice: Vec::new(),
            attributes: Vec::new(),
            policies: Vec::new(),
        }
    }
}

/// The decision that a word names.
pub(super) fn decision(word: &str) -> Option<Decision> {
    use crate::decision::Effects;
    [Decision::Permit, Decision::Deny, Decision::NotApplicable, Decision::Indeterminate(Effects::DP)]
        .into_iter()
        .find(|decision| decision.as_str() == word)
}

impl From<&RawValue<'_>> for AnswerValue {
    fn from(value: &RawValue<'_>) -> Self {
        let category = value.xpath.map(|xpath| xpath.category.to_owned()).filter(|category| !category.is_empty());
        Self { data_type: value.data_type.uri().to_owned(), text: value.text.to_owned(), xpath_category: category }
    }
}

impl fmt::Display for AnswerValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = DataType::from_uri(&self.data_type);
        let data_type = known.map_or(self.data_type.as_str(), |known| known.short_name());
        write!(f, "{data_type} `{}`", self.text)
    }
}

impl fmt::Display for AnswerAssignment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_name(f, self.category.as_deref(), &self.id, self.issuer.as_deref())?;
        write!(f, " = {}", self.value)
    }
}

impl fmt::Display for AnswerAttribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_name(f, Some(&self.category), &self.id, self.issuer.as_deref())?;
        write!(f, " = {}", self.value)
    }
}

impl fmt::Display for AnswerDuty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id)?;
        for (place, assignment) in self.assignments.iter().enumerate() {
            write!(f, "{}{assignment}", if place == 0 { ": " } else { ", " })?;
        }
        Ok(())
    }
}

impl fmt::Display for AnswerMissing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_name(f, Some(&self.category), &self.id, self.issuer.as_deref())?;
        write!(f, " of type {}", self.data_type)
    }
}

impl fmt::Display for AnswerPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.is_set { "policy set" } else { "policy" };
        write!(f, "{kind} {} version {}", self.id, self.version.as_deref().unwrap_or("unknown"))
    }
}

fn write_name(f: &mut fmt::Formatter<'_>, category: Option<&str>, id: &str, issuer: Option<&str>) -> fmt::Result {
    f.write_str(id)?;
    if let Some(category) = category {
        write!(f, " in {category}")?;
    }
    issuer.map_or(Ok(()), |issuer| write!(f, " by {issuer}"))
}
