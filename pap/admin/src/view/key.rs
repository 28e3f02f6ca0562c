//! A key, as it is shown: everything but its secret, which is shown once by the act that makes it.

use argus_store::credential::{Credential, CredentialKind, CredentialState, PublicMaterial};
use argus_store::key::{Environment, Key, KeyState, RevocationCause};
use argus_store::{KeyId, Limit};
use serde::Serialize;
use utoipa::ToSchema;

use super::{ConditionsView, Time, words};
use crate::guidance::Subject;
use crate::reach;
use crate::risk::Risk;
use crate::words::{Above, summary};
use crate::{Addresses, Guidance};

/// A key.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Key)]
pub struct KeyView {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: KeyId,
    /// Where it belongs and its name, such as `acme/atlas/reader`.
    pub path: String,
    /// The organisation that it belongs to.
    organisation: String,
    /// The project that it belongs to; none for a key of the organisation itself.
    project: Option<String>,
    /// Its name.
    name: String,
    /// Who answers for it.
    owner: String,
    /// What it may be used on.
    #[schema(schema_with = words::environment)]
    environment: Environment,
    /// What it grants: `<path>:<action>`.
    scopes: Vec<String>,
    /// What it has to meet, besides the conditions of its project and organisation.
    conditions: ConditionsView,
    /// What it may do, in a sentence for people.
    summary: String,
    /// What about it deserves a second look; `expiry_exception` is why it is as it is.
    risks: Vec<Risk>,
    /// Words to find it by.
    tags: Vec<String>,
    /// Where it is in its life. A reader takes an unknown word for a key that can't be used.
    #[schema(schema_with = words::key_state)]
    state: KeyState,
    /// How much it may be used.
    #[schema(value_type = Vec<crate::schema::Limit>)]
    limits: Vec<Limit>,
    /// From when it may be used, where it is pending.
    not_before: Option<Time>,
    /// How often it gets a new secret.
    rotation_interval_seconds: Option<i64>,
    /// How long an older secret is good beside a new one.
    grace_seconds: Option<i64>,
    /// Whether no use of it, or of a key below it, is answered before it stands in the journal of the node that decides.
    durable: bool,
    /// When its next rotation is opened.
    rotate_at: Option<Time>,
    /// The key that it was derived from.
    #[schema(value_type = Option<String>, format = Uuid)]
    parent_key_id: Option<KeyId>,
    /// How many keys that haven't ended were derived from it directly.
    delegated_keys: u32,
    /// The ways to present it.
    credentials: Vec<CredentialView>,
    /// When it ends.
    expires_at: Option<Time>,
    /// Why it may live longer than others, or come from anywhere.
    expiry_exception: Option<String>,
    /// When it was made.
    created_at: Time,
    /// Who made it: the id of a key, or `host`.
    created_by: String,
    /// Since when it is suspended.
    suspended_at: Option<Time>,
    /// When it was first revoked.
    revoked_at: Option<Time>,
    /// What made it be revoked.
    #[schema(schema_with = words::revocation_cause)]
    revoked_cause: Option<RevocationCause>,
    /// Why it was first revoked, in words.
    revoked_reason: Option<String>,
    /// When it was seen to have expired.
    expired_at: Option<Time>,
    /// When it was last presented. The first time is there within a second or two, later ones within a minute.
    last_used_at: Option<Time>,
    #[serde(skip)]
    pub(super) generation: i64,
}

/// A way to present a key.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Credential)]
pub struct CredentialView {
    /// Its id; of a secret, the 12 characters that stand in it.
    id: String,
    /// How it is presented.
    #[schema(schema_with = words::credential_kind)]
    kind: CredentialKind,
    /// Where it is in its life.
    #[schema(schema_with = words::credential_state)]
    state: CredentialState,
    /// What it is checked against, but for a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    public: Option<PublicMaterial>,
    /// From when it may be used.
    not_before: Time,
    /// Until when it may be used, where that is not its key's end.
    expires_at: Option<Time>,
    /// When it was made.
    created_at: Time,
    /// When its holder fetched its secret, where a rotation was opened for it.
    collected_at: Option<Time>,
    /// The newer secret that this one makes way for.
    superseded_by: Option<String>,
    /// When it was first revoked.
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
            limits: key.limits.into_iter().map(Limit::without_account).collect(),
            not_before: key.not_before.map(Time),
            rotation_interval_seconds: key.rotation_interval_seconds,
            grace_seconds: key.grace_seconds,
            durable: key.durable,
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
            generation: key.generation,
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

impl CredentialView {
    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
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
