//! What an entry can tell of: a closed list of words, in the past tense, each with its meaning.

use crate::value::words;

macro_rules! events {
    ($($variant:ident = $word:literal, $meaning:literal;)+) => {
        words!(
            /// What happened.
            AuditEvent, "audit event", {
                $(#[doc = $meaning] $variant = $word,)+
            }
        );

        impl AuditEvent {
            /// All events, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// What it means, in a sentence.
            pub const fn meaning(self) -> &'static str {
                match self {
                    $(Self::$variant => $meaning,)+
                }
            }
        }
    };
}

#[rustfmt::skip]
events! {
    OrganisationCreated    = "organisation.created",     "An organisation was made.";
    OrganisationChanged    = "organisation.changed",     "An organisation's name for people, conditions or policy was changed.";
    ProjectCreated         = "project.created",          "A project was made.";
    ProjectChanged         = "project.changed",          "A project's conditions were changed.";
    KeyCreated             = "key.created",              "A key was made with its first credential.";
    KeyChanged             = "key.changed",              "What a key grants, asks or is called was changed.";
    KeyBegun               = "key.begun",                "A pending key came into use.";
    KeySuspended           = "key.suspended",            "A key was suspended.";
    KeyResumed             = "key.resumed",              "A suspended key was resumed.";
    KeyExpired             = "key.expired",              "A key came to its end, or was too old or too long unused.";
    KeyRevoked             = "key.revoked",              "A key was revoked.";
    KeysRevoked            = "keys.revoked",             "Keys were revoked at once; an entry names at most a thousand of them.";
    KeyRotated             = "key.rotated",              "A key got a new secret.";
    RotationOpened         = "key.rotation_opened",      "A secret waits to be collected by the key's owner.";
    RotationCollected      = "key.rotation_collected",   "A key's owner collected its new secret.";
    GraceEnded             = "key.grace_ended",          "An older secret of a key was retired when its grace ended.";
    CredentialCreated      = "credential.created",       "A credential was added to a key.";
    CredentialStrengthened = "credential.strengthened",  "A secret was hashed anew, with more iterations.";
    CredentialRevoked      = "credential.revoked",       "A credential of a key was revoked.";
    PoliciesImported       = "policies.imported",        "The set of policies in force was switched.";
    WrappedKeyCreated      = "wrapped_key.created",      "A key of the installation was made and sealed under the master key.";
    WrappedKeyRetired      = "wrapped_key.retired",      "A key of the installation is used for nothing new any more.";
    KeysDestroyed          = "keys.destroyed",           "All that was sealed under the master key was destroyed.";
    SigningKeyPublished    = "signing_key.published",    "A key that will sign access tokens was made and published.";
    SigningKeySigns        = "signing_key.began",        "Access tokens are signed with this key from now on.";
    SigningKeyRetired      = "signing_key.retired",      "A key signs no more, and its private part was wiped; what it signed is still good.";
    SigningKeyWithdrawn    = "signing_key.withdrawn",    "A key is published no more: what it signed is refused.";
    TokenIssued            = "token.issued",             "A client got an access token.";
    TokenRevoked           = "token.revoked",            "An access token was revoked before its end.";
    ContactCreated         = "contact.created",          "A place was made where somebody is told of what happens to keys.";
    ContactChanged         = "contact.changed",          "What a contact is told of was changed, or whether it is told at all.";
    ContactDisabled        = "contact.disabled",         "A webhook said that it is gone for good, and is told nothing more.";
    ContactRotated         = "contact.rotated",          "A webhook got a new secret; for a while both sign.";
    ContactTested          = "contact.tested",           "A trial was sent to a contact.";
    ContactRemoved         = "contact.removed",          "A contact was removed, with all that was on its way to it.";
    LimitCreated           = "limit.created",            "A limit was made that keys share.";
    LimitChanged           = "limit.changed",            "How much a limit that keys share lets through was changed, or which uses it counts.";
    LimitRemoved           = "limit.removed",            "A limit that keys shared was removed.";
    CostsChanged           = "costs.changed",            "What uses cost in an organisation was changed.";
    DeliveryReplayed       = "delivery.replayed",        "What could not be delivered to a contact is sent again.";
    AnomalyDetected        = "anomaly.detected",         "The use of a key stands out; what is done about it has entries of its own.";
    AnomalyAcknowledged    = "anomaly.acknowledged",     "Somebody has looked at an anomaly.";
    AnomalySnoozed         = "anomaly.snoozed",          "An anomaly is not to be told again before a time.";
    AnomalyMarkedFalse     = "anomaly.marked_false",     "An anomaly was in order: the key's baseline learns it.";
    ReviewStarted          = "review.started",           "Somebody began to look at what the keys of an organisation grant.";
    ReviewDecided          = "review.decided",           "Of a key that is looked at, or of all the rest, it was said whether it is kept.";
    ReviewSigned           = "review.signed",            "A review of what keys grant was signed, and changes no more.";
    PersonForgotten        = "person.forgotten",         "The key that hides a person's data in the audit was destroyed.";
    PersonExported         = "person.exported",          "All that is kept of a person was handed out.";
    AuditCut               = "audit.cut",                "Old entries were cut off; a checkpoint stands for them.";
    ActRefused             = "act.refused",              "An administrative act was refused: the caller's key doesn't grant it.";
    AuthenticationRefused  = "authentication.refused",   "Somebody was refused who presented a key to the administration.";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_word_is_a_thing_and_what_became_of_it_and_has_a_meaning() {
        let words: BTreeSet<_> = AuditEvent::ALL.iter().map(|event| event.as_str()).collect();
        assert_eq!(words.len(), AuditEvent::ALL.len(), "no word twice");
        for event in AuditEvent::ALL {
            let (thing, deed) = event.as_str().split_once('.').unwrap();
            assert!([thing, deed].iter().all(|part| !part.is_empty() && !part.contains('.')), "{event}");
            assert!(event.meaning().ends_with('.'), "{event}");
            assert_eq!(event.as_str().parse(), Ok(*event));
        }
    }
}
