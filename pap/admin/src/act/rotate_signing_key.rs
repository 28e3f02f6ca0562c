//! Giving tokens another key: by the clock, when an administrator asks, or at once in an emergency.

use std::sync::Arc;
use std::time::Duration;

use argus_credentials::signing::{SigningKey, SigningKeyKind};
use argus_engine::scope::Action;
use argus_store::signing_key::{self, NewSigningKey, SigningKeyState};
use argus_store::{Act, Conn, OrganisationId, Record, Store, StoreError, change, organisation};
use serde::Serialize;
use tracing::{info, warn};
use utoipa::ToSchema;

use super::in_force::{InForce, PATIENCE};
use crate::body::{Body, Fields};
use crate::oauth::{Due, IssuerError, due};
use crate::repeat::Keep;
use crate::resource::{HOST, Own};
use crate::view::SigningKeyView;
use crate::{Admin, AdminError, Answer, Call};

/// The key that comes next, or signs already.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RotatedSigningKey {
    /// The key.
    #[serde(flatten)]
    pub key: SigningKeyView,
    /// Who knows.
    #[serde(flatten)]
    pub in_force: InForce,
}

/// How soon a new key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pace {
    /// When everybody who verifies knows it.
    InTime,
    /// Now; and what older keys have signed is refused from now on.
    AtOnce,
}

impl Admin {
    /// Publishes another signing key, which signs when everybody who verifies knows it; in an `emergency` it signs at
    /// once, and every token that was signed before is refused. Needs `argus/argus/signing-keys:write`.
    pub async fn rotate_signing_key(&self, call: &Call, body: Body) -> Result<RotatedSigningKey, AdminError> {
        call.require(HOST, Own::SigningKeys, Action::Write)?;
        let mut fields = Fields::of(body);
        let is_emergency = fields.flag("emergency").unwrap_or(false);
        fields.finish()?;
        let pace = if is_emergency { Pace::AtOnce } else { Pace::InTime };
        let patience = if is_emergency { PATIENCE } else { Duration::ZERO };
        let new = self.make_signing_key().await?;
        let act = call.act(self.with_store(host).await?, self.now());
        let work = move |conn: &mut Conn| rotate(conn, &act, &new, pace);
        let keep =
            |key: &signing_key::SigningKey| Keep::Answer(Answer::of(200, &rotated(key.clone(), InForce::default())));
        let (key, sequence) = self.act(call, work, keep).await?;
        info!(signing_key.id = key.kid, request.id = call.request_id(), "published the signing key {}", key.kid);
        let applied = self.settle(sequence).await;
        self.forget_ended_keys().await?;
        Ok(rotated(key, self.wait_everywhere(applied, patience).await))
    }

    /// Does what the clock asks of the signing keys: to be called each minute. Of several nodes that do, one takes each
    /// step. A node without a master key leaves it to the others.
    pub async fn keep_signing_keys(&self) -> Result<(), AdminError> {
        let issuer = self.issuer();
        if issuer.master_key.is_none() {
            return Ok(());
        }
        let (rules, at) = ((issuer.key_kind, issuer.key_life), self.now());
        let keys = self.with_store(|store| Ok(store.read(signing_key::list)?)).await?;
        let steps = due(&keys, rules, at);
        if steps.is_empty() {
            self.signing().keep_only(signing_of(&keys));
            return Ok(());
        }
        let new = if steps.contains(&Due::Publish) { Some(self.make_signing_key().await?) } else { None };
        let write = move |store: &Store| {
            let act = Act::of_host(host(store)?, at, "the signing keys' clock");
            Ok(store.write(|conn| {
                // Another node may have done it since.
                for step in due(&signing_key::list(conn)?, rules, at) {
                    take(conn, &act, step, new.as_ref())?;
                }
                change::find_latest_sequence(conn)
            })?)
        };
        let sequence = self.with_store(write).await?;
        info!("took {} steps in the life of the signing keys", steps.len());
        self.settle(sequence).await;
        self.forget_ended_keys().await
    }

    /// Lets go of the private part of a key that signs no more.
    async fn forget_ended_keys(&self) -> Result<(), AdminError> {
        let keys = self.with_store(|store| Ok(store.read(signing_key::list)?)).await?;
        self.signing().keep_only(signing_of(&keys));
        Ok(())
    }

