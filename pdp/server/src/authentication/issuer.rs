//! Tokens of other issuers, which the settings trust about the subjects that keys are registered for.

use argus_credentials::jwt::{IssuerRules, IssuerToken, Jwt, JwtFault};

use super::known::Issued;
use super::token::Stop;
use super::{Authenticator, TrustedIssuer};
use crate::snapshot::Snapshot;

impl Authenticator {
    /// Verifies a token of an issuer: whose key its subject presents, and until when it is good.
    pub(super) fn verify_from_issuer(
        &self,
        jwt: &Jwt<'_>,
        trusted: &TrustedIssuer,
        snapshot: &Snapshot,
        now: i64,
    ) -> Result<(Issued, i64), Stop> {
        let url = trusted.jwks_url.as_str().into();
        let (key, set) = self.find_in_set(jwt, &url, now)?;
        let rules = IssuerRules {
            issuer: &trusted.issuer,
            audience: &trusted.audience,
            algorithms: &trusted.algorithms,
            leeway_seconds: self.settings.leeway_seconds,
        };
        let token = IssuerToken::verify(jwt, &key, &rules, now)?;
        let record = snapshot.held().subject(&trusted.issuer, &token.subject).ok_or(JwtFault::Subject)?;
        let issued = Issued {
            issuer: trusted.issuer.as_str().into(),
            subject: token.subject,
            generation: record.generation(),
            credential: record.credential_id,
            set,
        };
        Ok((issued, token.expires_at))
    }
}
