//! The ways to present a key besides its secret: adding one, listing them, and revoking one of them.

use std::time::Duration;

use argus_credentials::CredentialId;
use argus_store::credential::{self, Credential, Material, NewCredential, PublicMaterial};
use argus_store::key::Key;
use argus_store::plan::Maximum;
use argus_store::{Conn, Record, StoreError};
use chrono::{DateTime, Utc};
use serde::Serialize;
use tracing::info;
use utoipa::ToSchema;

use super::in_force::{InForce, PATIENCE};
use super::plan::room;
use crate::body::{Body, Fields, in_one_spelling, public_material, time};
use crate::cursor::{self, Stretch};
use crate::repeat::Keep;
use crate::resource::Own;
use crate::view::{CredentialView, KeyView, Listed};
use crate::{Admin, AdminError, Answer, Call, FaultCode, Query};

/// A credential that an act was about.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChangedCredential {
    /// The credential, as it is now.
    #[serde(flatten)]
    pub credential: CredentialView,
    /// The key that it presents.
    #[schema(value_type = String, format = Uuid)]
    pub key_id: argus_store::KeyId,
    /// Who knows.
    #[serde(flatten)]
    pub in_force: InForce,
}

/// What is to be added.
struct Draft {
    public: PublicMaterial,
    not_before: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
}

impl Admin {
    /// Adds a way to present a key. Needs `<organisation>/argus/keys:write`, and that the caller may have all that the key
    /// may do.
    pub async fn add_credential(&self, call: &Call, key: &str, body: Body) -> Result<ChangedCredential, AdminError> {
        let key = self.writable_key(call, key).await?;
        self.require_command(call, &key).await?;
        let draft = self.read_credential(&key, Fields::of(body)).await?;
        let (id, name) = (key.id, name_of(&draft.public));
        let found_by = in_one_spelling(&draft.public);
        let is_certificate = matches!(draft.public, PublicMaterial::Certificate(_));
        let new = NewCredential {
            id: CredentialId::generate()?.to_string(),
            material: Material::Public(draft.public),
            not_before: draft.not_before,
            expires_at: draft.expires_at,
        };
        let work = move |conn: &mut Conn, act: &argus_store::Act| {
            if is_certificate {
                room::for_feature(conn, act.organisation, Maximum::MutualTls)?;
            }
            credential::create_found_by(conn, act, id, &new, &found_by).map(Some)
        };
        let keep = move |_: &KeyView, added: &Credential| {
            let location = format!("/v1/keys/{id}/credentials/{}", added.id);
            let answer = Answer::of(201, &changed(added.clone(), InForce::default()));
            Keep::Answer(answer.map(|answer| Answer { location: Some(location), ..answer }))
        };
        let (_, added, applied) = self.act_on_key(call, &key, work, keep).await.map_err(|error| taken(error, name))?;
        info!(key.id = %id, credential.id = added.id, request.id = call.request_id(), "added a credential");
        Ok(changed(added, self.wait_everywhere(applied, Duration::ZERO).await))
    }

    /// A page of the credentials of a key. Whoever lacks `<organisation>/argus/keys:read` finds nothing.
    pub async fn list_credentials(
        &self,
        call: &Call,
        key: &str,
        query: Query,
    ) -> Result<Listed<CredentialView>, AdminError> {
        let credentials = self.credentials_of(call, key).await?;
        let filter = format!("credentials {key}");
        let Stretch { after, size } = query.finish::<String>(&filter)?;
        let begin = after.map_or(0, |after| {
            credentials
                .iter()
                .position(|credential| credential.id == after)
                .map_or(credentials.len(), |place| place + 1)
        });
        let most = size.items();
        let is_more = credentials.len() > begin + most;
        let page: Vec<_> = credentials.into_iter().skip(begin).take(most).collect();
        let next_cursor = page.last().filter(|_| is_more).map(|last| cursor::write(&last.id, &filter));
        Ok(Listed { items: page.into_iter().map(CredentialView::from).collect(), next_cursor })
    }

    /// One credential of a key. Whoever lacks `<organisation>/argus/keys:read` finds nothing.
    pub async fn show_credential(&self, call: &Call, key: &str, id: &str) -> Result<CredentialView, AdminError> {
        let credentials = self.credentials_of(call, key).await?;
        let found = credentials.into_iter().find(|credential| credential.id == id);
        found.map(CredentialView::from).ok_or(AdminError::NotFound)
    }

