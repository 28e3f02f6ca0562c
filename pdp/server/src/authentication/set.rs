//! The key that a token means in a set that is fetched.

use std::sync::Arc;

use argus_credentials::jwt::{Jwt, PublicKey};

use super::token::Stop;
use super::{Authenticator, Waiting};
use crate::key_sets::Found;

/// A set that a token was verified with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FromSet {
    pub(super) url: Arc<str>,
    pub(super) version: u64,
}

impl Authenticator {
    /// The key that a token means in the set at an address. Where the set lacks it, the set may have changed: it is fetched
    /// again, now and then.
    pub(super) fn find_in_set(&self, jwt: &Jwt<'_>, url: &Arc<str>, now: i64) -> Result<(PublicKey, FromSet), Stop> {
        let known = match self.key_sets.find(url, now) {
            Found::Set(known) => known,
            Found::Wait(flight) => return Err(Stop::Wait(Waiting::Keys(flight))),
            Found::Away { retry_after_seconds } => return Err(Stop::Busy { retry_after_seconds }),
        };
        match known.keys.find(jwt) {
            Ok(key) => Ok((key.clone(), FromSet { url: Arc::clone(url), version: known.version })),
            Err(fault) => match self.key_sets.find_newer(url, now) {
                Some(flight) => Err(Stop::Wait(Waiting::Keys(flight))),
                None => Err(fault.into()),
            },
        }
    }
}
