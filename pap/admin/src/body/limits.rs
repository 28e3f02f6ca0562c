//! `limits`: how much a key may be used; and the members of one limit, whoever has it.

use std::collections::HashSet;

use argus_engine::scope::ResourcePath;
use argus_limits::Period;
use argus_store::{Limit, LimitStrategy, Refill};
use serde_json::Value;

use super::{Fields, is_name};
use crate::FaultCode;

/// The most limits of one key. Each is counted in every decision.
const MOST: usize = 32;

/// The most actions, or types, that a limit names.
const MOST_SELECTED: usize = 32;

/// The longest action or type.
const LONGEST_WORD: usize = 200;

/// The longest window: a leap year.
const LONGEST_WINDOW_SECONDS: i64 = 366 * 86_400;

/// The largest amount: what every program that reads JSON can count to, as does Redis.
const MOST_AMOUNT: u64 = 1 << 53;

/// The largest amount of a sliding window, which counts in smaller numbers.
const MOST_SLIDING: u64 = u32::MAX as u64;

/// Reads the member `limits`. Faults are noted.
pub(crate) fn limits(fields: &mut Fields) -> Vec<Limit> {
    let items = match fields.value("limits") {
        None => return Vec::new(),
        Some(Value::Array(items)) => items,
        Some(_) => {
            fields.fault("limits", FaultCode::InvalidField, "`limits` has to be a list of objects", None);
            return Vec::new();
        }
    };
    if items.len() > MOST {
        let detail = format!("{} limits are too many: a key has at most {MOST}", items.len());
        fields.fault("limits", FaultCode::InvalidField, detail, None);
        return Vec::new();
    }
    let (mut limits, mut names) = (Vec::with_capacity(items.len()), HashSet::new());
    for (index, item) in items.into_iter().enumerate() {
        let at = format!("limits/{index}");
        let Value::Object(members) = item else {
            fields.fault(&at, FaultCode::InvalidField, "a limit is an object", None);
            continue;
        };
        let mut within = fields.within(&at, members);
        let limit = limit(&mut within);
        if let Some(limit) = &limit
            && !names.insert(limit.name.clone())
        {
            within.fault("name", FaultCode::InvalidField, format!("two limits are named `{}`", limit.name), None);
        }
        fields.absorb(within);
        limits.extend(limit);
    }
    limits
}

/// Reads the members of a limit. Faults are noted.
pub(crate) fn limit(fields: &mut Fields) -> Option<Limit> {
    let name = fields.required_text("name");
    if let Some(name) = name.as_deref().filter(|name| !is_name(name)) {
        fields.fault("name", FaultCode::InvalidField, format!("`{}` is no name", name.escape_debug()), None);
    }
    let strategy = fields.required_text("strategy").and_then(|text| strategy(fields, &text));
    let limit = amount(fields, "limit", 1);
    if strategy == Some(LimitStrategy::SlidingWindow) && limit.is_some_and(|limit| limit > MOST_SLIDING) {
        let detail = format!("`limit` of a `sliding_window` is a number of at most {MOST_SLIDING}");
        fields.fault("limit", FaultCode::InvalidField, detail, None);
    }
    let window = fields.integer("window_seconds");
    if !window.is_some_and(|window| (1..=LONGEST_WINDOW_SECONDS).contains(&window)) {
        let detail = format!("a window lasts 1 to {LONGEST_WINDOW_SECONDS} seconds");
        fields.fault("window_seconds", FaultCode::InvalidField, detail, None);
    }
    let (burst, cost) = (optional(fields, "burst", 1), optional(fields, "cost", 0));
    if burst.is_some() && strategy.is_some_and(|strategy| strategy != LimitStrategy::TokenBucket) {
        fields.fault("burst", FaultCode::InvalidField, "only a `token_bucket` has a burst", None);
    }
    let refill = refill(fields, strategy, window);
    let (actions, resource_types) = (selection(fields, "actions"), selection(fields, "resource_types"));
    let window_seconds = u64::try_from(window?).ok()?;
    Some(Limit {
        name: name?,
        strategy: strategy?,
        limit: limit?,
        window_seconds,
        burst,
        refill,
        account: None,
        cost,
        actions,
        resource_types,
    })
}

