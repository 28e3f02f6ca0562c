//! A key, as it is shown: everything but its secret, which is shown once by the act that makes it.

use argus_store::credential::{Credential, CredentialKind, CredentialState, PublicMaterial};
use argus_store::key::{Environment, Key, KeyState, RevocationCause};
use argus_store::{KeyId, Limit};
use serde::Serialize;

use super::{ConditionsView, Time};
use crate::guidance::Subject;
use crate::reach;
use crate::risk::Risk;
use crate::words::{Above, summary};
use crate::{Addresses, Guidance};

/// A key.
#[derive(Debug, Clone, Serialize)]
pub struct KeyView {
    /// Its id.
    pub id: KeyId,
    /// Where it belongs and its name, such as `acme/atlas/reader`.
    pub path: String,
    organisation: String,
    project: Option<String>,
    name: String,
    owner: String,
    environment: Environment,
    scopes: Vec<String>,
    conditions: ConditionsView,
    summary: String,
    /// What about it deserves a second look; `expiry_exception` is why it is as it is.
    risks: Vec<Risk>,
    tags: Vec<String>,
    state: KeyState,
    limits: Vec<Limit>,
    not_before: Option<Time>,
    rotation_interval_seconds: Option<i64>,
    grace_seconds: Option<i64>,
    rotate_at: Option<Time>,
    parent_key_id: Option<KeyId>,
    delegated_keys: u32,
    credentials: Vec<CredentialView>,
    expires_at: Option<Time>,
    expiry_exception: Option<String>,
    created_at: Time,
    created_by: String,
    suspended_at: Option<Time>,
    revoked_at: Option<Time>,
    revoked_cause: Option<RevocationCause>,
    revoked_reason: Option<String>,
    expired_at: Option<Time>,
    last_used_at: Option<Time>,
}

/// A credential of a key.
#[derive(Debug, Clone, Serialize)]
pub struct CredentialView {
    id: String,
    kind: CredentialKind,
    state: CredentialState,
    /// What it is checked against, but for a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    public: Option<PublicMaterial>,
    not_before: Time,
    expires_at: Option<Time>,
    created_at: Time,
    collected_at: Option<Time>,
    /// The newer secret that this one makes way for.
    superseded_by: Option<String>,
    revoked_at: Option<Time>,
    last_used_at: Option<Time>,
}

/// A key with what is shown beside it.
pub(crate) struct Whole {
    pub(crate) key: Key,
    pub(crate) credentials: Vec<Credential>,
    pub(crate) delegated: u32,
    pub(crate) above: Above,
}

impl Whole {
    /// What whoever integrates it has to know.
    pub(crate) fn guidance(&self, addresses: &Addresses) -> Guidance {
        let key = &self.key;
        Guidance::of(
            &Subject {
                id: key.id,
                path: &key.path(),
                organisation: &key.organisation_name,
                project: key.project_name.as_deref(),
                scopes: &reach::read(&key.scopes),
                conditions: &key.conditions,
                above: &self.above,
                created_at: key.created_at,
                expires_at: key.expires_at,
            },
            addresses,
        )
    }
}

impl From<Whole> for KeyView {
    fn from(Whole { key, credentials, delegated, above }: Whole) -> Self {
        let summary = summary(&key.organisation_name, &key.scopes, &key.conditions, &above);
        let risks = Risk::of(key.expires_at, &key.conditions, &above);
        Self {
            id: key.id,
            path: key.path(),
            organisation: key.organisation_name,
            project: key.project_name,
            name: key.name,
            owner: key.owner,
            environment: key.environment,
            scopes: key.scopes,
            conditions: key.conditions.into(),
            summary,
            risks,
            tags: key.tags,
            state: key.state,
            limits: key.limits,
            not_before: key.not_before.map(Time),
            rotation_interval_seconds: key.rotation_interval_seconds,
            grace_seconds: key.grace_seconds,
            rotate_at: key.rotate_at.map(Time),
            parent_key_id: key.parent_key_id,
            delegated_keys: delegated,
            credentials: credentials.into_iter().map(CredentialView::from).collect(),
            expires_at: key.expires_at.map(Time),
            expiry_exception: key.expiry_exception,
            created_at: Time(key.created_at),
            created_by: key.created_by.to_string(),
            suspended_at: key.suspended_at.map(Time),
            revoked_at: key.revoked_at.map(Time),
            revoked_cause: key.revoked_cause,
            revoked_reason: key.revoked_reason,
            expired_at: key.expired_at.map(Time),
            last_used_at: key.last_used_at.map(Time),
        }
    }
}

impl KeyView {
    /// Credentials that aren't revoked by themselves.
    pub(crate) fn live_credentials(&self) -> usize {
        self.credentials.iter().filter(|credential| credential.revoked_at.is_none()).count()
    }

    pub(crate) fn delegated_keys(&self) -> u32 {
        self.delegated_keys
    }
}

impl From<Credential> for CredentialView {
    fn from(credential: Credential) -> Self {
        Self {
            id: credential.id,
            kind: credential.kind,
            state: credential.state,
            public: credential.public,
            not_before: Time(credential.not_before),
            expires_at: credential.expires_at.map(Time),
            created_at: Time(credential.created_at),
            collected_at: credential.collected_at.map(Time),
            superseded_by: credential.superseded_by,
            revoked_at: credential.revoked_at.map(Time),
            last_used_at: credential.last_used_at.map(Time),
        }
    }
}
