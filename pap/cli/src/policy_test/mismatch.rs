//! Where an answer parts from what was expected of it.

use argus_engine::response::{Assignment, Duty, Result as DecisionResult};
use argus_engine::status::StatusCode;
use argus_engine::types::ZoneOffset;
use argus_engine::value::{DataType, OwnedValue};

use super::attribute::TypedText;
use super::expectation::{ExpectedDuty, ExpectedResult};

/// One difference. Each side has a line for each part; a decision has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mismatch {
    /// What differs: `decision`, `status`, `obligations` …
    pub(crate) what: String,
    pub(crate) expected: Vec<String>,
    pub(crate) got: Vec<String>,
    /// Whether the sides are what two sets do not have in common.
    pub(crate) is_set: bool,
}

impl Mismatch {
    /// A difference of one line on each side.
    pub(super) fn of(what: impl Into<String>, expected: impl Into<String>, got: impl Into<String>) -> Self {
        Self { what: what.into(), expected: vec![expected.into()], got: vec![got.into()], is_set: false }
    }

    /// What two sets do not have in common.
    pub(super) fn of_sets(what: impl Into<String>, expected: Vec<String>, got: Vec<String>) -> Self {
        Self { what: what.into(), expected, got, is_set: true }
    }
}

/// Compares one result: decision, status, obligations and advice.
pub(super) fn compare(expected: &ExpectedResult, result: &DecisionResult<'_>, zone: ZoneOffset) -> Vec<Mismatch> {
    let mut mismatches = Vec::new();
    if !expected.decision.is_met_by(result.decision) {
        mismatches.push(Mismatch::of("decision", expected.decision.to_string(), result.decision.to_string()));
    }
    if let Some(status) = &expected.status {
        let got = result.fault.as_ref().map_or(StatusCode::Ok, |fault| fault.code).as_str();
        if status != got {
            let message = result.fault.as_ref().map(|fault| format!(": {}", fault.message)).unwrap_or_default();
            mismatches.push(Mismatch::of("status", short(status), format!("{}{message}", short(got))));
        }
    }
    for (what, expected, got) in
        [("obligations", &expected.obligations, &result.obligations), ("advice", &expected.advice, &result.advice)]
    {
        mismatches.extend(expected.as_ref().and_then(|expected| compare_duties(what, expected, got, zone)));
    }
    mismatches
}

fn short(status: &str) -> String {
    status.rsplit(':').next().unwrap_or(status).to_owned()
}

/// Obligations and advice are sets: what has its like on the other side is left out of the difference.
fn compare_duties(what: &str, expected: &[ExpectedDuty], got: &[Duty<'_>], zone: ZoneOffset) -> Option<Mismatch> {
    let (missing, surplus) = unmatched(expected, got, |a, b| same_duty(a, b, zone));
    if missing.is_empty() && surplus.is_empty() {
        return None;
    }
    let expected = missing.into_iter().flat_map(expected_lines).collect();
    let got = surplus.into_iter().flat_map(got_lines).collect();
    Some(Mismatch::of_sets(what, expected, got))
}

fn same_duty(expected: &ExpectedDuty, got: &Duty<'_>, zone: ZoneOffset) -> bool {
    let same =
        |(id, value): &(String, TypedText), got: &Assignment<'_>| id.as_str() == got.id && is_value(value, got, zone);
    if expected.id != got.id {
        return false;
    }
    let (missing, surplus) = unmatched(&expected.assignments, &got.assignments, same);
    missing.is_empty() && surplus.is_empty()
}

fn is_value(expected: &TypedText, got: &Assignment<'_>, zone: ZoneOffset) -> bool {
    if expected.data_type == DataType::XPathExpression {
        return got.value.data_type() == expected.data_type && got.value.to_string() == expected.text;
    }
    // The digits were counted when the expectation was read.
    OwnedValue::parse(expected.data_type, &expected.text, usize::MAX)
        .is_ok_and(|value| value.as_value().equals(&got.value, zone))
}

/// The members of two multisets that have no like on the other side. Likeness is an equivalence: any pairing will do.
fn unmatched<'e, 'g, E, G>(expected: &'e [E], got: &'g [G], same: impl Fn(&E, &G) -> bool) -> (Vec<&'e E>, Vec<&'g G>) {
    let mut surplus: Vec<&G> = got.iter().collect();
    let mut missing = Vec::new();
    for one in expected {
        match surplus.iter().position(|other| same(one, other)) {
            Some(place) => {
                surplus.remove(place);
            }
            None => missing.push(one),
        }
    }
    (missing, surplus)
}

fn expected_lines(duty: &ExpectedDuty) -> Vec<String> {
    let assignments =
        duty.assignments.iter().map(|(id, value)| format!("  {id} = {}", shown(value.data_type, &value.text)));
    std::iter::once(duty.id.clone()).chain(assignments).collect()
}

fn got_lines(duty: &Duty<'_>) -> Vec<String> {
    let assignments = duty.assignments.iter().map(|assignment| {
        format!("  {} = {}", assignment.id, shown(assignment.value.data_type(), &assignment.value.to_string()))
    });
    std::iter::once(duty.id.to_owned()).chain(assignments).collect()
}

fn shown(data_type: DataType, text: &str) -> String {
    format!("\"{text}\" ({})", data_type.short_name())
}
