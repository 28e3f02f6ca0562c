//! The questions, a function each.

use argus_insight::usage::Part;
use argus_store::anomaly::{AnomalyState, Response};
use argus_store::evidence::Touched;
use chrono::{DateTime, TimeDelta, Utc};

use super::facts::{Breach, MOST};
use crate::compliance::ControlReport;
use crate::compliance::report::Listing;
use crate::compliance::theme::{Finding, counted};

/// How soon an authority has to be told (GDPR, article 33(1)).
const TO_TELL: TimeDelta = TimeDelta::hours(72);

/// Rows of a listing of days, values and notices. Resources, addresses and entries are all shown.
const ROWS: usize = 1_000;

type Section = (&'static str, &'static str, &'static str, fn(&Breach) -> Finding);

#[rustfmt::skip]
const SECTIONS: &[Section] = &[
    ("key",     "The key",             "Which key is it, who answers for it, and what could it do?",            key),
    ("noticed", "What stood out",      "What did the watch find, and when?",                                    noticed),
    ("uses",    "When it was used",    "When was it used, how often, and with which result?",                   uses),
    ("touched", "What it touched",     "On what was it used?",                                                  touched),
    ("places",  "From where",          "From which addresses, networks and countries was it used?",             places),
    ("acts",    "What it administered", "Which administrative acts were done with it?",                         acts),
    ("answer",  "What was done",       "What was done about it, by whom and when?",                             answer),
    ("told",    "Who was told",        "Who heard of what happened to it, and when?",                           told),
];

/// All of them.
pub(super) fn all(breach: &Breach) -> Vec<ControlReport> {
    SECTIONS.iter().map(|(id, title, question, of)| of(breach).report((id, title, question))).collect()
}

fn key(breach: &Breach) -> Finding {
    let key = &breach.key;
    let is_usable = !key.state.has_ended();
    let below = breach.below.iter().map(|below| vec![below.path(), below.state.to_string(), at(below.last_used_at)]);
    Finding::new()
        .with("key", key.path())
        .with("id", key.id)
        .with("who answers for it", &key.owner)
        .with("state", key.state)
        .with("made", moment(key.created_at))
        .with("ends", at(key.expires_at))
        .with("revoked", at(key.revoked_at))
        .with("last used", at(key.last_used_at))
        .with("scopes", key.scopes.join(" "))
        .with("bound to networks", words(&key.conditions.networks))
        .with("bound to countries", words(&key.conditions.countries))
        .with("keys derived from it", breach.below.len())
        .attention(is_usable, || format!("it is {}: `argus key revoke {}` stops it everywhere", key.state, key.path()))
        .with_listing(listing("Keys derived from it", &["key", "state", "last used"], below))
}

fn noticed(breach: &Breach) -> Finding {
    let Some(first) = breach.alerts.first() else { return Finding::not_covered("nothing stood out in this time") };
    let open = breach.alerts.iter().filter(|alert| alert.state == AnomalyState::Open).count();
    let rows = breach.alerts.iter().map(|alert| {
        vec![
            moment(alert.first_seen_at),
            moment(alert.last_seen_at),
            alert.severity.to_string(),
            alert.detector.to_string(),
            alert.explanation.clone(),
            alert.state.to_string(),
            alert.response.unwrap_or(Response::Notify).to_string(),
        ]
    });
    let columns = &["since", "last seen", "severity", "detector", "what", "state", "done"];
    Finding::new()
        .with("alerts of this time", breach.alerts.len())
        .with("the first of them", moment(first.first_seen_at))
        .with("72 hours after it", moment(first.first_seen_at + TO_TELL))
        .with("alerts that nobody answered", open)
        .attention(open > 0, || {
            counted(
                open,
                "1 alert waits for an answer: `argus anomaly list --state open`",
                "# alerts wait for an answer: `argus anomaly list --state open`",
            )
        })
        .with_listing(listing("Alerts", columns, rows))
}

fn uses(breach: &Breach) -> Finding {
    let Some((first, last)) = breach.hours.or_else(|| days(breach)) else {
        return Finding::not_covered("no use of it was counted in the days of this time");
    };
    let sum = breach.uses();
    let rows = breach.days.iter().rev().map(|(day, counts)| {
        let day = DateTime::from_timestamp(*day, 0).unwrap_or_default();
        [day.format("%Y-%m-%d").to_string()]
            .into_iter()
            .chain([counts.requests, counts.permits, counts.denials, counts.errors].map(|count| count.to_string()))
            .collect()
    });
    Finding::new()
        .with("decisions in the days of this time (UTC)", sum.requests)
        .with("permitted", sum.permits)
        .with("denied", sum.denials)
        .with("the first hour with one", moment(DateTime::from_timestamp(first, 0).unwrap_or_default()))
        .with("the last hour with one", moment(DateTime::from_timestamp(last, 0).unwrap_or_default()))
        .with_listing(listing("By day (UTC)", &["day", "decisions", "permitted", "denied", "errors"], rows))
}

fn touched(breach: &Breach) -> Finding {
    let (logged, sum) = (breach.logged(), breach.uses());
    if logged == 0 && sum.requests == 0 {
        return Finding::not_covered("no use of it was counted or logged in this time");
    }
    let rows = breach.resources.iter().map(|touched| {
        let (action, resource) = &touched.what;
        row([action.clone().unwrap_or_default(), resource.clone().unwrap_or_default()], touched)
    });
    let columns = &["action", "resource", "decision", "times", "first", "last"];
    Finding::new()
        .with("permitted", sum.permits)
        .with("decisions in the log", logged)
        .with("different actions on resources in the log", breach.resources.len())
        .attention(logged < sum.permits, || {
            format!(
                "the log holds {logged} decisions of {}: of the others the first three segments alone are known; \
                 `--decision-log all` logs all of them",
                sum.requests
            )
        })
        .attention(breach.resources.len() >= MOST as usize, || format!("there are more than the {MOST} that are shown"))
        .with_listing(whole("On what, from the log of decisions", columns, rows))
        .with_listing(parts("On what, as far as it is counted", breach, Part::Exercised))
}

fn places(breach: &Breach) -> Finding {
    if breach.places.is_empty() && breach.days.is_empty() {
        return Finding::not_covered("no use of it was counted or logged in this time");
    }
    let unknown = || "unknown".to_owned();
    let rows = breach.places.iter().map(|one| row([one.what.0.clone().unwrap_or_else(unknown)], one));
    let columns = &["address", "decision", "times", "first", "last"];
    Finding::new()
        .with("different addresses, within 2 %", breach.addresses)
        .with("countries that are known", known(breach, Part::Country))
        .with("networks that are known", known(breach, Part::Network))
        .with_listing(whole("From where, from the log of decisions", columns, rows))
        .with_listing(parts("By country", breach, Part::Country))
        .with_listing(parts("By network (number of the autonomous system)", breach, Part::Network))
}

fn acts(breach: &Breach) -> Finding {
    let refused = breach.done_by.iter().filter(|excerpt| excerpt.outcome == "refused").count();
    let mut found = Finding::new()
        .with("entries of the audit by it", breach.done_by.len())
        .with("those of them that tell of a refusal", refused);
    found.excerpts.clone_from(&breach.done_by);
    found
}

fn answer(breach: &Breach) -> Finding {
    let mut found = Finding::new().with("entries of the audit about it", breach.done_to.len());
    found.excerpts.clone_from(&breach.done_to);
    found
}

fn told(breach: &Breach) -> Finding {
    let within: Vec<_> = breach
        .notices
        .iter()
        .filter(|notice| breach.period.0 <= notice.due_at && notice.due_at < breach.period.1)
        .collect();
    if within.is_empty() {
        return Finding::not_covered("nobody was told anything of it in this time");
    }
    let waiting = within.iter().filter(|notice| notice.handed_at.is_none()).count();
    let rows = within.iter().map(|notice| {
        vec![moment(notice.due_at), notice.kind.to_string(), notice.recipient.clone(), at(notice.handed_at)]
    });
    Finding::new()
        .with("notices", within.len())
        .with("notices that nobody asked to get", waiting)
        .with_listing(listing("Notices", &["due", "what", "to whom", "handed over"], rows))
}

fn days(breach: &Breach) -> Option<(i64, i64)> {
    Some((*breach.days.keys().next()?, *breach.days.keys().next_back()?))
}

fn known(breach: &Breach, part: Part) -> usize {
    breach.part(part).iter().filter(|(value, _, _)| *value != "unknown").count()
}

fn parts(name: &'static str, breach: &Breach, part: Part) -> Listing {
    let rows = breach
        .part(part)
        .into_iter()
        .map(|(value, requests, permits)| vec![value.to_owned(), requests.to_string(), permits.to_string()]);
    listing(name, &["what", "decisions", "permitted"], rows)
}

fn row<const N: usize>(what: [String; N], touched: &Touched) -> Vec<String> {
    let rest = [touched.decision.clone(), touched.count.to_string(), moment(touched.first), moment(touched.last)];
    what.into_iter().chain(rest).collect()
}

fn listing(name: &'static str, columns: &'static [&'static str], rows: impl Iterator<Item = Vec<String>>) -> Listing {
    let mut listing = whole(name, columns, rows);
    listing.more = listing.rows.len().saturating_sub(ROWS);
    listing.rows.truncate(ROWS);
    listing
}

fn whole(name: &'static str, columns: &'static [&'static str], rows: impl Iterator<Item = Vec<String>>) -> Listing {
    Listing { name, columns, rows: rows.collect(), more: 0 }
}

fn words(words: &[String]) -> String {
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

fn at(at: Option<DateTime<Utc>>) -> String {
    at.map_or_else(|| "never".to_owned(), moment)
}

fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S").to_string()
}
