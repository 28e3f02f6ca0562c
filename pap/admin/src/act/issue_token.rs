//! Issuing an access token for a client's own credentials (RFC 6749 §4.4), in the form of RFC 9068.

use argus_credentials::certificate::CertificateChain;
use argus_credentials::signing::{AccessTokenClaims, Confirmation, IssuedToken, token_id};
use argus_engine::scope::Scope;
use argus_store::audit::{self, AuditEvent, Entry, Target, TargetKind};
use argus_store::key;
use chrono::DateTime;
use tracing::info;

use crate::oauth::{Client, OauthCode, OauthRefused, OauthRequest, narrow};
use crate::reach::effective;
use crate::{Admin, AdminError, Caller};

/// A token, and what is said beside it (RFC 6749 §5.1). There is no refresh token (§4.4.3).
#[derive(Debug)]
pub struct NewToken {
    /// The token.
    pub token: IssuedToken,
    /// How long it is good from now on, in seconds.
    pub expires_in: i64,
    /// What it may do: scopes with a blank between two.
    pub scope: String,
}

/// A token that is signed, and not yet given to anybody.
struct Signed {
    token: IssuedToken,
    jti: String,
    issued_at: i64,
    ends_at: i64,
    scope: String,
    /// The thumbprint of the certificate that it is bound to.
    bound_to: Option<String>,
}

/// The longest token. Whoever verifies reads no more.
const LONGEST_TOKEN: usize = 16 * 1024;

const GRANT: &str = "client_credentials";

impl Admin {
    /// Issues a token to a client that authenticates. It has the scopes that are asked for, or all of its key, and ends
    /// after minutes, with its key at the latest. Where the client has shown a certificate, the token is bound to it.
    pub async fn issue_token(&self, mut request: OauthRequest) -> Result<NewToken, OauthRefused> {
        let grant = request.form.required("grant_type")?;
        let client = self.authenticate_client(&mut request).await?;
        if grant.expose() != GRANT {
            let description = format!("the one grant there is, is `{GRANT}`");
            return Err(OauthRefused::new(OauthCode::UnsupportedGrantType, description));
        }
        self.require_audience(&mut request)?;
        let scope = request.form.take("scope");
        let scope = scope.as_ref().map(argus_credentials::Secret::expose);
        let signed = self.sign_token(client.call.caller(), scope, request.certificate.as_ref()).await?;
        let key = client.call.caller().key_id();
        let issued = self.record_token(client, signed).await?;
        self.oauth_counts().count_issued();
        info!(key.id = %key, request.id = request.request_id, "issued an access token");
        Ok(issued)
    }

    /// Tells the audit of a token before its client gets it: a token that isn't told of is given to nobody.
    async fn record_token(&self, client: Client, signed: Signed) -> Result<NewToken, OauthRefused> {
        let Signed { token, jti, issued_at, ends_at, scope, bound_to } = signed;
        let Client { call, method } = client;
        let audience = self.issuer().audience().unwrap_or_default().to_owned();
        let (told_scope, key_id) = (scope.clone(), call.caller().key_id());
        let (at, end) = (self.now(), DateTime::from_timestamp(ends_at, 0));
        let record = move |store: &argus_store::Store| {
            let told = store.write(|conn| {
                let Some(found) = key::find(conn, key_id)? else { return Ok(None) };
                let target = Target::new(TargetKind::Key, &key_id, found.path());
                let mut entry = Entry::new(AuditEvent::TokenIssued, target)
                    .with("jti", &jti)
                    .with("scope", &told_scope)
                    .with("audience", &audience)
                    .with("client_authentication", method);
                if let Some(end) = end {
                    entry = entry.with("expires_at", end);
                }
                if let Some(thumbprint) = &bound_to {
                    entry = entry.with("x5t#S256", thumbprint);
                }
                audit::append(conn, &call.act(found.organisation_id, at), &entry).map(Some)
            })?;
            told.map(drop).ok_or(AdminError::NotFound)
        };
        self.with_store(record).await?;
        Ok(NewToken { token, expires_in: ends_at - issued_at, scope })
    }

    /// Refuses a token for somebody else (RFC 8707 §2). Some clients say `audience`.
    fn require_audience(&self, request: &mut OauthRequest) -> Result<(), OauthRefused> {
        let ours = self.issuer().audience().unwrap_or_default();
        for name in ["resource", "audience"] {
            while let Some(named) = request.form.take(name) {
                if named.expose().trim_end_matches('/') != ours {
                    let description = format!("tokens are for {ours}, and for nobody else");
                    return Err(OauthRefused::new(OauthCode::InvalidTarget, description));
                }
            }
        }
        Ok(())
    }

    async fn sign_token(
        &self,
        caller: &dyn Caller,
        asked: Option<&str>,
        bound_to: Option<&CertificateChain>,
    ) -> Result<Signed, OauthRefused> {
        // Too long a life, or one that is over where it is presented, would be the fault of the clock.
        self.require_clock()?;
        let issuer = self.issuer();
        if let Some(condition) = caller.unmet_condition() {
            let description = format!("this client may have no token from here, or not now: {condition}");
            return Err(OauthRefused::new(OauthCode::UnauthorizedClient, description));
        }
        let scopes = narrow(asked, &effective(caller.organisation(), &caller.scopes()))?;
        let scope = scopes.iter().map(Scope::as_str).collect::<Vec<_>>().join(" ");
        let issued_at = self.now().timestamp();
        let longest = issued_at + i64::from(issuer.token_seconds);
        let ends_at = caller.expires_at().map_or(longest, |end| end.timestamp().min(longest));
        if ends_at <= issued_at {
            return Err(OauthRefused::invalid_client());
        }
        let url = issuer.address().map_err(AdminError::from)?;
        let (id, jti) = (caller.key_id().to_string(), token_id().map_err(AdminError::from)?);
        let thumbprint = bound_to.map(|certificate| certificate.thumbprint().to_string());
        let claims = AccessTokenClaims {
            iss: url,
            aud: issuer.audience().unwrap_or(url),
            sub: &id,
            client_id: &id,
            iat: issued_at,
            exp: ends_at,
            jti: &jti,
            scope: &scope,
            cnf: thumbprint.as_deref().map(|certificate| Confirmation { certificate }),
        };
        let key = self.signing_key().await?;
        let token = IssuedToken::sign(&claims, &key).map_err(|error| AdminError::Issuer(error.into()))?;
        if token.expose().len() > LONGEST_TOKEN {
            let description = "a token with so many scopes would be too long: ask for fewer";
            return Err(OauthRefused::new(OauthCode::InvalidScope, description));
        }
        Ok(Signed { token, jti, issued_at, ends_at, scope, bound_to: thumbprint })
    }
}