/// What a new period of a quota does. Only periods of a calendar add up: what others add nobody could tell by a date.
fn refill(fields: &mut Fields, strategy: Option<LimitStrategy>, window: Option<i64>) -> Refill {
    let Some(text) = fields.text("refill") else { return Refill::Replace };
    let Ok(refill) = serde_json::from_value(Value::from(text.as_str())) else {
        let detail = format!("`{}` is neither `replace` nor `add`", text.escape_debug());
        fields.fault("refill", FaultCode::InvalidField, detail, None);
        return Refill::Replace;
    };
    if strategy.is_some_and(|strategy| strategy != LimitStrategy::Quota) {
        fields.fault("refill", FaultCode::InvalidField, "only a `quota` has a refill", None);
    } else if refill == Refill::Add
        && let Some(window) = window.and_then(|window| u64::try_from(window).ok())
        && Period::of_seconds(window).is_none()
    {
        let detail = "only a quota of a day, a week, a month or a year can add to what is left";
        let help = "write 86400, 604800, 2592000 (30 days) or 31536000 (365 days) as `window_seconds`";
        fields.fault("refill", FaultCode::InvalidField, detail, Some(help.to_owned()));
    }
    refill
}

/// The words of a selection, each once.
fn selection(fields: &mut Fields, member: &'static str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, word) in fields.texts(member) {
        selected(fields, member, &at, &word);
        if !words.contains(&word) {
            words.push(word);
        }
    }
    if words.len() > MOST_SELECTED {
        let detail = format!("`{member}` has at most {MOST_SELECTED} items");
        fields.fault(member, FaultCode::InvalidField, detail, None);
    }
    words
}

/// Notes a fault of an action, or of a type of resources, which is the third segment of their paths.
pub(super) fn selected(fields: &mut Fields, member: &str, at: &str, word: &str) {
    let is_line = !word.is_empty() && word.chars().count() <= LONGEST_WORD && !word.chars().any(char::is_control);
    let is_type = || !word.contains('/') && ResourcePath::parse(&format!("o/p/{word}")).is_ok();
    if !is_line || (member.starts_with("resource_type") && !is_type()) {
        let what = if member.starts_with("action") { "action" } else { "type of resources" };
        let help = match what {
            "action" => format!("write 1 to {LONGEST_WORD} characters, such as `read`"),
            _ => "write the third segment of their paths, `evidence` for `acme/atlas/evidence/42`".to_owned(),
        };
        fields.fault(at, FaultCode::InvalidField, format!("`{}` is no {what}", word.escape_debug()), Some(help));
    }
}

fn strategy(fields: &mut Fields, text: &str) -> Option<LimitStrategy> {
    let strategy = serde_json::from_value(Value::from(text)).ok();
    if strategy.is_none() {
        let detail = format!(
            "`{}` is neither `fixed_window`, `sliding_window`, `token_bucket` nor `quota`",
            text.escape_debug()
        );
        fields.fault("strategy", FaultCode::InvalidField, detail, None);
    }
    strategy
}

pub(super) fn amount(fields: &mut Fields, member: &'static str, least: i64) -> Option<u64> {
    let amount = fields.integer(member).filter(|amount| *amount >= least).and_then(|amount| u64::try_from(amount).ok());
    let amount = amount.filter(|amount| *amount <= MOST_AMOUNT);
    if amount.is_none() {
        let detail = format!("`{member}` is a whole number from {least} to {MOST_AMOUNT}");
        fields.fault(member, FaultCode::InvalidField, detail, None);
    }
    amount
}

fn optional(fields: &mut Fields, member: &'static str, least: i64) -> Option<u64> {
    if fields.has(member) && !fields.is_null(member) {
        return amount(fields, member, least);
    }
    // `null` is absent, and known.
    fields.value(member);
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::body::Body;

    /// The faults of one limit, in words; nothing where it has none.
    fn faults(strategy: &str, member: &str, amount: u64) -> String {
        let mut limit = json!({ "name": "rpm", "strategy": strategy, "limit": 1, "window_seconds": 60 });
        limit[member] = json!(amount);
        let body = json!({ "limits": [limit] }).to_string();
        let mut fields = Fields::of(Body::parse(body.as_bytes()).unwrap());
        limits(&mut fields);
        fields.finish().err().map_or_else(String::new, |error| format!("{error:?}"))
    }

    #[test]
    fn what_could_not_be_counted_is_no_limit() {
        for (strategy, member, most) in [
            ("quota", "limit", MOST_AMOUNT),
            ("fixed_window", "cost", MOST_AMOUNT),
            ("token_bucket", "burst", MOST_AMOUNT),
            ("sliding_window", "limit", MOST_SLIDING),
        ] {
            assert_eq!(faults(strategy, member, most), "", "{strategy} {member}");
            let told = faults(strategy, member, most + 1);
            assert!(told.contains(&most.to_string()) && told.contains(member), "{strategy} {member}: {told}");
        }
        assert!(faults("quota", "limit", 0).contains("from 1"), "none at all is no limit");
    }
}
