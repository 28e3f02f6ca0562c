//! How this node is: what `/readyz` tells, and what decides whether the snapshot may still be trusted.

use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use argus_store::StoreError;

use crate::moment::Moment;
use crate::places::PlaceFault;
use crate::policies::PolicyFault;

/// What went wrong last, and when the store was last read.
#[derive(Debug, Default)]
pub(crate) struct Health {
    read_at_seconds: AtomicI64,
    store: Mutex<Option<String>>,
    policies: Mutex<Option<PolicyFault>>,
    places: Mutex<Vec<PlaceFault>>,
}

impl Health {
    /// The store was read. Whether it could not be read before.
    pub(crate) fn store_was_read(&self, now: Moment) -> bool {
        self.read_at_seconds.store(now.seconds, Relaxed);
        replace(&self.store, None).is_some()
    }

    /// The store could not be read. Whether that is new.
    pub(crate) fn store_failed(&self, cause: &StoreError) -> bool {
        replace(&self.store, Some(cause.to_string())).is_none()
    }

    /// The policies that lie in the folder are in force.
    pub(crate) fn policies_are_good(&self) {
        replace(&self.policies, None);
    }

    /// The policies that lie in the folder are not in force. Whether that is news.
    pub(crate) fn policies_failed(&self, fault: &PolicyFault) -> bool {
        replace(&self.policies, Some(fault.clone())).as_ref() != Some(fault)
    }

    /// Which databases of places are refused; none where all are in use. Whether that is news.
    pub(crate) fn places_failed(&self, faults: &[PlaceFault]) -> bool {
        let mut known = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let is_news = *known != faults;
        *known = faults.to_vec();
        is_news
    }

    /// Why databases of places are not in use.
    pub(crate) fn place_faults(&self) -> Vec<PlaceFault> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Why the store can't be read.
    pub(crate) fn store_fault(&self) -> Option<String> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Why the policies in the folder are not in force.
    pub(crate) fn policy_fault(&self) -> Option<PolicyFault> {
        self.policies.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Seconds since the store was last read: since then, something may have changed that the snapshot doesn't know.
    pub(crate) fn age_seconds(&self, now: Moment) -> i64 {
        now.seconds.saturating_sub(self.read_at_seconds.load(Relaxed)).max(0)
    }
}

fn replace<T>(place: &Mutex<Option<T>>, with: Option<T>) -> Option<T> {
    std::mem::replace(&mut *place.lock().unwrap_or_else(PoisonError::into_inner), with)
}
