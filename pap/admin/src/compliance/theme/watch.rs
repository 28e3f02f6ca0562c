//! Whether somebody would notice: decisions that are counted, refusals, notices, and what was stopped.

use argus_store::audit::AuditEvent;
use argus_store::contact::ContactState;
use argus_store::delivery::DeliveryState;

use super::{Finding, counted, day};
use crate::compliance::facts::{Facts, KeyFacts};

pub(in super::super) fn decisions(facts: &Facts) -> Finding {
    let usage = &facts.usage;
    if usage.requests == 0 {
        return Finding::not_covered("no decision was counted in the days of this time");
    }
    Finding::new()
        .with("decisions in the days of this time (UTC)", usage.requests)
        .with("permitted", usage.permits)
        .with("denied", usage.denials)
        .with("to which no policy applies", usage.not_applicable)
        .with("that could not be made", usage.errors)
        .attention(usage.errors > 0, || {
            format!("{} decisions could not be made: `argus usage --by reason` tells why", usage.errors)
        })
}

pub(in super::super) fn refusals(facts: &Facts) -> Finding {
    if facts.trail.entries == 0 {
        return Finding::not_covered("the audit has no entry of this time");
    }
    Finding::new()
        .with("who presented a wrong key to the administration", facts.trail.count(AuditEvent::AuthenticationRefused))
        .with("acts refused for want of a grant", facts.trail.count(AuditEvent::ActRefused))
        .excerpts(facts, &[AuditEvent::AuthenticationRefused, AuditEvent::ActRefused])
}

pub(in super::super) fn told(facts: &Facts) -> Finding {
    let active = facts.contacts.get(&ContactState::Active).copied().unwrap_or(0);
    let disabled = facts.contacts.get(&ContactState::Disabled).copied().unwrap_or(0);
    let sent = |state| facts.deliveries.get(&state).copied().unwrap_or(0);
    let dead = sent(DeliveryState::Dead);
    if active + disabled == 0 && facts.notices.is_empty() {
        return Finding::not_covered(
            "nobody is told: make a contact with `argus contact create`, and notices reach it",
        );
    }
    let found = Finding::new().with("contacts that are told", active).with("contacts that are not", disabled);
    let found = facts.notices.iter().fold(found, |found, (kind, count)| found.with(format!("notices `{kind}`"), count));
    found
        .with("deliveries that arrived", sent(DeliveryState::Delivered))
        .with("deliveries under way", sent(DeliveryState::Waiting))
        .with("deliveries given up", dead)
        .attention(active == 0, || "no contact is told: make one with `argus contact create`".to_owned())
        .attention(dead > 0, || {
            counted(
                dead,
                "1 delivery was given up: `argus delivery list --state dead`",
                "# deliveries were given up: `argus delivery list --state dead`",
            )
        })
}

/// How to get what has to be told of a breach.
pub(in super::super) fn breach(_: &Facts) -> Finding {
    Finding::default().with("what one key touched, when and from where", "`argus compliance breach KEY`")
}

pub(in super::super) fn incidents(facts: &Facts) -> Finding {
    if facts.keys.is_empty() {
        return Finding::not_covered("there are no keys yet");
    }
    let is_incident = |key: &&KeyFacts| {
        key.revoked_cause.as_deref().is_some_and(|cause| cause != "manual")
            && key.revoked_at.is_some_and(|at| facts.is_within(at))
    };
    let stopped: Vec<_> = facts.keys.iter().filter(is_incident).collect();
    let count = |cause: &str| stopped.iter().filter(|key| key.revoked_cause.as_deref() == Some(cause)).count();
    Finding::new()
        .with("keys revoked because they were found where they don't belong", count("leak"))
        .with("keys revoked because a threat was detected", count("threat"))
        .with("keys revoked because a policy said so", count("policy"))
        .listing("Keys stopped for a cause", &["key", "revoked", "cause", "last used"], stopped, |key| {
            let cause = key.revoked_cause.clone().unwrap_or_default();
            vec![key.path.clone(), day(key.revoked_at, ""), cause, day(key.last_used_at, "never")]
        })
}
