//! The body of `POST /v1/settle`, read strictly.

use serde_json::value::RawValue;
use uuid::Uuid;

use crate::http::problem::Problem;
use crate::routes::members::{Faults, Members};

/// What a use came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Settlement {
    /// The decision.
    pub(super) decision: Uuid,
    pub(super) cost: u64,
}

/// Reads the body.
pub(super) fn decode(body: &[u8]) -> Result<Settlement, Problem> {
    let members = Members::read(body)?;
    let mut faults = Faults::default();
    let [decision, cost] = faults.pick(members, "", ["decision_id", "cost"]);
    let decision = faults.required_text("/decision_id", decision).and_then(|text| {
        let id = text.parse().ok();
        if id.is_none() {
            faults.invalid("/decision_id", "is the `decision_id` of an answer");
        }
        id
    });
    let cost = faults.required_amount("/cost", cost);
    match (decision, cost) {
        (Some(decision), Some(cost)) if faults.0.is_empty() => Ok(Settlement { decision, cost }),
        _ => Err(Problem::fields(faults.0)),
    }
}

impl Faults {
    fn required_amount(&mut self, pointer: &str, value: Option<&RawValue>) -> Option<u64> {
        if value.is_none() {
            self.invalid(pointer, "is required");
        }
        self.amount(pointer, value?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_settlement_names_its_decision_and_what_it_came_to() {
        let id = "0198f0e4-7c1d-7abc-8def-0123456789ab";
        let read = decode(format!(r#"{{"decision_id": "{id}", "cost": 3}}"#).as_bytes()).unwrap();
        assert_eq!(read, Settlement { decision: id.parse().unwrap(), cost: 3 });
    }

    #[test]
    fn every_fault_is_named_and_none_is_quoted() {
        for (body, places) in [
            ("{}", &["/decision_id", "/cost"][..]),
            (r#"{"decision_id": "argus_live_x", "cost": 1.0}"#, &["/decision_id", "/cost"]),
            (r#"{"decision_id": 7, "cost": -1, "key": "argus_live_x"}"#, &["/key", "/decision_id", "/cost"]),
        ] {
            let problem = format!("{:?}", decode(body.as_bytes()).unwrap_err());
            assert!(places.iter().all(|place| problem.contains(place)), "{body}: {problem}");
            assert!(!problem.contains("argus_live"), "{problem}");
        }
    }
}
