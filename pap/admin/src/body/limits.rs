//! `limits`: how much a key may be used.

use std::collections::HashSet;

use argus_store::{Limit, LimitStrategy};
use serde_json::Value;

use super::{Fields, is_name};
use crate::FaultCode;

/// The most limits of one key. Each is counted in every decision.
const MOST: usize = 32;

/// The longest window: a leap year.
const LONGEST_WINDOW_SECONDS: i64 = 366 * 86_400;

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

fn limit(fields: &mut Fields) -> Option<Limit> {
    let name = fields.required_text("name");
    if let Some(name) = name.as_deref().filter(|name| !is_name(name)) {
        fields.fault("name", FaultCode::InvalidField, format!("`{}` is no name", name.escape_debug()), None);
    }
    let strategy = fields.required_text("strategy").and_then(|text| strategy(fields, &text));
    let limit = amount(fields, "limit", 1);
    let window = fields.integer("window_seconds");
    if !window.is_some_and(|window| (1..=LONGEST_WINDOW_SECONDS).contains(&window)) {
        let detail = format!("a window lasts 1 to {LONGEST_WINDOW_SECONDS} seconds");
        fields.fault("window_seconds", FaultCode::InvalidField, detail, None);
    }
    let (burst, cost) = (optional(fields, "burst", 1), optional(fields, "cost", 0));
    if burst.is_some() && strategy.is_some_and(|strategy| strategy != LimitStrategy::TokenBucket) {
        fields.fault("burst", FaultCode::InvalidField, "only a `token_bucket` has a burst", None);
    }
    let window_seconds = u64::try_from(window?).ok()?;
    Some(Limit { name: name?, strategy: strategy?, limit: limit?, window_seconds, burst, cost })
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

fn amount(fields: &mut Fields, member: &'static str, least: i64) -> Option<u64> {
    let amount = fields.integer(member).filter(|amount| *amount >= least).and_then(|amount| u64::try_from(amount).ok());
    if amount.is_none() {
        fields.fault(member, FaultCode::InvalidField, format!("`{member}` is a number of {least} or more"), None);
    }
    amount
}

fn optional(fields: &mut Fields, member: &'static str, least: i64) -> Option<u64> {
    if fields.has(member) && !fields.is_null(member) { amount(fields, member, least) } else { None }
}
