//! Who asks: the enforcement point, by its own key, and what that key grants it.

mod authorise;
mod bearer;
mod grant;

use std::net::IpAddr;
use std::sync::Arc;

use argus_credentials::Refusal;

pub use authorise::{Act, Authorisation};
pub(crate) use authorise::{authorise, authorise_subject, needed_scope, unmet_condition};
pub(crate) use bearer::read_bearer;
pub(crate) use grant::{may_ask, pdp_path};

use crate::http::problem::Problem;
use crate::snapshot::KeyRecord;

/// Somebody whose key was verified.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The credential that was presented, with its key.
    pub record: Arc<KeyRecord>,
    /// Where the request came from.
    pub peer: Option<IpAddr>,
}

/// Why a caller is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallerRefused {
    /// There is no credential, or none of a scheme that is understood.
    #[error("the request has no `Authorization: Bearer`")]
    Missing,
    /// The credential can't be read, or there are two.
    #[error("`Authorization` is there twice, or is not `Bearer`, a blank and a key")]
    Malformed,
    /// The credential is refused. Callers are told no more than that, whatever the cause.
    #[error("the key is not accepted")]
    Refused(Refusal),
    /// It could not be verified now.
    #[error("keys can't be verified right now, try again in {retry_after_seconds} s")]
    Busy {
        /// When to try again.
        retry_after_seconds: u32,
    },
    /// The store has been away for too long for anything to be believed.
    #[error("the store has been away for too long")]
    StoreAway,
}

impl CallerRefused {
    /// The problem that a door answers with.
    pub fn problem(self, realm: &str) -> Problem {
        match self {
            Self::Missing => Problem::credential_missing(realm),
            Self::Malformed => Problem::malformed_credential(realm),
            Self::Refused(_) => Problem::credential_refused(realm),
            Self::Busy { retry_after_seconds } => Problem::busy(retry_after_seconds),
            Self::StoreAway => Problem::store_away(),
        }
    }
}

impl From<Refusal> for CallerRefused {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Busy { retry_after_seconds } => Self::Busy { retry_after_seconds },
            other => Self::Refused(other),
        }
    }
}
