//! What stood out in the use of keys: who watches, what was found, how soon somebody answered, what was done.

use std::collections::BTreeMap;

use argus_store::anomaly::{Anomaly, AnomalyDetector, AnomalyState, Response, Severity};
use argus_store::audit::AuditEvent;
use chrono::{DateTime, TimeDelta, Utc};

use super::{Finding, ROWS, counted, day};
use crate::compliance::facts::{Facts, KeyFacts};
use crate::compliance::report::Listing;

/// How long nobody may have looked: watches are told of every hour that passes.
const UNWATCHED: TimeDelta = TimeDelta::hours(3);

/// What was used within it may be watched, and not yet be written down: watches are saved every ten seconds.
const UNSAVED: TimeDelta = TimeDelta::minutes(1);

/// How long what wants a look today may wait for one.
const UNANSWERED: TimeDelta = TimeDelta::days(1);

const JUDGED: &[AuditEvent] =
    &[AuditEvent::AnomalyAcknowledged, AuditEvent::AnomalySnoozed, AuditEvent::AnomalyMarkedFalse];

/// Why there is no answer to measure.
const NOTHING: &str = "nothing stood out in this time";

pub(in super::super) fn detectors(facts: &Facts) -> Finding {
    let (watched, oldest) = facts.watched;
    let used = facts.in_use().filter(|key| key.last_used_at.is_some_and(|at| at < facts.now - UNSAVED)).count();
    if watched == 0 && used == 0 {
        return Finding::not_covered(unused(facts));
    }
    let is_stale = oldest.is_some_and(|at| at < facts.now - UNWATCHED);
    // All of them look at each use, or none does, where a setting turns them off.
    let on = if watched == 0 || is_stale { &[] } else { AnomalyDetector::WORDS };
    Finding::new()
        .with("detectors that are on", on.len())
        .with("they are", if on.is_empty() { "none".to_owned() } else { on.join(", ") })
        .with("keys in use whose use is watched", watched)
        .with("contacts that are told of what stands out", facts.told_of_alerts)
        .attention(watched == 0, || {
            "keys are used, and none is watched: start a node that administers, with `--anomalies on`".to_owned()
        })
        .attention(is_stale, || {
            "nobody has looked at some keys for three hours: see that a node that administers is running".to_owned()
        })
}

/// Why no key is watched, and none is told of.
fn unused(facts: &Facts) -> &'static str {
    let mut uses = facts.in_use().filter_map(|key| key.last_used_at).peekable();
    if uses.peek().is_none() {
        "no key in use has been used yet: there is nothing to watch"
    } else if uses.any(|at| at < facts.now - UNSAVED) {
        "the use of no key is watched"
    } else {
        "keys were used within the last minute only: who watches them is not written down yet"
    }
}

pub(in super::super) fn raised(facts: &Facts) -> Finding {
    if facts.alerts.is_empty() && facts.watched.0 == 0 {
        return Finding::not_covered(unused(facts));
    }
    let found = Finding::new().with("alerts of this time", facts.alerts.len());
    let by_severity = tallied(&facts.alerts, |alert| alert.severity.as_str());
    let severities = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low].map(Severity::as_str);
    let found = severities.iter().fold(found, |found, severity| {
        found.with(format!("alerts of severity {severity}"), by_severity.get(severity).unwrap_or(&0))
    });
    let by_detector = tallied(&facts.alerts, |alert| alert.detector.as_str());
    by_detector
        .into_iter()
        .fold(found, |found, (detector, count)| found.with(format!("alerts of the detector `{detector}`"), count))
        .counts(facts, &[AuditEvent::AnomalyDetected])
        .with_listing(listing(facts))
        .excerpts(facts, &[AuditEvent::AnomalyDetected])
}

pub(in super::super) fn answered(facts: &Facts) -> Finding {
    if facts.alerts.is_empty() {
        return Finding::not_covered(NOTHING);
    }
    let by_state = tallied(&facts.alerts, |alert| alert.state.as_str());
    let answers: Vec<_> = facts
        .alerts
        .iter()
        .filter_map(|alert| {
            let (raised, answered) = facts.trail.answer(&alert.id.to_string());
            Some(answered? - raised?)
        })
        .collect();
    let late = facts.alerts.iter().filter(|alert| is_left_alone(facts, alert)).count();
    let found = Finding::new().with("alerts of this time", facts.alerts.len());
    AnomalyState::WORDS
        .iter()
        .fold(found, |found, state| {
            found.with(format!("alerts of this time that are {state} now"), by_state.get(state).unwrap_or(&0))
        })
        .with("alerts that people answered in this time", answers.len())
        .with("minutes from an alert to the answer, half of them at most", minutes(&answers, middle))
        .with("minutes from an alert to the answer, the longest", minutes(&answers, longest))
        .with("alerts of severity high or critical that nobody answered within a day", late)
        .attention(late > 0, || {
            counted(
                late,
                "1 alert waits for an answer for more than a day: `argus anomaly list --state open`",
                "# alerts wait for an answer for more than a day: `argus anomaly list --state open`",
            )
        })
        .counts(facts, JUDGED)
        .excerpts(facts, JUDGED)
}

