//! When two answers are equal: what the standard leaves open is not compared.
//!
//! Results are matched by the attributes that they send back, else in order. Messages are free, and so are the order of
//! obligations, attributes and policies, and the spelling of a value (`1` and `true` are one boolean).

use std::fmt;

use super::{Answer, AnswerAttribute, AnswerDuty, AnswerResult, AnswerValue};
use crate::limits::Limits;
use crate::types::ZoneOffset;
use crate::value::{DataType, OwnedValue};

/// One difference between an answer and what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// In which result, counted from 1 in the expected order; `None` where it is about all of them.
    pub result: Option<usize>,
    /// In which part of it.
    pub part: &'static str,
    /// What was expected; `None` where nothing was.
    pub expected: Option<String>,
    /// What came; `None` where nothing did.
    pub got: Option<String>,
}

impl Answer {
    /// Whether nothing that counts differs from what was expected. `StatusDetail` does not count.
    pub fn equals(&self, expected: &Self) -> bool {
        self.differences(expected).is_empty()
    }

    /// All that differs from what was expected. `StatusDetail` does not count.
    pub fn differences(&self, expected: &Self) -> Vec<Difference> {
        self.compare(expected, |_, _, _| {})
    }

    /// All that differs from what was expected, the missing attributes that `StatusDetail` names included.
    pub fn differences_with_detail(&self, expected: &Self) -> Vec<Difference> {
        self.compare(expected, |report, got, expected| {
            report.sets("missing attribute", &got.missing, &expected.missing, PartialEq::eq);
        })
    }

    fn compare(&self, expected: &Self, also: impl Fn(&mut Report, &AnswerResult, &AnswerResult)) -> Vec<Difference> {
        let mut report = Report { result: None, found: Vec::new() };
        if self.results.len() != expected.results.len() {
            report.texts("number of results", &self.results.len().to_string(), &expected.results.len().to_string());
            return report.found;
        }
        for (place, (got, expected)) in matched(&self.results, &expected.results).into_iter().enumerate() {
            report.result = Some(place + 1);
            report.texts("decision", got.decision.as_str(), expected.decision.as_str());
            report.texts("status code", &got.status_code, &expected.status_code);
            report.sets("obligation", &got.obligations, &expected.obligations, same_duty);
            report.sets("advice", &got.advice, &expected.advice, same_duty);
            report.sets("attribute", &got.attributes, &expected.attributes, same_attribute);
            report.sets("applicable", &got.policies, &expected.policies, PartialEq::eq);
            also(&mut report, got, expected);
        }
        report.found
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(result) = self.result {
            write!(f, "result {result}: ")?;
        }
        match (&self.expected, &self.got) {
            (Some(expected), Some(got)) => write!(f, "{}: expected {expected}, got {got}", self.part),
            (Some(expected), None) => write!(f, "{} expected, not found: {expected}", self.part),
            (None, Some(got)) => write!(f, "{} not expected: {got}", self.part),
            (None, None) => f.write_str(self.part),
        }
    }
}

struct Report {
    result: Option<usize>,
    found: Vec<Difference>,
}

impl Report {
    fn texts(&mut self, part: &'static str, got: &str, expected: &str) {
        if got != expected {
            self.push(part, Some(expected.to_owned()), Some(got.to_owned()));
        }
    }

    fn sets<T: fmt::Display>(&mut self, part: &'static str, got: &[T], expected: &[T], same: impl Fn(&T, &T) -> bool) {
        let (extra, lost) = unmatched(got, expected, same);
        for one in lost {
            self.push(part, Some(one.to_string()), None);
        }
        for one in extra {
            self.push(part, None, Some(one.to_string()));
        }
    }

    fn push(&mut self, part: &'static str, expected: Option<String>, got: Option<String>) {
        self.found.push(Difference { result: self.result, part, expected, got });
    }
}

// Pairs of results, in the order of the expected ones.
fn matched<'r>(got: &'r [AnswerResult], expected: &'r [AnswerResult]) -> Vec<(&'r AnswerResult, &'r AnswerResult)> {
    let mut left: Vec<_> = got.iter().collect();
    let by_attributes = |one: &AnswerResult, left: &mut Vec<&'r AnswerResult>| {
        let place = left.iter().position(|other| same_set(&other.attributes, &one.attributes, same_attribute))?;
        Some(left.remove(place))
    };
    let pairs: Vec<_> = expected.iter().map(|one| (by_attributes(one, &mut left), one)).collect();
    let mut rest = left.into_iter();
    pairs.into_iter().filter_map(|(found, one)| Some((found.or_else(|| rest.next())?, one))).collect()
}

// What of each is not in the other, however often.
fn unmatched<'t, T>(got: &'t [T], expected: &'t [T], same: impl Fn(&T, &T) -> bool) -> (Vec<&'t T>, Vec<&'t T>) {
    let mut extra: Vec<_> = got.iter().collect();
    let is_lost = |one: &&T| match extra.iter().position(|other| same(other, one)) {
        Some(place) => {
            extra.remove(place);
            false
        }
        None => true,
    };
    let lost = expected.iter().filter(is_lost).collect();
    (extra, lost)
}

fn same_set<T>(got: &[T], expected: &[T], same: impl Fn(&T, &T) -> bool) -> bool {
    let (extra, lost) = unmatched(got, expected, same);
    extra.is_empty() && lost.is_empty()
}

fn same_duty(a: &AnswerDuty, b: &AnswerDuty) -> bool {
    a.id == b.id
        && same_set(&a.assignments, &b.assignments, |a, b| {
            a.id == b.id && a.category == b.category && a.issuer == b.issuer && a.value.equals(&b.value)
        })
}

fn same_attribute(a: &AnswerAttribute, b: &AnswerAttribute) -> bool {
    a.category == b.category && a.id == b.id && a.issuer == b.issuer && a.value.equals(&b.value)
}

impl AnswerValue {
    /// Whether both are one value of one type; where a text is no value of its type, whether the texts are equal.
    pub fn equals(&self, other: &Self) -> bool {
        let (own, others) = (DataType::from_uri(&self.data_type), DataType::from_uri(&other.data_type));
        let same_type = if own.is_some() { own == others } else { self.data_type == other.data_type };
        if !same_type || self.xpath_category != other.xpath_category {
            return false;
        }
        if self.text == other.text {
            return true;
        }
        let digits = Limits::default().integer_digits;
        let parse = |text: &str| own.and_then(|data_type| OwnedValue::parse(data_type, text, digits).ok());
        match (parse(&self.text), parse(&other.text)) {
            (Some(a), Some(b)) => a.as_value().equals(&b.as_value(), ZoneOffset::UTC),
            _ => false,
        }
    }
}
