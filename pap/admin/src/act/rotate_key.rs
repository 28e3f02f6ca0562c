//! Rotating a key: a new secret under the same key. The older one is good beside it for a grace, then never again.

use std::time::Duration;

use argus_credentials::{CredentialId, Secret};
use argus_store::credential::{Credential, StoredHash};
use argus_store::key::{self, Environment, Key, Rotation};
use argus_store::organisation;
use chrono::{DateTime, Utc};
use serde::Serialize;
use tracing::info;
use utoipa::ToSchema;

use super::in_force::{InForce, PATIENCE};
use crate::body::{Body, Fields, grace};
use crate::repeat::{Keep, SecretOf};
use crate::view::KeyView;
use crate::{Admin, AdminError, Answer, Call, FaultCode};

/// A key with a new secret, which is shown this once.
#[derive(Debug)]
pub struct RotatedKey {
    /// The key.
    pub key: KeyView,
    /// What its holder presents from now on.
    pub secret: Secret,
    /// What else is told.
    pub rotation: RotationView,
}

/// When the older secret ends, and who knows.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Rotation)]
pub struct RotationView {
    /// The credential of the new secret.
    pub credential_id: String,
    /// Until when the older secret is good; now, where the rotation was an emergency.
    pub grace_ends_at: DateTime<Utc>,
    /// Who knows.
    #[serde(flatten)]
    pub in_force: InForce,
}

/// A rotation that waits for the key's holder.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OpenedRotation {
    /// The key.
    #[serde(flatten)]
    pub key: KeyView,
    /// The credential whose secret its holder collects, authenticated by the older one.
    pub credential_id: String,
    /// Where.
    pub collect: String,
}

/// What a rotation came to.
#[derive(Debug)]
pub enum Rotated {
    /// The key has a new secret.
    Done(Box<RotatedKey>),
    /// Its holder is to collect it.
    Opened(Box<OpenedRotation>),
}

/// How long an older secret is good where neither the request, the key nor its organisation says: a day.
const DEFAULT_GRACE_SECONDS: i64 = 86_400;

/// What the body asks for.
struct Asked {
    grace_seconds: Option<i64>,
    collect: bool,
}

impl Admin {
    /// Gives a key a new secret, or with `collect` lets its holder fetch one. Needs `<organisation>/argus/keys:write`.
    pub async fn rotate_key(&self, call: &Call, id: &str, body: Body) -> Result<Rotated, AdminError> {
        let key = self.writable_key(call, id).await?;
        let asked = Asked::read(Fields::of(body))?;
        if asked.collect {
            return self.open_rotation(call, &key).await.map(|opened| Rotated::Opened(Box::new(opened)));
        }
        self.require_command(call, &key).await?;
        let grace = self.grace(&key, asked.grace_seconds).await?;
        let (minted, hash) = self.mint(environment(&key)).await?;
        let rotation = Rotation {
            id: minted.id.to_string(),
            hash: StoredHash::new(hash.to_string()),
            grace_ends_at: end_of(self.now(), grace, &key),
        };
        let (work, id) = (rotation.clone(), key.id);
        let act = self
            .act_on_key(
                call,
                &key,
                move |conn, act| key::rotate(conn, act, id, &work, None),
                move |_, _| Keep::Secret(SecretOf::Key(id)),
            )
            .await?;
        let (view, _, applied) = act;
        info!(key.id = %id, credential.id = %minted.id, request.id = call.request_id(), "rotated key {}", view.path);
        self.remember(&minted);
        // Only what ends at once is waited for: nobody is refused by a node that comes a moment later.
        let patience = if grace == 0 { PATIENCE } else { Duration::ZERO };
        let rotation = rotation_view(&rotation, self.wait_everywhere(applied, patience).await);
        Ok(Rotated::Done(Box::new(RotatedKey { key: view, secret: minted.token, rotation })))
    }

    async fn open_rotation(&self, call: &Call, key: &Key) -> Result<OpenedRotation, AdminError> {
        let (id, credential) = (key.id, CredentialId::generate()?.to_string());
        let open =
            move |conn: &mut argus_store::Conn, act: &argus_store::Act| key::open_rotation(conn, act, id, &credential);
        let keep =
            |key: &KeyView, opened: &Credential| Keep::Answer(Answer::of(202, &opened_rotation(key.clone(), opened)));
        let (key, opened, _) = self.act_on_key(call, key, open, keep).await?;
        info!(key.id = %id, credential.id = opened.id, request.id = call.request_id(), "opened a rotation of {}", key.path);
        Ok(opened_rotation(key, &opened))
    }