    /// The key that signs. The first is made when it is first needed, and signs at once: nobody can know another.
    pub(crate) async fn signing_key(&self) -> Result<Arc<SigningKey>, AdminError> {
        if let Some(row) = self.find_signing().await? {
            return Ok(self.signing().open(&row, self.issuer())?);
        }
        let _turn = self.signing().first.lock().await;
        if self.find_signing().await?.is_none() {
            let (new, at) = (self.make_signing_key().await?, self.now());
            let write = move |store: &Store| {
                let act = Act::of_host(host(store)?, at, "the first signing key");
                Ok(store.write(|conn| first(conn, &act, &new))?)
            };
            let sequence = self.with_store(write).await?;
            // Tokens are verified by decision points that know the key.
            self.settle(sequence).await;
        }
        let row = self.find_signing().await?.ok_or(AdminError::Unfinished)?;
        Ok(self.signing().open(&row, self.issuer())?)
    }

    async fn find_signing(&self) -> Result<Option<signing_key::SigningKey>, AdminError> {
        self.issuer().master_key()?;
        self.with_store(|store| Ok(store.read(signing_key::find_signing)?)).await
    }

    async fn make_signing_key(&self) -> Result<NewSigningKey, AdminError> {
        let (kind, master) = (self.issuer().key_kind, Arc::clone(self.issuer().master_key()?));
        self.derive(move || Ok(make(kind, &master)?)).await
    }
}

/// The id of the key that signs.
fn signing_of(keys: &[signing_key::SigningKey]) -> Option<&str> {
    keys.iter().find(|key| key.state == SigningKeyState::Signing).map(|key| key.kid.as_str())
}

fn rotated(key: signing_key::SigningKey, in_force: InForce) -> RotatedSigningKey {
    RotatedSigningKey { key: SigningKeyView::from(key), in_force }
}

fn make(kind: SigningKeyKind, master: &argus_credentials::MasterKey) -> Result<NewSigningKey, IssuerError> {
    let key = SigningKey::generate(kind)?;
    Ok(NewSigningKey {
        kid: key.kid().to_owned(),
        algorithm: key.algorithm().to_string(),
        public_jwk: key.public_jwk().to_owned(),
        envelope: key.wrap(master)?,
    })
}

/// The organisation that runs the installation, whose keys these are.
fn host(store: &Store) -> Result<OrganisationId, AdminError> {
    let found = store.read(|conn| organisation::find_by_name(conn, HOST))?;
    found.map(|host| host.id).ok_or(AdminError::NotFound)
}

fn rotate(conn: &mut Conn, act: &Act, new: &NewSigningKey, pace: Pace) -> Result<signing_key::SigningKey, StoreError> {
    let older = signing_key::list(conn)?;
    if let (Pace::InTime, Some(next)) = (pace, older.iter().find(|key| key.state == SigningKeyState::Published)) {
        let event = "followed by another before it signs";
        return Err(StoreError::NotPossible { what: Record::SigningKey, state: next.state.as_str(), event });
    }
    let published = signing_key::publish(conn, act, new)?;
    if pace == Pace::InTime && older.iter().any(|key| key.state == SigningKeyState::Signing) {
        return Ok(published);
    }
    let signing = signing_key::begin_signing(conn, act, &new.kid)?;
    if pace == Pace::AtOnce {
        for key in older {
            signing_key::withdraw(conn, act, &key.kid)?;
            warn!(signing_key.id = key.kid, "withdrew the signing key {} in an emergency", key.kid);
        }
    }
    Ok(signing.unwrap_or(published))
}

fn take(conn: &mut Conn, act: &Act, step: Due, new: Option<&NewSigningKey>) -> Result<(), StoreError> {
    match (step, new) {
        (Due::Publish, Some(new)) => signing_key::publish(conn, act, new).map(drop),
        // It became due between two looks: the next minute makes one.
        (Due::Publish, None) => Ok(()),
        (Due::Sign(kid), _) => signing_key::begin_signing(conn, act, &kid).map(drop),
        (Due::Withdraw(kid), _) => signing_key::withdraw(conn, act, &kid).map(drop),
    }
}

/// Keeps the first key, where no other node was faster.
fn first(conn: &mut Conn, act: &Act, new: &NewSigningKey) -> Result<i64, StoreError> {
    if signing_key::find_signing(conn)?.is_none() {
        signing_key::publish(conn, act, new)?;
        signing_key::begin_signing(conn, act, &new.kid)?;
    }
    change::find_latest_sequence(conn)
}
