//! How keys are made, renewed and ended, and whether the trail says the same as the table of keys.

use std::collections::BTreeMap;

use argus_store::audit::AuditEvent;
use argus_store::key::KeyState;
use chrono::TimeDelta;

use super::{Finding, counted, day};
use crate::compliance::facts::{Facts, KeyFacts};

/// The longest that a secret is used where nobody says otherwise.
const SECRET_AGE: TimeDelta = TimeDelta::days(365);

/// How late the clock's own acts may be.
const LATE: TimeDelta = TimeDelta::days(1);

pub(in super::super) fn made(facts: &Facts) -> Finding {
    if facts.keys.is_empty() {
        return Finding::not_covered("there are no keys yet");
    }
    let made: Vec<_> = facts.keys.iter().filter(|key| facts.is_within(key.created_at)).collect();
    let unknown = facts
        .keys
        .iter()
        .filter(|key| facts.is_within(key.created_at) && facts.trail.is_kept(key.created_at))
        .filter(|key| !facts.trail.tells_of_making(&key.id))
        .collect::<Vec<_>>();
    Finding::new()
        .with("keys made in this time", made.len())
        .counts(facts, &[AuditEvent::KeyCreated, AuditEvent::KeyChanged, AuditEvent::CredentialCreated])
        .with("keys made in this time of which the audit tells nothing", unknown.len())
        .attention(!unknown.is_empty(), || {
            counted(
                unknown.len(),
                "1 key has no entry of its making: look who writes to the database",
                "# keys have no entry of their making: look who writes to the database",
            )
        })
        .listing("Keys made in this time", &["key", "made", "by", "scopes"], made, |key| {
            vec![key.path.clone(), day(Some(key.created_at), ""), key.created_by.clone(), key.scopes.join(" ")]
        })
        .listing("Keys with no entry of their making", &["key", "made"], unknown, |key| {
            vec![key.path.clone(), day(Some(key.created_at), "")]
        })
        .excerpts(facts, &[AuditEvent::KeyCreated, AuditEvent::KeyChanged])
}

pub(in super::super) fn ended(facts: &Facts) -> Finding {
    if facts.keys.is_empty() {
        return Finding::not_covered("there are no keys yet");
    }
    let within = |at: Option<_>| at.is_some_and(|at| facts.is_within(at));
    let revoked: Vec<_> = facts.keys.iter().filter(|key| within(key.revoked_at)).collect();
    let expired = facts.keys.iter().filter(|key| within(key.expired_at)).count();
    let mut by_cause = BTreeMap::<String, usize>::new();
    for key in &revoked {
        *by_cause.entry(key.revoked_cause.clone().unwrap_or_default()).or_default() += 1;
    }
    let suspended = facts.keys.iter().filter(|key| key.state == KeyState::Suspended).count();
    let mut found = Finding::new().with("keys revoked in this time", revoked.len());
    for (cause, count) in by_cause {
        found = found.with(format!("revoked for the cause `{cause}`"), count);
    }
    found
        .with("keys expired in this time", expired)
        .with("keys suspended now", suspended)
        .counts(
            facts,
            &[
                AuditEvent::KeyRevoked,
                AuditEvent::KeysRevoked,
                AuditEvent::KeyExpired,
                AuditEvent::KeySuspended,
                AuditEvent::KeyResumed,
            ],
        )
        .listing("Keys revoked in this time", &["key", "revoked", "cause", "why"], revoked, |key| {
            let why = key.revoked_reason.clone().unwrap_or_default();
            vec![key.path.clone(), day(key.revoked_at, ""), key.revoked_cause.clone().unwrap_or_default(), why]
        })
        .excerpts(facts, &[AuditEvent::KeyRevoked, AuditEvent::KeysRevoked, AuditEvent::KeyExpired])
        .excerpts(facts, &[AuditEvent::KeySuspended])
}

pub(in super::super) fn overdue_ends(facts: &Facts) -> Finding {
    if facts.keys.is_empty() {
        return Finding::not_covered("there are no keys yet");
    }
    let overdue = facts.in_use().filter(|key| key.expires_at.is_some_and(|end| end < facts.now - LATE)).count();
    let ended = || facts.keys.iter().filter(|key| key.has_ended());
    let alive: usize = ended().flat_map(|key| key.credentials.values()).sum();
    Finding::new()
        .with("keys that have ended", ended().count())
        .with("keys that should have ended more than a day ago", overdue)
        .with("credentials of ended keys that are refused for their key, and not for themselves", alive)
        .attention(overdue > 0, || {
            counted(
                overdue,
                "1 key is past its end: it is refused, but no node that administers tends it",
                "# keys are past their end: they are refused, but no node that administers tends them",
            )
        })
}

pub(in super::super) fn rotation(facts: &Facts) -> Finding {
    let secrets: Vec<&KeyFacts> = facts.in_use().filter(|key| key.newest_secret_at.is_some()).collect();
    if secrets.is_empty() {
        return Finding::not_covered("no key in use has a secret");
    }
    let allowed = |key: &KeyFacts| key.rotation_interval.unwrap_or(SECRET_AGE).min(SECRET_AGE) + LATE;
    let old: Vec<&KeyFacts> = secrets
        .iter()
        .filter(|key| key.newest_secret_at.is_some_and(|at| at < facts.now - allowed(key)))
        .copied()
        .collect();
    let scheduled = secrets.iter().filter(|key| key.rotation_interval.is_some()).count();
    Finding::new()
        .with("keys in use with a secret", secrets.len())
        .with("keys in use that get a new secret by the clock", scheduled)
        .with("keys in use whose secret is older than its interval, or than 365 days", old.len())
        .counts(facts, &[AuditEvent::KeyRotated, AuditEvent::RotationOpened, AuditEvent::RotationCollected])
        .attention(!old.is_empty(), || format!("{} secrets are too old: `argus key rotate KEY`", old.len()))
        .listing("Secrets that are too old", &["key", "owner", "newest secret"], old, |key| {
            vec![key.path.clone(), key.owner.clone(), day(key.newest_secret_at, "none")]
        })
        .excerpts(facts, &[AuditEvent::KeyRotated, AuditEvent::RotationCollected])
}
