//! What a check has to wait for.

use std::net::IpAddr;

use argus_credentials::{Pending, Refusal};

use crate::key_sets::Flight;
use crate::snapshot::Current;

/// What has to be waited for before a check can have its outcome.
#[derive(Debug)]
pub(crate) enum Waiting {
    /// A secret has to be derived.
    Derivation(Box<Pending<Current>>),
    /// A set of keys is being fetched.
    Keys(Flight),
}

impl Waiting {
    /// Waits. `source` is where it was presented, if that is known. What was learnt is remembered: the check is done
    /// again.
    pub(crate) async fn wait(self, source: Option<IpAddr>) -> Result<(), Refusal> {
        match self {
            Self::Derivation(pending) => pending.derive(source.map(Into::into)).await.map(drop),
            Self::Keys(flight) => {
                flight.landed().await;
                Ok(())
            }
        }
    }
}