pub(in super::super) fn responses(facts: &Facts) -> Finding {
    if facts.alerts.is_empty() {
        return Finding::not_covered(NOTHING);
    }
    let by_response = tallied(&facts.alerts, |alert| alert.response.unwrap_or(Response::Notify).as_str());
    let acted = facts.alerts.iter().filter(|alert| alert.response.is_some_and(|done| done != Response::Notify));
    let times: Vec<_> = acted
        .filter_map(|alert| {
            let (raised, _) = facts.trail.answer(&alert.id.to_string());
            Some(alert.responded_at? - raised?)
        })
        .collect();
    let found = Finding::new().with("alerts of this time", facts.alerts.len());
    Response::WORDS
        .iter()
        .fold(found, |found, response| {
            found.with(
                format!("alerts answered by Argus itself with {response}"),
                by_response.get(response).unwrap_or(&0),
            )
        })
        .with("seconds from an alert to what Argus did, the longest", seconds(&times))
        .excerpts(facts, &[AuditEvent::KeySuspended, AuditEvent::RotationOpened])
}

pub(in super::super) fn renewed(facts: &Facts) -> Finding {
    let suspected = suspected(facts);
    if suspected.is_empty() {
        return Finding::not_covered("no key was suspected in this time: no alert of severity high or critical");
    }
    let known: BTreeMap<&str, &KeyFacts> = facts.keys.iter().map(|key| (key.id.as_str(), key)).collect();
    let fate = |(id, (_, since)): (&String, &(String, DateTime<Utc>))| match known.get(id.as_str()) {
        None => Fate::Ended,
        Some(key) if key.has_ended() => Fate::Ended,
        Some(key) if key.newest_secret_at.is_some_and(|at| at > *since) => Fate::Renewed,
        Some(_) => Fate::AsBefore,
    };
    let count = |wanted: Fate| suspected.iter().filter(|one| fate(*one) == wanted).count();
    let left: Vec<_> = suspected.iter().filter(|one| fate(*one) == Fate::AsBefore).collect();
    let overdue = left.iter().filter(|(_, (_, since))| *since < facts.now - UNANSWERED).count();
    let rows = left.iter().take(ROWS).map(|(_, (path, since))| vec![path.clone(), day(Some(*since), "")]);
    let listing = Listing {
        name: "Suspected keys with the secret that they had",
        columns: &["key", "last suspected"],
        rows: rows.collect(),
        more: left.len().saturating_sub(ROWS),
    };
    Finding::new()
        .with("keys with an alert of severity high or critical that wasn't false", suspected.len())
        .with("suspected keys that got a new secret afterwards", count(Fate::Renewed))
        .with("suspected keys that have ended", count(Fate::Ended))
        .with("suspected keys with the secret that they had", left.len())
        .attention(overdue > 0, || {
            counted(
                overdue,
                "1 key was suspected more than a day ago and has no new secret: `argus key rotate KEY`",
                "# keys were suspected more than a day ago and have no new secret: `argus key rotate KEY`",
            )
        })
        .with_listing(listing)
        .excerpts(facts, &[AuditEvent::KeyRotated, AuditEvent::RotationCollected])
}

/// What became of a key that was suspected.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Renewed,
    Ended,
    AsBefore,
}

/// Keys by their ids, each with its name and when something that people didn't call false last spoke against it.
fn suspected(facts: &Facts) -> BTreeMap<String, (String, DateTime<Utc>)> {
    let mut suspected = BTreeMap::<String, (String, DateTime<Utc>)>::new();
    let grave = |alert: &&Anomaly| alert.severity >= Severity::High && alert.state != AnomalyState::False;
    for alert in facts.alerts.iter().filter(grave) {
        let known = suspected.entry(alert.key_id.to_string()).or_insert((alert.key_path(), alert.first_seen_at));
        known.1 = known.1.max(alert.first_seen_at);
    }
    suspected
}

fn is_left_alone(facts: &Facts, alert: &Anomaly) -> bool {
    alert.state == AnomalyState::Open
        && alert.severity >= Severity::High
        && alert.first_seen_at < facts.now - UNANSWERED
}

fn listing(facts: &Facts) -> Listing {
    let newest = facts.alerts.iter().rev().take(ROWS).map(|alert| {
        let done = alert.response.unwrap_or(Response::Notify);
        vec![
            alert.key_path(),
            alert.first_seen_at.format("%Y-%m-%d %H:%M").to_string(),
            alert.severity.to_string(),
            alert.detector.to_string(),
            alert.state.to_string(),
            done.to_string(),
        ]
    });
    Listing {
        name: "Alerts, the newest first",
        columns: &["key", "since (UTC)", "severity", "detector", "state", "done"],
        rows: newest.collect(),
        more: facts.alerts.len().saturating_sub(ROWS),
    }
}

fn tallied<'a>(alerts: &'a [Anomaly], word: impl Fn(&'a Anomaly) -> &'static str) -> BTreeMap<&'static str, usize> {
    alerts.iter().fold(BTreeMap::new(), |mut counts, alert| {
        *counts.entry(word(alert)).or_default() += 1;
        counts
    })
}

fn minutes(times: &[TimeDelta], of: impl Fn(&[TimeDelta]) -> Option<TimeDelta>) -> String {
    // Rounded up: none is only said of none.
    of(times).map_or_else(|| "none".to_owned(), |time| ((time.num_seconds() + 59) / 60).to_string())
}

fn seconds(times: &[TimeDelta]) -> String {
    longest(times).map_or_else(|| "none".to_owned(), |time| ((time.num_milliseconds() + 999) / 1_000).to_string())
}

fn middle(times: &[TimeDelta]) -> Option<TimeDelta> {
    let mut times = times.to_vec();
    times.sort_unstable();
    times.get(times.len().saturating_sub(1) / 2).copied()
}

fn longest(times: &[TimeDelta]) -> Option<TimeDelta> {
    times.iter().max().copied()
}
