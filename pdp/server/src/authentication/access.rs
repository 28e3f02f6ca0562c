//! Access tokens of this installation (RFC 9068), to be presented and to be asked about (RFC 7662).

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use argus_credentials::jwt::{AccessToken, AccessTokenRules, Jwt, JwtFault, PublicKey};
use argus_engine::scope::Scope;

use super::known::AccessGrant;
use super::{Authenticator, Lent};
use crate::snapshot::{KeyRecord, Snapshot};

/// An access token that is good now, with what it says (RFC 7662 §2.2).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct InspectedToken {
    /// The key that it presents, narrowed to what it grants.
    pub record: Arc<KeyRecord>,
    /// What it says.
    pub claims: AccessToken,
}

impl Authenticator {
    /// Whom an access token may be meant for, to be presented here: its class can't be mistaken, so the installation's own
    /// name does as well.
    pub(super) fn audiences(&self) -> Vec<String> {
        self.settings.issuer.iter().chain([&self.settings.audience]).cloned().collect()
    }

    /// Verifies an access token, and says with which key.
    pub(super) fn verify_access_token<'s>(
        &self,
        jwt: &Jwt<'_>,
        snapshot: &'s Snapshot,
        audiences: Option<&[String]>,
        now: i64,
    ) -> Result<(AccessToken, &'s PublicKey), JwtFault> {
        let issuer = self.settings.issuer.as_deref().ok_or(JwtFault::Issuer)?;
        let rules = AccessTokenRules { issuer, audiences, leeway_seconds: self.settings.leeway_seconds };
        let key = snapshot.signing_keys().find(jwt)?;
        Ok((AccessToken::verify(jwt, key, &rules, now)?, key))
    }

    /// What an access token says, where it is good now: of whatever audience, and bound to whatever certificate, for that
    /// is for whoever it is presented to.
    pub(crate) fn inspect(&self, text: &str, snapshot: &Snapshot, now: i64) -> Option<InspectedToken> {
        let jwt = Jwt::read(text).ok()?;
        let (claims, key) = self.verify_access_token(&jwt, snapshot, None, now).ok()?;
        let (lent, grant) = (Lent::with_capacity(0), AccessGrant::new(&claims, key).ok()?);
        let record = grant.present(claims.certificate, snapshot, &lent, now).ok()?;
        Some(InspectedToken { record: Arc::clone(record), claims })
    }
}

impl AccessGrant {
    pub(super) fn new(token: &AccessToken, signed_with: &PublicKey) -> Result<Self, JwtFault> {
        Ok(Self {
            key: token.client_id.parse().map_err(|_| JwtFault::Subject)?,
            jti: token.jti.clone(),
            signed_with: signed_with.key_id().unwrap_or(signed_with.thumbprint()).into(),
            scopes: token.scope.as_deref().map(read_scopes),
            certificate: token.certificate,
            narrowed: ArcSwapOption::empty(),
        })
    }
}

/// What is no scope here grants nothing; the others still do.
fn read_scopes(text: &str) -> Vec<Scope> {
    text.split(' ').filter_map(|scope| Scope::parse(scope).ok()).collect()
}
