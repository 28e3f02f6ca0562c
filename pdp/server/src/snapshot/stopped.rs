//! Since when a key can't be used, and why, for the sentence that an enforcement point is told.

use std::fmt;

use argus_store::key::{Key, KeyState};
use chrono::{DateTime, SecondsFormat, Utc};

/// What ended or interrupted the use of a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stopped {
    whose: Whose,
    is_revoked: bool,
    at: DateTime<Utc>,
    reason: Option<Box<str>>,
}

/// What was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    Credential,
    Key,
    KeyAbove,
}

impl Stopped {
    /// What a key's row says of it. `None` while it is in use.
    pub(super) fn of_key(key: &Key) -> Option<Self> {
        let is_revoked = match key.state {
            // Expiry is told by the time of it.
            KeyState::Pending | KeyState::Active | KeyState::Rotating | KeyState::Expired => return None,
            KeyState::Suspended => false,
            _ => true,
        };
        let at = if is_revoked { key.revoked_at } else { key.suspended_at };
        let reason = key.revoked_reason.as_deref().filter(|_| is_revoked).map(Into::into);
        Some(Self { whose: Whose::Key, is_revoked, at: at?, reason })
    }

    /// A credential that was revoked by itself.
    pub(super) fn credential(at: DateTime<Utc>) -> Self {
        Self { whose: Whose::Credential, is_revoked: true, at, reason: None }
    }

    /// Whether it is the credential that was stopped, and not the key.
    pub(super) fn is_of_credential(&self) -> bool {
        self.whose == Whose::Credential
    }

    /// The same, as it looks from a key below.
    pub(super) fn above(&self) -> Self {
        Self { whose: Whose::KeyAbove, ..self.clone() }
    }
}

/// `revoked 2026-11-24T09:31:07Z, reason manual`
impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.whose {
            Whose::Credential => "this credential was ",
            Whose::Key => "",
            Whose::KeyAbove => "a key above was ",
        })?;
        f.write_str(if self.is_revoked { "revoked " } else { "suspended " })?;
        f.write_str(&time(self.at))?;
        match &self.reason {
            Some(reason) => write!(f, ", reason {reason}"),
            None => Ok(()),
        }
    }
}

/// A time to the second, in UTC.
pub(super) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
