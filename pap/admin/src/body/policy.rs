//! `policy`: what an organisation asks of the life of its keys, and what is done where their use stands out.

use std::ops::RangeInclusive;
use std::str::FromStr;

use argus_store::anomaly::{Response, Severity};
use argus_store::organisation::{OrganisationPolicy, ResponseRule};
use argus_store::{Holiday, UnknownValue};
use serde_json::Value;

use super::{Fields, grace, rotation_interval};
use crate::FaultCode;

/// The longest and the shortest age, and time without a use, that can be asked for: an hour to ten years.
const AGES: RangeInclusive<i64> = 3_600..=3_650 * 86_400;

/// Reads the member `policy`. Faults are noted.
pub(crate) fn policy(fields: &mut Fields) -> OrganisationPolicy {
    let Some(mut within) = fields.object("policy") else { return OrganisationPolicy::default() };
    let policy = OrganisationPolicy {
        max_age_seconds: age(&mut within, "max_age_seconds"),
        max_idle_seconds: age(&mut within, "max_idle_seconds"),
        rotation_interval_seconds: rotation_interval(&mut within),
        grace_seconds: grace(&mut within),
        responses: responses(&mut within),
        holidays: holidays(&mut within),
    };
    fields.absorb(within);
    policy
}

fn age(fields: &mut Fields, member: &'static str) -> Option<i64> {
    let seconds = fields.integer(member)?;
    if !AGES.contains(&seconds) {
        let detail =
            format!("{seconds} seconds are out of bounds: {} (1 h) to {} (10 years)", AGES.start(), AGES.end());
        fields.fault(member, FaultCode::InvalidField, detail, None);
    }
    Some(seconds)
}

/// The most holidays, a stretch of days being one: those of some years.
const MOST_HOLIDAYS: usize = 200;

fn holidays(fields: &mut Fields) -> Vec<Holiday> {
    let texts = fields.texts("holidays");
    if texts.len() > MOST_HOLIDAYS {
        let detail = format!("{} holidays are too many: {MOST_HOLIDAYS} at most", texts.len());
        fields.fault("holidays", FaultCode::InvalidField, detail, Some("drop those that are over".to_owned()));
        return Vec::new();
    }
    let mut holidays = Vec::with_capacity(texts.len());
    for (at, text) in texts {
        match text.parse::<Holiday>() {
            Ok(holiday) => holidays.push(holiday),
            Err(fault) => fields.fault(&at, FaultCode::InvalidField, fault.to_string(), None),
        }
    }
    holidays.sort();
    holidays.dedup();
    holidays
}

/// The most rules: each detector with each severity.
const MOST_RESPONSES: usize = 60;

fn responses(fields: &mut Fields) -> Vec<ResponseRule> {
    let items = match fields.value("responses") {
        None => return Vec::new(),
        Some(Value::Array(items)) if items.len() <= MOST_RESPONSES => items,
        Some(_) => {
            let detail = format!("`responses` has to be a list of at most {MOST_RESPONSES} objects");
            fields.fault("responses", FaultCode::InvalidField, detail, None);
            return Vec::new();
        }
    };
    let mut rules = Vec::with_capacity(items.len());
    for (index, item) in items.into_iter().enumerate() {
        let at = format!("responses/{index}");
        let Value::Object(members) = item else {
            fields.fault(&at, FaultCode::InvalidField, "a response is an object", None);
            continue;
        };
        let mut within = fields.within(&at, members);
        rules.extend(response(&mut within));
        fields.absorb(within);
    }
    rules
}

fn response(fields: &mut Fields) -> Option<ResponseRule> {
    let detector = fields.text("detector").and_then(|text| word(fields, "detector", &text));
    let severity = fields.required_text("severity").and_then(|text| word::<Severity>(fields, "severity", &text));
    let response = fields.required_text("response").and_then(|text| word::<Response>(fields, "response", &text));
    Some(ResponseRule { detector, severity: severity?, response: response? })
}

fn word<T: FromStr<Err = UnknownValue>>(fields: &mut Fields, member: &'static str, text: &str) -> Option<T> {
    let read: Result<T, UnknownValue> = text.parse();
    if let Err(unknown) = &read {
        fields.fault(member, FaultCode::InvalidField, unknown.to_string(), None);
    }
    read.ok()
}
