//! `costs`: what uses cost by their action and the type of their resource.

use argus_store::cost::Cost;
use serde_json::Value;

use super::Fields;
use super::limits::{amount, selected};
use crate::FaultCode;

/// The most rows of an organisation.
const MOST: usize = 1_000;

/// Reads the member `costs`. Faults are noted.
pub(crate) fn costs(fields: &mut Fields) -> Vec<Cost> {
    let items = match fields.value("costs") {
        None => return Vec::new(),
        Some(Value::Array(items)) if items.len() <= MOST => items,
        Some(_) => {
            let detail = format!("`costs` has to be a list of at most {MOST} objects");
            fields.fault("costs", FaultCode::InvalidField, detail, None);
            return Vec::new();
        }
    };
    let mut costs: Vec<Cost> = Vec::with_capacity(items.len());
    for (index, item) in items.into_iter().enumerate() {
        let at = format!("costs/{index}");
        let Value::Object(members) = item else {
            fields.fault(&at, FaultCode::InvalidField, "a cost is an object", None);
            continue;
        };
        let mut within = fields.within(&at, members);
        let row = row(&mut within);
        fields.absorb(within);
        let Some(row) = row else { continue };
        let is_there = |known: &Cost| known.action == row.action && known.resource_type == row.resource_type;
        if costs.iter().any(is_there) {
            let detail = "another row is of the same action and type";
            fields.fault(&at, FaultCode::InvalidField, detail, Some("leave one of them out".to_owned()));
        }
        costs.push(row);
    }
    costs
}

fn row(fields: &mut Fields) -> Option<Cost> {
    let mut word = |member| {
        let word = fields.text(member)?;
        selected(fields, member, member, &word);
        Some(word)
    };
    let (action, resource_type) = (word("action"), word("resource_type"));
    let cost = amount(fields, "cost", 0);
    if action.is_none() && resource_type.is_none() {
        let help = "what all other uses cost is the `cost` of each limit".to_owned();
        fields.fault("action", FaultCode::MissingField, "a row names an action, a resource type, or both", Some(help));
    }
    Some(Cost { action, resource_type, cost: cost? })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::body::Body;

    fn read(rows: &Value) -> (Vec<Cost>, String) {
        let mut fields = Fields::of(Body::parse(json!({ "costs": rows }).to_string().as_bytes()).unwrap());
        let costs = costs(&mut fields);
        (costs, fields.finish().err().map_or_else(String::new, |error| format!("{error:?}")))
    }

    #[test]
    fn a_row_names_what_it_is_of_and_what_that_costs() {
        let rows = json!([{"action": "read", "resource_type": "report", "cost": 5}, {"action": "read", "cost": 0}]);
        let (costs, faults) = read(&rows);
        assert_eq!((costs.len(), costs[1].cost, faults.as_str()), (2, 0, ""));
        for (rows, told) in [
            (json!([{"cost": 1}]), "names an action"),
            (json!([{"action": "read"}]), "`cost` is a whole number from 0"),
            (json!([{"action": "read", "cost": 1}, {"action": "read", "cost": 2}]), "another row"),
            (json!([{"resource_type": "a/b", "cost": 1}]), "`a/b`"),
            (json!({}), "list"),
        ] {
            let (_, faults) = read(&rows);
            assert!(faults.contains(told), "{rows}: {faults}");
        }
    }
}
