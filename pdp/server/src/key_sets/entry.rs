//! One set: what is known of it, for how long, and who is fetching it.

use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use argus_credentials::jwt::{KeySet, KeySetFault};
use tracing::{info, warn};

use super::{Flight, Known};
use crate::outbound::{Fetched, OutboundFault};

/// For how long a set is good where its answer doesn't say, and at most.
const LIFETIME_SECONDS: i64 = 300;

/// Below this, an issuer that says `no-store` would be asked with every token.
const SHORTEST_LIFETIME_SECONDS: i64 = 30;

/// For how long an old set is used while a new one can't be had.
const LONGEST_STALENESS_SECONDS: i64 = 24 * 3_600;

/// Between two fetches.
const PAUSE_SECONDS: i64 = 30;

/// A set.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(super) url: Arc<str>,
    used_at: AtomicI64,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    known: Option<Held>,
    /// When it was last begun to fetch it.
    asked_at: Option<i64>,
    /// Whether the last fetch failed.
    failed: bool,
    flight: Option<Flight>,
}

#[derive(Debug)]
struct Held {
    known: Known,
    fetched_at: i64,
    lifetime: i64,
}

/// What a look at a set comes to.
pub(super) enum Look {
    Good(Known),
    /// Good, and to be fetched again.
    Ageing(Known),
    /// To be fetched first.
    Absent,
    Away {
        retry_after_seconds: u32,
    },
}

/// Why a fetch brought no set.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchFault {
    #[error(transparent)]
    Outbound(#[from] OutboundFault),
    #[error(transparent)]
    Form(#[from] KeySetFault),
}

impl Entry {
    pub(super) fn new(url: Arc<str>, now: i64) -> Self {
        Self { url, used_at: AtomicI64::new(now), state: Mutex::default() }
    }

    pub(super) fn note_use(&self, now: i64) {
        if self.used_at.load(Relaxed) < now {
            self.used_at.store(now, Relaxed);
        }
    }

    pub(super) fn used_at(&self) -> i64 {
        self.used_at.load(Relaxed)
    }

    pub(super) fn look(&self, now: i64) -> Look {
        let state = self.lock();
        let pause = state.pause(now);
        let Some(held) = &state.known else {
            return match pause.filter(|_| state.failed) {
                Some(retry_after_seconds) => Look::Away { retry_after_seconds },
                None => Look::Absent,
            };
        };
        // A clock that was set back makes nothing older.
        let age = now.saturating_sub(held.fetched_at).max(0);
        let known = held.known.clone();
        if age < held.lifetime / 5 * 4 {
            return Look::Good(known);
        }
        // What can't be renewed is used as it is, for a day.
        let is_good = age < held.lifetime || state.failed && age < LONGEST_STALENESS_SECONDS;
        match (is_good, pause) {
            (true, None) => Look::Ageing(known),
            (true, Some(_)) => Look::Good(known),
            (false, Some(retry_after_seconds)) if state.failed => Look::Away { retry_after_seconds },
            (false, _) => Look::Absent,
        }
    }

    /// Whether it may be fetched now.
    pub(super) fn may_fetch(&self, now: i64) -> bool {
        self.lock().pause(now).is_none()
    }

    /// The fetch that is under way, else a new one.
    pub(super) fn flight(self: &Arc<Self>, now: i64, begin: impl FnOnce(Arc<Self>) -> Flight) -> Flight {
        let mut state = self.lock();
        if let Some(flight) = state.flight.as_ref().filter(|flight| !flight.is_over()) {
            return flight.clone();
        }
        state.asked_at = Some(now);
        let flight = begin(Arc::clone(self));
        state.flight = Some(flight.clone());
        flight
    }

    /// Takes in what a fetch that began at a time has brought.
    pub(super) fn land(&self, fetched: Result<Fetched, OutboundFault>, began: i64) {
        let read = fetched.map_err(FetchFault::from).and_then(|fetched| {
            let lifetime = fetched.max_age_seconds.and_then(|age| i64::try_from(age).ok()).unwrap_or(LIFETIME_SECONDS);
            let lifetime = lifetime.clamp(SHORTEST_LIFETIME_SECONDS, LIFETIME_SECONDS);
            Ok((KeySet::read(&fetched.body)?, lifetime))
        });
        let mut state = self.lock();
        state.flight = None;
        match read {
            Ok((keys, lifetime)) => {
                if std::mem::take(&mut state.failed) {
                    info!(jwks.url = &*self.url, "the set of keys is had again");
                }
                state.hold(keys, lifetime, began);
            }
            Err(cause) => {
                if !std::mem::replace(&mut state.failed, true) {
                    warn!(jwks.url = &*self.url, "the set of keys can't be had: {cause}");
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The seconds until it may be fetched again.
    fn pause(&self, now: i64) -> Option<u32> {
        let since = now.saturating_sub(self.asked_at?).max(0);
        u32::try_from(PAUSE_SECONDS - since).ok().filter(|left| *left > 0)
    }

    fn hold(&mut self, keys: KeySet, lifetime: i64, fetched_at: i64) {
        let known = match self.known.take() {
            Some(held) if held.known.keys.is_same_as(&keys) => held.known,
            before => {
                let version = before.map_or(0, |held| held.known.version) + 1;
                Known { keys: Arc::new(keys), version }
            }
        };
        self.known = Some(Held { known, fetched_at, lifetime });
    }
}
