//! What keys let their holders do, read naively from what the administration shows of them.

use std::collections::HashMap;

use argus_engine::scope::{Action, ResourcePath, Scope};
use serde_json::Value;

/// The key and all above it.
pub(crate) fn chain<'k>(keys: &'k HashMap<String, Value>, id: &str) -> Vec<&'k Value> {
    let mut chain = Vec::new();
    let mut next = keys.get(id);
    while let Some(key) = next {
        chain.push(key);
        next = key["parent_key_id"].as_str().and_then(|above| keys.get(above));
    }
    chain
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Where from, when and how somebody asks.
#[derive(Clone, Copy)]
struct Surroundings {
    address: &'static str,
    country: &'static str,
    /// Whether it is a Saturday, and the hour in UTC.
    time: (bool, u32),
    network_type: &'static str,
    is_compliant: bool,
}

/// Surroundings that tell the conditions here apart.
fn surroundings() -> Vec<Surroundings> {
    let mut all = Vec::new();
    for address in ["10.0.0.1", "10.1.0.1", "192.0.2.1", "198.51.100.1"] {
        for country in ["DE", "FR", "US"] {
            for time in [(false, 12), (true, 12), (false, 20)] {
                for network_type in ["corporate", "vpn", "mobile"] {
                    for is_compliant in [true, false] {
                        all.push(Surroundings { address, country, time, network_type, is_compliant });
                    }
                }
            }
        }
    }
    all
}

/// Uses that tell the scopes here apart.
fn uses() -> Vec<(ResourcePath, Action)> {
    let paths = [
        "acme",
        "acme/atlas",
        "acme/atlas/jobs",
        "acme/atlas/jobs/7",
        "acme/atlas/jobs/8",
        "acme/nova",
        "acme/nova/jobs",
        "acme/nova/x",
        "acme/argus/keys",
        "acme/argus/organisation",
    ];
    paths.into_iter().flat_map(|path| Action::ALL.map(|action| (ResourcePath::parse(path).unwrap(), action))).collect()
}

/// Whether one key's conditions are met, whatever is above it.
fn meets(key: &Value, at: Surroundings) -> bool {
    let rules = |sort: &str| texts(&key["conditions"][sort]);
    let holds = |network: &str| match network {
        "0.0.0.0/0" => true,
        "10.0.0.0/8" => at.address.starts_with("10."),
        "10.1.0.0/16" => at.address.starts_with("10.1."),
        _ => at.address.starts_with("192.0.2."),
    };
    let (is_weekend, hour) = at.time;
    let is_open = |window: &str| match window {
        "Mon-Fri 08:00-18:00 UTC" => !is_weekend && (8..18).contains(&hour),
        "Sat-Sun 08:00-18:00 UTC" => is_weekend && (8..18).contains(&hour),
        _ => true,
    };
    let any = |rules: Vec<&str>, is_met: &dyn Fn(&str) -> bool| rules.is_empty() || rules.into_iter().any(is_met);
    any(rules("networks"), &holds)
        && any(rules("countries"), &|country| country == at.country)
        && any(rules("windows"), &is_open)
        && any(rules("network_types"), &|kind| kind == at.network_type)
        && (key["conditions"]["device_compliant"] != true || at.is_compliant)
}

/// Whether one key grants a use, whatever is above it.
fn grants(key: &Value, path: &ResourcePath, action: Action) -> bool {
    texts(&key["scopes"]).iter().any(|scope| Scope::parse(scope).unwrap().covers(path, action))
}

/// The most uses in a minute, however they come, that all limits of a chain let through.
fn most_in_a_minute(chain: &[&Value]) -> u64 {
    let of = |limit: &Value| {
        let number = |member: &str| limit[member].as_u64().unwrap();
        let each_window = number("limit") / limit["cost"].as_u64().unwrap_or(1);
        each_window * (60 / number("window_seconds"))
    };
    let limits = chain.iter().flat_map(|key| key["limits"].as_array().into_iter().flatten());
    limits.map(of).min().unwrap_or(u64::MAX)
}

/// Whether whatever a chain lets its holder do, another does too, as often, for as long.
pub(crate) fn is_within(own: &[&Value], other: &[&Value]) -> bool {
    let end = |chain: &[&Value]| chain.iter().filter_map(|key| key["expires_at"].as_str().map(str::to_owned)).min();
    let is_shorter = end(other).is_none_or(|last| end(own).is_some_and(|own| own <= last));
    let met = |chain: &[&Value], at| chain.iter().all(|key| meets(key, at));
    let granted = |chain: &[&Value], path: &ResourcePath, action| chain.iter().all(|key| grants(key, path, action));
    let (surroundings, uses) = (surroundings(), uses());
    let is_usable =
        surroundings.iter().any(|at| met(own, *at)) && uses.iter().any(|(path, act)| granted(own, path, *act));
    // A use is let in where it is granted and its surroundings meet every condition: the two can be compared apart.
    let is_as_narrow = surroundings.iter().all(|at| !met(own, *at) || met(other, *at))
        && uses.iter().all(|(path, action)| !granted(own, path, *action) || granted(other, path, *action));
    is_shorter && most_in_a_minute(own) <= most_in_a_minute(other) && (is_as_narrow || !is_usable)
}
