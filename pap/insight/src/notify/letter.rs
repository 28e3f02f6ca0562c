//! What people read: for each kind of notice what happened, and what to do next with the command that does it. Plain
//! text, no secret. A kind that isn't known here is told with all that it says.

use std::fmt::Write as _;

use serde_json::Value;

use super::letter_of_plan::{is_of_plan, of_plan};

/// A message for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// In a line.
    pub subject: String,
    /// The text.
    pub body: String,
}

/// A value of a notice, in one line: a name that somebody chose adds no lines of its own.
fn value(data: &Value, member: &str) -> Option<String> {
    let text = match data.get(member)? {
        Value::Null => return None,
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    Some(text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect())
}

pub(super) fn known(data: &Value, member: &str) -> String {
    value(data, member).unwrap_or_else(|| "(unknown)".to_owned())
}

/// The letter that tells of a notice. `owner` is who answers for the key, `payload` what the notice says, as JSON.
pub fn letter(kind: &str, owner: &str, payload: &str) -> Letter {
    let data: Value = serde_json::from_str(payload).unwrap_or(Value::Null);
    let key = value(&data, "path").or_else(|| value(&data, "key_id")).unwrap_or_else(|| "(unknown)".to_owned());
    let (subject, happened, next) = words(kind, &key, &data);
    let others = others(&data);
    let subject = match data.get("keys").and_then(Value::as_u64) {
        Some(keys @ 2..) => format!("{subject}, and {} more", keys - 1),
        _ => subject,
    };
    let mut body = format!("{happened}{others}\n\nWhat to do:\n{next}\n");
    if kind == "key.old_secret_used" {
        body.push_str(&callers(&data));
    }
    let owner: String = owner.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let _ = write!(body, "\n-- \nArgus, because this address is a contact of the organisation");
    // What is about the organisation is told of no key.
    if !owner.is_empty() && !is_of_plan(kind) {
        let _ = write!(body, "; {owner} answers for the key");
    }
    body.push_str(".\nargus contact list shows who else is told.\n");
    Letter { subject: format!("[argus] {subject}"), body }
}

/// Subject, what happened, what to do next.
fn words(kind: &str, key: &str, data: &Value) -> (String, String, String) {
    let days = value(data, "days").map_or_else(String::new, |days| match days.as_str() {
        "1" => "in 1 day".to_owned(),
        days => format!("in {days} days"),
    });
    let at = known(data, "at");
    match kind {
        "key.rotated" => (
            format!("{key} has a new secret"),
            format!("The key {key} was rotated: it has a new secret.{}", grace(data)),
            format!(
                "  Put the new secret where the key is used, before the older one ends.\n  \
                See where it stands:  argus key show {key}\n  \
                Nobody should have rotated it?  argus key revoke {key}"
            ),
        ),
        "key.rotation_opened" => (
            format!("{key}: a new secret waits to be collected"),
            format!("A rotation of the key {key} is open. Its holder fetches the new secret once, with the older one."),
            format!(
                "  Collect it:  argus key collect {} {} --secret-to FILE",
                known(data, "key_id"),
                known(data, "credential_id")
            ),
        ),
        "key.rotation_uncollected" => (
            format!("{key}: nobody has collected its new secret"),
            format!(
                "A rotation of the key {key} is open since {}, and its new secret was not collected.",
                known(data, "opened_at")
            ),
            format!(
                "  Collect it:  argus key collect {} {} --secret-to FILE",
                known(data, "key_id"),
                known(data, "credential_id")
            ),
        ),
        "key.rotation_ahead" => (
            format!("{key} is rotated {days}"),
            format!("The key {key} is to get a new secret {days}, at {at}."),
            format!("  Rotate it when it suits you:  argus key rotate {key} --grace 24h --secret-to FILE"),
        ),
        "key.old_secret_used" => (
            format!("{key}: the older secret is still used"),
            format!(
                "The key {key} was rotated, half of the grace is over, and its older secret is still used. It is \
                refused from {} on.",
                known(data, "grace_ends_at")
            ),
            format!(
                "  Put the new secret where the older one is used: see below from where.\n  \
                More time:  argus key rotate {key} --grace 7d --secret-to FILE"
            ),
        ),
        "key.revoked" => (
            format!("{key} is revoked"),
            format!("The key {key} was revoked. Every use of it is refused, for good.{}", reason(data)),
            format!(
                "  See who did it:  argus audit list --event key.revoked\n  \
                Where it is still needed:  argus key create {key} --scope SCOPE --secret-to FILE"
            ),
        ),
        "key.suspended" => (
            format!("{key} is suspended"),
            format!("The key {key} was suspended. Every use of it is refused until it is resumed.{}", reason(data)),
            format!("  When it may be used again:  argus key resume {key}"),
        ),
        "key.resumed" => (
            format!("{key} may be used again"),
            format!("The key {key} was suspended, and is resumed."),
            format!("  Nothing. Nobody should have resumed it?  argus key suspend {key}"),
        ),
        "key.expired" => (
            format!("{key} has expired"),
            format!("The key {key} has come to its end. Every use of it is refused, for good."),
            format!("  Where it is still needed:  argus key create {key} --scope SCOPE --secret-to FILE"),
        ),
        "key.expiry_ahead" => (
            format!("{key} ends {days}"),
            format!("The key {key} ends {days}, at {at}. From then on every use of it is refused."),
            format!(
                "  Where it is needed longer:  argus key update {key} --expires 90d\n  \
                Where it isn't:  argus key revoke {key}"
            ),
        ),
        _ if is_of_plan(kind) => of_plan(kind, data),
        _ => of_use(kind, key, data),
    }
}

/// Who used a quota, the quota, and what to do: a key of its own, or keys of one that they share.
fn quota_in_words(key: &str, name: &str, data: &Value) -> (String, String, String) {
    if let Some(limit) = value(data, "limit_id") {
        return (
            format!("Keys, the last of them {key}, have"),
            format!("the quota `{name}` that they share"),
            format!(
                "  See the quota:  argus limit show {limit}\n  \
                A higher one:  argus limit update {limit} --limit NUMBER"
            ),
        );
    }
    (
        format!("The key {key} has"),
        format!("its quota `{name}`"),
        format!(
            "  See the quota:  argus key show {key}\n  A higher one:  PATCH /v1/keys/{}, member `limits`",
            known(data, "key_id")
        ),
    )
}

/// What the use of a key tells, and all that isn't known.
fn of_use(kind: &str, key: &str, data: &Value) -> (String, String, String) {
    let name = value(data, "quota").or_else(|| value(data, "name")).unwrap_or_else(|| "a quota".to_owned());
    let (whose, quota, higher) = quota_in_words(key, &name, data);
    match kind {
        "anomaly.detected" => (
            format!("{key} is used otherwise than ever"),
            format!(
                "The key {key} is used in a way that is unusual for it: {}.{}",
                value(data, "explanation").unwrap_or_else(|| known(data, "detector")).trim_end_matches('.'),
                figures(data)
            ),
            format!(
                "  Was it you?  If not, stop it now:  argus key suspend {key}\n  \
                Give it another secret:  argus key rotate {key} --emergency --secret-to FILE\n  \
                See it with its id:  argus anomaly list --key {key} --state open\n  \
                It was in order:  argus anomaly false ID --reason TEXT"
            ),
        ),
        "quota.nearly_used" => (
            format!("{key}: 80 % of `{name}` are used"),
            format!(
                "{whose} used {} of {} of {quota}. Beyond it every use is refused until {}.",
                known(data, "used"),
                known(data, "limit"),
                known(data, "resets_at")
            ),
            higher,
        ),
        "quota.used" if value(data, "used") != value(data, "limit") => (
            format!("{key}: too little is left of `{name}`"),
            format!(
                "{whose} used {} of {} of {quota}, and too little is left for a use: what costs more is refused until {}.",
                known(data, "used"),
                known(data, "limit"),
                known(data, "resets_at")
            ),
            higher,
        ),
        "quota.used" => (
            format!("{key}: all of `{name}` is used"),
            format!(
                "{whose} used all {} of {quota}. Every use is refused until {}.",
                known(data, "limit"),
                known(data, "resets_at")
            ),
            higher,
        ),
        "contact.test" => (
            "a trial".to_owned(),
            "Somebody tried whether this address can be reached. It can.".to_owned(),
            "  Nothing.".to_owned(),
        ),
        other => {
            let mut happened = format!("{other} was told of the key {key}.\n");
            for (name, told) in data.as_object().into_iter().flatten() {
                let told = told.as_str().map_or_else(|| told.to_string(), str::to_owned);
                let told: String = told.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
                let _ = write!(happened, "\n  {name}: {told}");
            }
            (format!("{key}: {other}"), happened, format!("  See the key:  argus key show {key}"))
        }
    }
}

/// What else is known of an anomaly: since when, how grave, what is suggested, and which requests showed it.
fn figures(data: &Value) -> String {
    let mut text = String::new();
    let lines = [("since", "Since"), ("severity", "Severity"), ("detector", "Found by"), ("suggestion", "Suggested")];
    for (member, label) in lines {
        if let Some(told) = value(data, member) {
            let _ = write!(text, "\n  {label}: {told}");
        }
    }
    let requests = data.get("request_ids").and_then(Value::as_array).into_iter().flatten();
    let requests: Vec<&str> = requests.filter_map(Value::as_str).collect();
    if !requests.is_empty() {
        let _ = write!(text, "\n  Requests: {}", requests.join(", "));
    }
    if text.is_empty() { text } else { format!("\n{text}") }
}

fn grace(data: &Value) -> String {
    value(data, "grace_ends_at").map_or_else(String::new, |end| format!(" The older one is good until {end}."))
}

fn reason(data: &Value) -> String {
    value(data, "reason").filter(|reason| !reason.is_empty()).map_or_else(String::new, |why| format!("\nReason: {why}"))
}

/// The keys of the same owner that one act stops, or starts again, with the one that the letter names.
fn others(data: &Value) -> String {
    let above = value(data, "above_path").or_else(|| value(data, "above_key_id"));
    let mut text = above.map_or_else(String::new, |above| format!("\nIt is below {above}, which this was done to."));
    let keys = data.get("keys").and_then(Value::as_u64).unwrap_or(1);
    let named = data.get("key_ids").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if keys > 1 {
        let _ = write!(text, "\nThe same holds for all {keys} keys of the same owner");
        text.push_str(if named.len() as u64 == keys { ":\n" } else { ", of which these are the first:\n" });
        named.iter().filter_map(Value::as_str).for_each(|id| {
            let _ = write!(text, "\n  {id}");
        });
    }
    text
}

/// By whom an older secret is used.
fn callers(data: &Value) -> String {
    let mut text = "\nUsed from:\n".to_owned();
    for caller in data.get("callers").and_then(Value::as_array).into_iter().flatten() {
        let system = value(caller, "asn").map_or_else(String::new, |asn| format!(" (AS{asn})"));
        let program = value(caller, "user_agent").map_or_else(String::new, |program| format!(" by {program}"));
        let (ip, seen) = (known(caller, "ip"), known(caller, "last_seen_at"));
        let _ = writeln!(text, "  {ip}{system}{program}, last at {seen}");
    }
    text
}
