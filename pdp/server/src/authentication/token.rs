//! Signed tokens: whose it is by its `iss`, then whether it is right, then what it presents now.

use std::sync::Arc;

use argus_credentials::Refusal;
use argus_credentials::jwt::{Jwt, JwtFault, Use};
use argus_store::KeyId;
use tracing::debug;

use super::known::{AccessGrant, Known};
use super::{Authenticator, Checked, Lent, Presentation, Waiting};
use crate::snapshot::{KeyRecord, Snapshot};

/// Why a token isn't verified, or not yet.
pub(super) enum Stop {
    /// It is wrong.
    Fault(JwtFault),
    /// It could not be looked at.
    Busy { retry_after_seconds: u32 },
    /// Something has to be waited for.
    Wait(Waiting),
}

/// A token that was verified, and until when that is worth knowing.
pub(super) type Verified = (Known, i64);

impl From<JwtFault> for Stop {
    fn from(fault: JwtFault) -> Self {
        Self::Fault(fault)
    }
}

impl Authenticator {
    pub(super) fn check_token<'s>(
        &self,
        presented: Presentation<'_>,
        snapshot: &'s Snapshot,
        lent: &'s Lent,
        now: i64,
    ) -> Checked<'s> {
        let remembered =
            self.tokens.find(presented.text, now).filter(|known| known.still_holds(snapshot, &self.key_sets, now));
        let known = match remembered.map_or_else(|| self.verify_and_remember(presented.text, snapshot, now), Ok) {
            Ok(known) => known,
            Err(Stop::Wait(waiting)) => return Checked::Wait(waiting, speaker(presented.text, snapshot)),
            Err(Stop::Busy { retry_after_seconds }) => {
                return Checked::Refused(Refusal::Busy { retry_after_seconds }, None);
            }
            Err(Stop::Fault(fault)) => {
                debug!("a signed token is refused: {fault}");
                return Checked::Refused(fault.refusal(), speaker(presented.text, snapshot));
            }
        };
        match known.present(presented, snapshot, lent, now) {
            Ok(record) => Checked::Verified(record),
            Err((refusal, record)) => Checked::Refused(refusal, record),
        }
    }

    fn verify_and_remember(&self, text: &str, snapshot: &Snapshot, now: i64) -> Result<Arc<Known>, Stop> {
        let (known, until) = self.verify_token(&Jwt::read(text)?, snapshot, now)?;
        let known = Arc::new(known);
        self.tokens.insert(text, Arc::clone(&known), until, now);
        Ok(known)
    }

    /// Asks those whom the token names as its issuer.
    fn verify_token(&self, jwt: &Jwt<'_>, snapshot: &Snapshot, now: i64) -> Result<Verified, Stop> {
        let issuer = jwt.issuer()?;
        if self.settings.issuer.as_deref() == Some(issuer) {
            let (token, signed_with) = self.verify_access_token(jwt, snapshot, Some(&self.audiences()), now)?;
            let until = self.until(token.expires_at);
            return Ok((Known::Access(AccessGrant::new(&token, signed_with)?), until));
        }
        if let Some(trusted) = self.settings.issuers.iter().find(|trusted| trusted.issuer == issuer) {
            let (issued, expires_at) = self.verify_from_issuer(jwt, trusted, snapshot, now)?;
            return Ok((Known::Issued(issued), self.until(expires_at)));
        }
        let key: KeyId = issuer.parse().map_err(|_| JwtFault::Issuer)?;
        let audiences = std::slice::from_ref(&self.settings.audience);
        let (signer, token) = self.verify_from_holder(jwt, (key, audiences, Use::Bearer), snapshot, now)?;
        let until = self.until(token.expires_at);
        Ok((Known::Signed(signer), until))
    }

    /// The second in which a token that says when it expires is believed no longer.
    fn until(&self, expires_at: i64) -> i64 {
        expires_at.saturating_add(self.settings.leeway_seconds)
    }
}

/// The key that a token says to speak for, whether or not it may: only to tell whose secret its state is, never for what
/// it grants.
fn speaker<'s>(text: &str, snapshot: &'s Snapshot) -> Option<&'s Arc<KeyRecord>> {
    let jwt = Jwt::read(text).ok()?;
    let key = jwt.client_id().or_else(|_| jwt.issuer()).ok()?.parse().ok()?;
    snapshot.held().key(key).map(|key| &key.token)
}
