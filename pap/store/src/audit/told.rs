//! What an entry of each event tells beside who, when, from where and to what: the one list, from which the help is
//! made, and which every entry is held against where it is added.

use super::AuditEvent;

/// What entries of an event tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// Whether the thing is told as it was before.
    pub has_before: bool,
    /// Whether the thing is told as it is from now on.
    pub has_after: bool,
    /// What is told of the thing.
    pub members: Members,
    /// What `details` has. A member may be absent where there is nothing to tell.
    pub details: &'static [&'static str],
}

/// What is told of a thing, in `before` and `after`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Members {
    /// These members, or those of them that are another than before.
    Of(&'static [&'static str]),
    /// A digest of each document, by its path.
    DigestsByPath,
}

const ORGANISATION: &[&str] =
    &["name", "display_name", "conditions", "policy", "time_zone", "plan", "plan_grace_until"];
const PROJECT: &[&str] = &["name", "conditions"];
const KEY: &[&str] = &[
    "name",
    "owner",
    "environment",
    "scopes",
    "conditions",
    "limits",
    "tags",
    "parent_key_id",
    "state",
    "not_before",
    "expires_at",
    "expiry_exception",
    "rotation_interval_seconds",
    "grace_seconds",
    "durable",
    "suspended_at",
    "expired_at",
    "revoked_at",
    "revoked_cause",
    "revoked_reason",
];
const WRAPPED_KEY: &[&str] = &["purpose", "version", "retired_at"];
const SIGNING_KEY: &[&str] = &["algorithm"];
const CONTACT: &[&str] = &["kind", "events", "state", "disabled_reason", "address", "origin", "owner"];
const LIMIT: &[&str] = &[
    "name",
    "project",
    "owner",
    "strategy",
    "limit",
    "window_seconds",
    "burst",
    "refill",
    "cost",
    "actions",
    "resource_types",
];
const BULK: &[&str] = &["owner", "filter", "cause", "reason", "keys_in_all", "keys_below", "parts", "part", "keys"];
const ROTATION: &[&str] = &["credential_id", "in_grace", "retired_credentials"];
const TOKEN: &[&str] = &["jti", "scope", "audience", "client_authentication", "expires_at", "x5t#S256"];
const ANOMALY: &[&str] = &["state", "snoozed_until", "note"];
const REVIEWED: &[&str] = &["key_id", "key", "scopes", "keys", "verdict"];
const SIGNED: &[&str] = &["keys", "keep", "narrow", "revoke", "digest"];
const FORGOTTEN: &[&str] = &[
    "keys_written_over",
    "contacts_removed",
    "notices_erased",
    "reasons_written_over",
    "limits_removed",
    "reviews_written_over",
];

impl AuditEvent {
    /// What its entries tell.
    pub const fn told(self) -> Told {
        match self {
            Self::OrganisationCreated => made(ORGANISATION, &[]),
            Self::OrganisationChanged => changed(ORGANISATION, &[]),
            Self::ProjectCreated => made(PROJECT, &[]),
            Self::ProjectChanged => changed(PROJECT, &[]),
            Self::KeyCreated => made(KEY, &["credential"]),
            Self::KeyChanged | Self::KeyBegun | Self::KeyResumed | Self::KeyRevoked => changed(KEY, &[]),
            Self::KeySuspended => changed(KEY, &["cause", "reason"]),
            Self::KeyExpired => changed(KEY, &["cause"]),
            Self::KeysRevoked => no_more_than(BULK),
            Self::KeyRotated | Self::RotationCollected => changed(KEY, ROTATION),
            Self::RotationOpened => no_more_than(&["credential_id"]),
            Self::GraceEnded => changed(KEY, &["retired_credentials"]),
            Self::CredentialCreated => no_more_than(&["credential"]),
            Self::CredentialStrengthened => no_more_than(&["credential_id", "iterations"]),
            Self::CredentialRevoked => changed(KEY, &["credential_id", "kind"]),
            Self::PoliciesImported => Told { members: Members::DigestsByPath, ..changed(&[], &["version_reused"]) },
            Self::WrappedKeyCreated | Self::WrappedKeyRetired => made(WRAPPED_KEY, &[]),
            Self::KeysDestroyed => no_more_than(&["wrapped_keys", "signing_keys", "people"]),
            Self::SigningKeyPublished | Self::SigningKeySigns | Self::SigningKeyRetired | Self::SigningKeyWithdrawn => {
                made(SIGNING_KEY, &[])
            }
            Self::TokenIssued => no_more_than(TOKEN),
            Self::TokenRevoked => no_more_than(&["jti", "expires_at"]),
            Self::ContactCreated | Self::ContactDisabled => made(CONTACT, &[]),
            Self::ContactChanged => changed(CONTACT, &["has_new_address"]),
            Self::ContactRemoved => changed(CONTACT, &[]),
            Self::ContactRotated => no_more_than(&["secret_version"]),
            Self::ContactTested => no_more_than(&[]),
            Self::LimitCreated => made(LIMIT, &[]),
            Self::LimitChanged | Self::LimitRemoved => changed(LIMIT, &[]),
            Self::CostsChanged => changed(&["costs"], &[]),
            Self::DeliveryReplayed => no_more_than(&["delivery_id", "type"]),
            Self::AnomalyDetected => no_more_than(&["anomaly_id", "detector", "severity", "explanation"]),
            Self::AnomalyAcknowledged | Self::AnomalySnoozed | Self::AnomalyMarkedFalse => changed(ANOMALY, &[]),
            Self::ReviewStarted => no_more_than(&["keys", "replaces"]),
            Self::ReviewDecided => no_more_than(REVIEWED),
            Self::ReviewSigned => no_more_than(SIGNED),
            Self::PersonForgotten => no_more_than(FORGOTTEN),
            Self::PersonExported => no_more_than(&["keys", "entries"]),
            Self::AuditCut => no_more_than(&["entries", "root", "older_than"]),
            Self::ActRefused => no_more_than(&["action", "needed_scope", "not_told_before"]),
            Self::AuthenticationRefused => no_more_than(&["credential_id", "not_told_before"]),
        }
    }
}

impl Members {
    /// Whether a member may be told.
    pub(super) fn has(self, name: &str) -> bool {
        match self {
            Self::Of(names) => names.contains(&name),
            Self::DigestsByPath => true,
        }
    }
}

const fn made(members: &'static [&'static str], details: &'static [&'static str]) -> Told {
    Told { has_before: false, has_after: true, members: Members::Of(members), details }
}

const fn changed(members: &'static [&'static str], details: &'static [&'static str]) -> Told {
    Told { has_before: true, ..made(members, details) }
}

const fn no_more_than(details: &'static [&'static str]) -> Told {
    Told { has_after: false, ..made(&[], details) }
}
