//! regorus with one rule and the policies as data, found by a key in the path: how Rego's authors are advised to hold
//! many policies. What is loaded is the data, as JSON, and the rule.

use anyhow::Result;
use regorus::Value;
use serde_json::json;

use super::Series;
use super::regorus::compile;
use crate::engine::Loaded;

const POLICY: &str = include_str!("../../fixtures/keyed.rego");

pub(super) const SERIES: Series =
    Series { name: "regorus, keyed data", package: "regorus", write, load, decides: 100_000, loads: 100_000 };

fn write(count: usize) -> String {
    let policy = json!({
        "roles": ["employee", "manager"],
        "networks": ["10.20.0.0/16", "192.0.2.0/24"],
        "from": 8,
        "until": 18,
    });
    let entries: Vec<String> = (0..count).map(|number| format!("\"p{number}\":{policy}")).collect();
    format!("{{\"projects\":{{{}}}}}", entries.join(","))
}

fn load(text: &str) -> Result<Box<dyn Loaded>> {
    Ok(Box::new(compile(POLICY, Value::from_json_str(text)?)?))
}
