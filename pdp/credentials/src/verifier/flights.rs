//! Single flight: of many requests with one key that is not warm, one derives and all get its answer.
//!
//! A flight belongs to the thread that derives, not to the request that asked first: a client that hangs up takes
//! nobody's answer away, and causes no second derivation.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;

use crate::{mac::Digest, refusal::Refusal};

/// What a derivation came to.
pub(super) type Outcome<R> = Result<Arc<R>, Refusal>;
/// How a request hears of it. `None` until then.
pub(super) type Arrival<R> = watch::Receiver<Option<Outcome<R>>>;

/// The derivations under way, by digest.
pub(super) struct Flights<R> {
    under_way: Mutex<UnderWay<R>>,
}

pub(super) type UnderWay<R> = HashMap<Digest, Arrival<R>>;

impl<R> Flights<R> {
    pub(super) fn new() -> Self {
        Self { under_way: Mutex::new(HashMap::new()) }
    }

    /// Held while a request decides between joining a flight, finding its key verified by now, and starting one.
    pub(super) fn lock(&self) -> MutexGuard<'_, UnderWay<R>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<R> fmt::Debug for Flights<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flights").field("under_way", &self.lock().len()).finish()
    }
}
