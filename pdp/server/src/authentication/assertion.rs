//! Assertions by which a client authenticates itself at the authorisation server (RFC 7523 §2.2, §3).

use std::sync::Arc;

use argus_credentials::Refusal;
use argus_credentials::jwt::{Jwt, JwtFault, Use};
use argus_store::{KeyId, Store, StoreError, used_assertion};
use chrono::{DateTime, TimeDelta, Utc};
use tracing::{debug, warn};

use super::known::judge;
use super::token::Stop;
use super::{Authenticator, Waiting};
use crate::snapshot::{KeyRecord, Snapshot};

/// Why an assertion authenticates nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssertionRefused {
    /// It is wrong.
    Fault(JwtFault),
    /// It is right, and its key can't be used.
    Key(Refusal),
    /// It could not be looked at now.
    Busy {
        /// When to try again.
        retry_after_seconds: u32,
    },
    /// Whether it was used before can't be known.
    StoreAway,
}

/// How far the check of an assertion came.
pub(crate) enum AssertionChecked {
    /// It is right, but for whether it was used before.
    Right(Unused),
    Refused(AssertionRefused),
    Wait(Waiting),
}

/// An assertion whose use is to be noted.
pub(crate) struct Unused {
    pub(crate) record: Arc<KeyRecord>,
    jti: Box<str>,
    expires_at: i64,
}

impl Authenticator {
    /// Verifies an assertion that has to be meant for one of these audiences and nobody else, as far as that goes without
    /// waiting.
    pub(crate) fn check_assertion(
        &self,
        text: &str,
        audiences: &[String],
        snapshot: &Snapshot,
        now: i64,
    ) -> AssertionChecked {
        match self.verify_assertion(text, audiences, snapshot, now) {
            Ok(unused) => match judge(Some(&unused.record), now) {
                Ok(_) => AssertionChecked::Right(unused),
                Err((refusal, _)) => AssertionChecked::Refused(AssertionRefused::Key(refusal)),
            },
            Err(Stop::Wait(waiting)) => AssertionChecked::Wait(waiting),
            Err(Stop::Busy { retry_after_seconds }) => {
                AssertionChecked::Refused(AssertionRefused::Busy { retry_after_seconds })
            }
            Err(Stop::Fault(fault)) => {
                debug!("an assertion is refused: {fault}");
                AssertionChecked::Refused(AssertionRefused::Fault(fault))
            }
        }
    }

    fn verify_assertion(
        &self,
        text: &str,
        audiences: &[String],
        snapshot: &Snapshot,
        now: i64,
    ) -> Result<Unused, Stop> {
        let jwt = Jwt::read(text)?;
        let key: KeyId = jwt.issuer()?.parse().map_err(|_| JwtFault::Issuer)?;
        let (signed, token) = self.verify_from_holder(&jwt, (key, audiences, Use::Assertion), snapshot, now)?;
        let record = Arc::clone(signed.record(snapshot).ok_or(JwtFault::UnknownKey)?);
        let jti = token.jti.ok_or(JwtFault::Missing("jti"))?;
        Ok(Unused { record, jti, expires_at: token.expires_at.saturating_add(self.settings.leeway_seconds) })
    }
}

impl Unused {
    /// Notes the use, on all nodes. Blocks.
    pub(crate) fn note(&self, store: &Store, now: i64) -> Result<(), AssertionRefused> {
        let at =
            |seconds| DateTime::<Utc>::from_timestamp(seconds, 0).ok_or(AssertionRefused::Fault(JwtFault::Expired));
        // A minute more, for nodes whose clocks are behind.
        let (end, before) = (at(self.expires_at)?, at(now)? - TimeDelta::minutes(1));
        let client = self.record.key.id.to_string();
        match store.write_aside(|conn| used_assertion::note(conn, &client, &self.jti, end, before)) {
            Ok(true) => Ok(()),
            Ok(false) => Err(AssertionRefused::Fault(JwtFault::Replayed)),
            Err(StoreError::Busy) => Err(AssertionRefused::Busy { retry_after_seconds: 1 }),
            Err(cause) => {
                warn!("whether an assertion was used before can't be known: {cause}");
                Err(AssertionRefused::StoreAway)
            }
        }
    }
}
