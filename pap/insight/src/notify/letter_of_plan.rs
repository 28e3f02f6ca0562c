//! What people read of the plan of their organisation: what is over it, until when that stays as it was, and what then.

use std::fmt::Write as _;

use serde_json::Value;

use super::letter::known;

/// Whether this is told of an organisation and its plan, and not of a key.
pub(super) fn is_of_plan(kind: &str) -> bool {
    kind.starts_with("plan.")
}

/// Subject, what happened, what to do next.
pub(super) fn of_plan(kind: &str, data: &Value) -> (String, String, String) {
    let (organisation, plan, until) = (known(data, "organisation"), known(data, "plan"), known(data, "at"));
    let days = match known(data, "days").as_str() {
        "1" => "1 day".to_owned(),
        days => format!("{days} days"),
    };
    let over = over(data);
    let (subject, happened) = match kind {
        "plan.grace_ended" => (
            format!("{organisation} is over its plan"),
            format!(
                "The organisation {organisation} has had more than its plan `{plan}` lets it for 30 days, and still \
                has:{over}\n\nNo key stops by it. From now on what is over can't be changed but to fit, features that \
                the plan lacks do nothing, and what is kept for longer than the plan says is forgotten."
            ),
        ),
        "plan.grace_ending" => (
            format!("{organisation}: {days} until its plan counts"),
            format!(
                "The organisation {organisation} has more than its plan `{plan}` lets it:{over}\n\nIt stays as it is \
                for {days} more, until {until}. {THEN}"
            ),
        ),
        _ => (
            format!("{organisation} has the plan {plan}, and more than that lets it"),
            format!(
                "The organisation {organisation} has another plan, `{plan}`, and more than that lets it:{over}\n\n\
                It stays as it is until {until}; what would be new is refused at once. {THEN}"
            ),
        ),
    };
    let next = format!(
        "  See what is over, and what holds then:  argus org show {organisation}\n  \
        See what the plan lets it:  argus plan show {plan}"
    );
    (subject, happened, next)
}

const THEN: &str = "No key stops by it. From then on what is over can't be changed but to fit, features that the plan lacks \
    do nothing, and what is kept for longer than the plan says is forgotten.";

/// A line for each thing that is over.
fn over(data: &Value) -> String {
    let mut text = "\n".to_owned();
    for over in data.get("over").and_then(Value::as_array).into_iter().flatten() {
        let found = over.get("found").and_then(Value::as_u64);
        let found = found.map_or_else(|| "without bound".to_owned(), |found| found.to_string());
        let _ = write!(text, "\n  {}: {found}; at most {}", known(over, "maximum"), known(over, "most"));
    }
    text
}
