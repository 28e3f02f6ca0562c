//! Giving a token back before its time (RFC 7009). Its key goes on; its other tokens too.

use argus_credentials::PresentedKey;
use argus_store::{change, key, revoked_token};
use chrono::DateTime;
use tracing::info;

use super::in_force::PATIENCE;
use crate::oauth::{OauthCode, OauthRefused, OauthRequest};
use crate::{Admin, AdminError};

impl Admin {
    /// Revokes a token of the client that asks: every decision point refuses it within a second. One that isn't known, or
    /// is good for nothing, is no fault (RFC 7009 §2.2).
    pub async fn revoke_token(&self, mut request: OauthRequest) -> Result<(), OauthRefused> {
        let call = self.authenticate_client(&mut request).await?.call;
        let token = request.form.required("token")?;
        if PresentedKey::parse(token.expose()).is_ok() {
            let description = "this is an API key, no access token: it is revoked with POST /v1/keys/{key}/revoke";
            return Err(OauthRefused::new(OauthCode::UnsupportedTokenType, description));
        }
        let Some(inspected) = self.authority().inspect_token(token.expose()) else { return Ok(()) };
        if inspected.key != call.caller().key_id() {
            let description = "the token was issued to another client";
            return Err(OauthRefused::new(OauthCode::UnauthorizedClient, description));
        }
        let (key, at) = (inspected.key, self.now());
        let end = DateTime::from_timestamp(inspected.expires_at, 0).unwrap_or(at);
        let revoke = move |store: &argus_store::Store| {
            let found = store.read(|conn| key::find(conn, key))?.ok_or(AdminError::NotFound)?;
            let act = call.act(found.organisation_id, at);
            Ok(store.write(|conn| {
                let is_new = revoked_token::revoke(conn, &act, key, (&inspected.jti, end))?;
                Ok((is_new, change::find_latest_sequence(conn)?))
            })?)
        };
        let (is_new, sequence) = self.with_store(revoke).await?;
        if is_new {
            self.oauth_counts().count_revoked();
        }
        let applied = self.settle(sequence).await;
        self.wait_everywhere(applied, PATIENCE).await;
        info!(key.id = %key, "revoked an access token");
        Ok(())
    }
}
