//! What the audit tells of, divided as PCI DSS 10.2.1 divides it.

use argus_store::audit::AuditEvent;

use super::Finding;
use crate::compliance::facts::Facts;

/// Every change of what keys are and of how they are presented.
const CREDENTIALS: &[AuditEvent] = &[
    AuditEvent::KeyCreated,
    AuditEvent::KeyChanged,
    AuditEvent::KeySuspended,
    AuditEvent::KeyResumed,
    AuditEvent::KeyExpired,
    AuditEvent::KeyRevoked,
    AuditEvent::KeysRevoked,
    AuditEvent::KeyRotated,
    AuditEvent::RotationOpened,
    AuditEvent::RotationCollected,
    AuditEvent::GraceEnded,
    AuditEvent::CredentialCreated,
    AuditEvent::CredentialRevoked,
];

/// What comes into being and ends besides keys.
const OBJECTS: &[AuditEvent] = &[
    AuditEvent::OrganisationCreated,
    AuditEvent::ProjectCreated,
    AuditEvent::LimitCreated,
    AuditEvent::LimitRemoved,
    AuditEvent::ContactCreated,
    AuditEvent::ContactRemoved,
    AuditEvent::WrappedKeyCreated,
    AuditEvent::WrappedKeyRetired,
    AuditEvent::SigningKeyPublished,
    AuditEvent::SigningKeyRetired,
    AuditEvent::KeysDestroyed,
];

const REFUSED: &[AuditEvent] = &[AuditEvent::AuthenticationRefused, AuditEvent::ActRefused];

pub(in super::super) fn credentials(facts: &Facts) -> Finding {
    told(facts, CREDENTIALS)
}

pub(in super::super) fn objects(facts: &Facts) -> Finding {
    told(facts, OBJECTS)
}

pub(in super::super) fn refused(facts: &Facts) -> Finding {
    told(facts, REFUSED).with("decisions that denied, in the days of this time (UTC)", facts.usage.denials)
}

/// Argus can't be told to write no audit: an act that can't be recorded isn't done.
pub(in super::super) fn of_the_audit(facts: &Facts) -> Finding {
    told(facts, &[AuditEvent::AuditCut])
        .with("how the audit is stopped", "not at all: an act that can't be recorded isn't done")
        .with("signed checkpoints of this time", facts.checkpoints)
}

/// Nothing tells who has read the audit; those who tried and may not are told of.
pub(in super::super) fn of_readers(_: &Facts) -> Finding {
    Finding::not_covered(
        "who reads the audit leaves no entry, who is refused to does: keep the access log of whatever stands before \
         the administration",
    )
}

fn told(facts: &Facts, events: &[AuditEvent]) -> Finding {
    if facts.trail.entries == 0 {
        return Finding::not_covered("the audit has no entry of this time");
    }
    Finding::new().counts(facts, events).excerpts(facts, events)
}