    /// Revokes one credential of a key; its others go on. Needs `<organisation>/argus/keys:write`.
    pub async fn revoke_credential(&self, call: &Call, key: &str, id: &str) -> Result<ChangedCredential, AdminError> {
        let (key, id) = (self.writable_key(call, key).await?, id.to_owned());
        let key_id = key.id;
        let work = move |conn: &mut Conn, act: &argus_store::Act| credential::revoke(conn, act, key_id, &id);
        let keep = |_: &KeyView, revoked: &Credential| {
            Keep::Answer(Answer::of(200, &changed(revoked.clone(), InForce::default())))
        };
        let (_, revoked, applied) = self.act_on_key(call, &key, work, keep).await?;
        info!(key.id = %key_id, credential.id = revoked.id, request.id = call.request_id(), "revoked a credential");
        Ok(changed(revoked, self.wait_everywhere(applied, PATIENCE).await))
    }

    async fn credentials_of(&self, call: &Call, key: &str) -> Result<Vec<Credential>, AdminError> {
        let id = key.parse().map_err(|_| AdminError::NotFound)?;
        let organisation = self.organisation_of_key(id).await?;
        call.require_sight(&organisation, Own::Keys)?;
        self.with_store(move |store| Ok(store.read(|conn| credential::list(conn, id))?)).await
    }

    /// Reads what is to be added to a key, with all that is wrong with it.
    async fn read_credential(&self, key: &Key, mut fields: Fields) -> Result<Draft, AdminError> {
        let now = self.now();
        let public = public_material(&mut fields);
        let (not_before, expires_at) = (time(&mut fields, "not_before"), time(&mut fields, "expires_at"));
        if expires_at.is_some_and(|end| end <= not_before.unwrap_or(now).max(now)) {
            let detail = "the credential would have expired before it could be used";
            fields.fault("expires_at", FaultCode::InvalidField, detail, None);
        }
        if let Some(PublicMaterial::PublicKey { jwk }) = &public {
            let id = key.id;
            let others = self.with_store(move |store| Ok(store.read(|conn| credential::list(conn, id))?)).await?;
            if others.iter().any(|other| is_same_name(other, jwk)) {
                let detail = "this key has a public key of the same id already, and a token could mean either";
                let help = "give it another `kid`, or revoke the other credential first".to_owned();
                fields.fault("jwk/kid", FaultCode::AlreadyExists, detail, Some(help));
            }
        }
        fields.finish()?;
        Ok(Draft { public: public.ok_or(AdminError::Unfinished)?, not_before: not_before.unwrap_or(now), expires_at })
    }
}

/// Whether a token could mean either.
fn is_same_name(other: &Credential, jwk: &serde_json::Map<String, serde_json::Value>) -> bool {
    let read = |jwk| argus_credentials::jwt::PublicKey::read(jwk).ok();
    let is_live = other.state != argus_store::credential::CredentialState::Revoked;
    match (&other.public, read(jwk)) {
        (Some(PublicMaterial::PublicKey { jwk: other }), Some(new)) if is_live => {
            read(other).is_some_and(|other| new.answers_to(other.key_id().unwrap_or(other.thumbprint())))
        }
        _ => false,
    }
}

/// What it is called where somebody has it already.
fn name_of(public: &PublicMaterial) -> String {
    match public {
        PublicMaterial::JwtSubject { issuer, subject } => format!("{subject} of {issuer}"),
        PublicMaterial::Certificate(_) => "with this certificate".to_owned(),
        PublicMaterial::PublicKey { .. } | PublicMaterial::JwksUrl { .. } => "of this id".to_owned(),
    }
}

/// A subject and a certificate present one key.
fn taken(error: AdminError, name: String) -> AdminError {
    match error {
        AdminError::Store(StoreError::AlreadyExists { what: Record::Credential, .. }) => {
            AdminError::AlreadyExists { what: "a credential", name }
        }
        other => other,
    }
}

fn changed(credential: Credential, in_force: InForce) -> ChangedCredential {
    let key_id = credential.key_id;
    ChangedCredential { credential: credential.into(), key_id, in_force }
}