    /// The secret of an opened rotation, for the key's holder, who presents the older one. It is shown this once.
    pub async fn collect_credential(&self, call: &Call, id: &str, credential: &str) -> Result<RotatedKey, AdminError> {
        let id: argus_store::KeyId = id.parse().map_err(|_| AdminError::NotFound)?;
        // Nobody else's business, whatever he may administer: his act would be a secret in two hands.
        // And a token, which lives for minutes, is no way to a secret that stays.
        if call.caller().key_id() != id || !call.caller().presents_secret() {
            return Err(AdminError::NotFound);
        }
        let found = self.with_store(move |store| Ok(store.read(|conn| key::find(conn, id))?)).await?;
        let key = found.ok_or(AdminError::NotFound)?;
        let credential = credential.parse().map_err(|_| AdminError::NotFound)?;
        let grace = self.grace(&key, None).await?;
        let (minted, hash) = self.mint_for(environment(&key), credential).await?;
        let rotation = Rotation {
            id: minted.id.to_string(),
            hash: StoredHash::new(hash.to_string()),
            grace_ends_at: end_of(self.now(), grace, &key),
        };
        let work = rotation.clone();
        let act = self
            .act_on_key(
                call,
                &key,
                move |conn, act| key::collect(conn, act, id, &work),
                move |_, _| Keep::Secret(SecretOf::Key(id)),
            )
            .await?;
        let (view, _, applied) = act;
        info!(key.id = %id, credential.id = %minted.id, request.id = call.request_id(), "a rotation was collected");
        self.remember(&minted);
        let in_force = self.wait_everywhere(applied, Duration::ZERO).await;
        Ok(RotatedKey { key: view, secret: minted.token, rotation: rotation_view(&rotation, in_force) })
    }

    /// The grace of a rotation: as asked, else the key's, else its organisation's, else a day.
    async fn grace(&self, key: &Key, asked: Option<i64>) -> Result<i64, AdminError> {
        if let Some(seconds) = asked.or(key.grace_seconds) {
            return Ok(seconds);
        }
        let id = key.organisation_id;
        let found = self.with_store(move |store| Ok(store.read(|conn| organisation::find(conn, id))?)).await?;
        Ok(found.and_then(|found| found.policy.grace_seconds).unwrap_or(DEFAULT_GRACE_SECONDS))
    }
}

impl Asked {
    fn read(mut fields: Fields) -> Result<Self, AdminError> {
        let grace_seconds = grace(&mut fields);
        let emergency = fields.flag("emergency").unwrap_or(false);
        let collect = fields.flag("collect").unwrap_or(false);
        if emergency && (grace_seconds.is_some_and(|grace| grace > 0) || collect) {
            let detail = "in an emergency the older secret ends at once: there is no grace, and nothing to wait for";
            fields.fault("emergency", FaultCode::InvalidField, detail, Some("leave out the other".to_owned()));
        }
        fields.finish()?;
        Ok(Self { grace_seconds: if emergency { Some(0) } else { grace_seconds }, collect })
    }
}

/// A whole second, for the decision points go by those: what is told is then when it ends, not up to a second later
/// than it does. Never later than the key's own end.
fn end_of(now: DateTime<Utc>, grace_seconds: i64, key: &Key) -> DateTime<Utc> {
    if grace_seconds == 0 {
        return now;
    }
    let whole = i64::from(now.timestamp_subsec_nanos() != 0);
    let end = now.timestamp().checked_add(grace_seconds).and_then(|end| end.checked_add(whole));
    let end = end.and_then(|end| DateTime::from_timestamp(end, 0)).unwrap_or(now);
    key.expires_at.map_or(end, |last| last.min(end))
}

fn environment(key: &Key) -> argus_credentials::Environment {
    match key.environment {
        Environment::Test => argus_credentials::Environment::Test,
        _ => argus_credentials::Environment::Live,
    }
}

fn opened_rotation(key: KeyView, opened: &Credential) -> OpenedRotation {
    let collect = format!("/v1/keys/{}/credentials/{}/collect", key.id, opened.id);
    OpenedRotation { key, credential_id: opened.id.clone(), collect }
}

fn rotation_view(rotation: &Rotation, in_force: InForce) -> RotationView {
    RotationView { credential_id: rotation.id.clone(), grace_ends_at: rotation.grace_ends_at, in_force }
}
