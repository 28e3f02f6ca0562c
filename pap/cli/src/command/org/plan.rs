//! What an organisation has more of than a plan lets it, asked and told.

use std::fmt::Write as _;

use serde_json::Value;

use crate::client::{Client, text};
use crate::failure::Failure;

/// What is over the plan of an organisation, or over another one.
pub(super) fn standing(client: &Client, organisation: &Value, plan: Option<&str>) -> Result<Value, Failure> {
    let path = format!("/v1/organisations/{}/plan", text(organisation, "id"));
    let query: Vec<_> = plan.iter().map(|plan| ("plan", *plan)).collect();
    client.get(&path, &query)
}

/// The plan of an organisation, and what is over it.
pub(super) fn in_words(organisation: &Value) -> String {
    format!("plan {}\n{}", text(organisation, "plan"), over_in_words(organisation))
}

/// What is over it, and until when that stays as it was; nothing where nothing is.
pub(in crate::command) fn over_in_words(organisation: &Value) -> String {
    let (mut told, until) = (String::new(), text(organisation, "plan_grace_until"));
    let over = over(organisation);
    if over.is_empty() {
        return told;
    }
    told.push_str("it has more than its plan lets it:\n");
    told.push_str(&over);
    let _ = match until {
        "" => writeln!(told, "no key stops by it; what would be new is refused"),
        _ => writeln!(
            told,
            "until {until} it stays as it is; no key stops then or later; what would be new is refused now"
        ),
    };
    told
}

/// What would be over a plan, if the organisation had it.
pub(super) fn preview_in_words(standing: &Value) -> String {
    let organisation = text(standing, "organisation");
    let plan = standing.get("plan").map(|plan| text(plan, "name")).unwrap_or_default();
    match over(standing).as_str() {
        "" => format!("{organisation} has no more than plan {plan} lets it; nothing was changed\n"),
        over => format!(
            "{organisation} has more than plan {plan} lets it:\n{over}\
            it would stay as it is for 30 days, and no key would stop then or later; nothing was changed\n"
        ),
    }
}

fn over(answer: &Value) -> String {
    let over = answer.get("over").and_then(Value::as_array).into_iter().flatten();
    let line = |over: &Value| {
        let (maximum, detail) = (text(over, "maximum"), text(over, "detail"));
        format!("  {maximum}: {detail}\n    then: {}\n", text(over, "afterwards"))
    };
    over.map(line).collect()
}
