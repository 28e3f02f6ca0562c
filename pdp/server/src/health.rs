//! How this node is: what `/readyz` tells, and what decides whether the snapshot may still be trusted.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use argus_http::Histogram;
use argus_store::StoreError;

use crate::clock::Latest;
use crate::moment::Moment;
use crate::places::PlaceFault;
use crate::policies::PolicyFault;

/// What went wrong last, and when the store was last read.
#[derive(Debug)]
pub(crate) struct Health {
    begun: Instant,
    read_at: AtomicU64,
    read_at_wall: AtomicI64,
    clock_ahead: AtomicI64,
    /// The latest time that this process has seen, whoever looked.
    pub(crate) latest: Latest,
    /// How long lines of the change feed were on their way.
    pub(crate) feed_lag: Histogram,
    store: Mutex<Option<String>>,
    policies: Mutex<Option<PolicyFault>>,
    places: Mutex<Vec<PlaceFault>>,
}

/// A moment by both clocks. The one on the wall may be turned back, the other stands still while the machine sleeps.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stamp {
    pub(crate) wall: Moment,
    pub(crate) instant: Instant,
}

impl Stamp {
    pub(crate) fn now() -> Self {
        Self { wall: Moment::now(), instant: Instant::now() }
    }
}

impl Health {
    /// Of a node whose store is read for the first time, from this moment on.
    pub(crate) fn new(begun: Stamp) -> Self {
        let health = Self {
            begun: begun.instant,
            read_at: AtomicU64::new(0),
            read_at_wall: AtomicI64::new(0),
            clock_ahead: AtomicI64::new(0),
            latest: Latest::default(),
            feed_lag: Histogram::default(),
            store: Mutex::default(),
            policies: Mutex::default(),
            places: Mutex::default(),
        };
        health.store_was_read(begun);
        health
    }

    /// The store was read, beginning at this moment. Whether it could not be read before.
    pub(crate) fn store_was_read(&self, begun: Stamp) -> bool {
        self.read_at.store(self.milliseconds(begun.instant), Relaxed);
        self.read_at_wall.store(begun.wall.unix_milliseconds(), Relaxed);
        replace(&self.store, None).is_some()
    }

    /// The store could not be read. Whether that is new.
    pub(crate) fn store_failed(&self, cause: &StoreError) -> bool {
        replace(&self.store, Some(cause.to_string())).is_none()
    }

    /// How far this machine's clock is ahead of the database's.
    pub(crate) fn clock_is_ahead(&self, milliseconds: i64) {
        self.clock_ahead.store(milliseconds, Relaxed);
    }

    /// What [`Health::clock_is_ahead`] was last told; 0 where nobody could.
    pub(crate) fn clock_ahead_milliseconds(&self) -> i64 {
        self.clock_ahead.load(Relaxed)
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

    /// The time since the store was last read, by the clock that saw more of it: since then, something may have changed
    /// that the snapshot doesn't know.
    pub(crate) fn age(&self, now: Stamp) -> Duration {
        let passed = self.milliseconds(now.instant).saturating_sub(self.read_at.load(Relaxed));
        let on_the_wall = now.wall.unix_milliseconds().saturating_sub(self.read_at_wall.load(Relaxed));
        Duration::from_millis(passed.max(u64::try_from(on_the_wall).unwrap_or(0)))
    }

    fn milliseconds(&self, instant: Instant) -> u64 {
        u64::try_from(instant.saturating_duration_since(self.begun).as_millis()).unwrap_or(u64::MAX)
    }
}

fn replace<T>(place: &Mutex<Option<T>>, with: Option<T>) -> Option<T> {
    std::mem::replace(&mut *place.lock().unwrap_or_else(PoisonError::into_inner), with)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_age_of_what_is_known_is_told_by_the_clock_that_saw_more_of_it() {
        let instant = Instant::now();
        let at = |passed: u64, wall: i64| Stamp {
            wall: Moment { seconds: 1_800_000_000 + wall, nanoseconds: 0 },
            instant: instant + Duration::from_secs(passed),
        };
        let health = Health::new(at(0, 0));
        assert_eq!(health.age(at(31, 31)), Duration::from_secs(31));
        assert_eq!(health.age(at(31, -3_600)), Duration::from_secs(31), "the clock was turned back");
        assert_eq!(health.age(at(1, 3_600)), Duration::from_hours(1), "the machine slept");
        health.store_was_read(at(31, -3_600));
        assert_eq!(health.age(at(32, -3_599)), Duration::from_secs(1));
    }
}
