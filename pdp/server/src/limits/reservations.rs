//! Uses of which it isn't known yet what they cost: the most is taken, and what they don't come to is given back, when it
//! is told or when the time for that is over.
//!
//! They are kept in the memory of the node that decided, under the id of the decision. What a node has not been told when
//! it stops stays taken: never is more admitted for it.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use argus_limits::shared::OwnedCharge;
use argus_limits::{Limit, Now};
use argus_store::KeyId;
use rustc_hash::FxHashMap;

use crate::usage::ReservedUse;

/// The most that are kept. What comes beyond is taken whole, and the answer doesn't ask to be told.
const MOST: usize = 65_536;

/// What was taken for one use.
#[derive(Debug)]
pub(super) struct Reservation {
    /// The enforcement point that may settle it.
    pub(super) caller: KeyId,
    /// The most that the use comes to.
    pub(super) cost: u64,
    pub(super) taken: Taken,
    /// What is told of it to whoever counts, where somebody does.
    pub(super) of: Option<ReservedUse>,
}

/// From what it was taken, and when.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    pub(super) charges: Vec<OwnedCharge>,
    pub(super) quotas: Vec<TakenQuota>,
    pub(super) at: Now,
    /// The time that Redis had, where it was taken there as well, in microseconds since 1970.
    pub(super) at_in_redis: Option<i64>,
    /// Whether what is given back of it is to stand in the journal.
    pub(super) is_durable: bool,
}

/// A quota among them, of which is written down what was used.
#[derive(Debug, Clone)]
pub(super) struct TakenQuota {
    pub(super) name: Box<str>,
    pub(super) bucket: Box<str>,
    pub(super) limit: Limit,
    /// The key that was used.
    pub(super) key: KeyId,
    /// The first nanosecond behind the period that it was taken in.
    pub(super) end: i64,
}

/// What was reserved and is not yet settled.
#[derive(Debug, Default)]
pub(super) struct Reservations(Mutex<Table>);

#[derive(Debug, Default)]
struct Table {
    by_decision: FxHashMap<u128, (i64, Reservation)>,
    /// By the nanosecond at which each is overdue, of the clock that nobody can turn.
    due: BTreeSet<(i64, u128)>,
    counts: ReservationCounts,
}

/// What became of reservations since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ReservationCounts {
    /// Those that wait to be settled now.
    pub(crate) open: usize,
    pub(crate) settled: u64,
    /// Those that nobody settled in time.
    pub(crate) overdue: u64,
    /// Those for which there was no room.
    pub(crate) turned_away: u64,
}

/// Why something can't be settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SettleFault {
    /// It was not reserved here, or not by this caller, or was settled, or is overdue.
    Unknown,
    /// It came to more than was reserved, which is told.
    Beyond(u64),
}

impl Reservations {
    /// Keeps what was taken until it is due; `false` where there is no room.
    pub(super) fn keep(&self, decision: u128, due: i64, reservation: Reservation) -> bool {
        let mut table = self.lock();
        if table.by_decision.len() >= MOST {
            table.counts.turned_away += 1;
            return false;
        }
        table.due.insert((due, decision));
        table.by_decision.insert(decision, (due, reservation));
        true
    }

    /// Takes out what a caller has reserved, if it came to no more than that.
    pub(super) fn settle(
        &self,
        decision: u128,
        caller: KeyId,
        cost: u64,
        now: i64,
    ) -> Result<Reservation, SettleFault> {
        let mut table = self.lock();
        let known = table.by_decision.get(&decision);
        let known = known.filter(|(due, reservation)| *due > now && reservation.caller == caller);
        match known {
            None => return Err(SettleFault::Unknown),
            Some((_, reservation)) if cost > reservation.cost => return Err(SettleFault::Beyond(reservation.cost)),
            Some(_) => table.counts.settled += 1,
        }
        table.remove(decision).ok_or(SettleFault::Unknown)
    }

    /// Takes out one that is neither settled nor given back.
    pub(super) fn abandon(&self, decision: u128) {
        self.lock().remove(decision);
    }

    /// Takes out one that nobody settled in time.
    pub(super) fn take_overdue(&self, now: i64) -> Option<Reservation> {
        let mut table = self.lock();
        let (_, decision) = *table.due.first().filter(|(due, _)| *due <= now)?;
        table.counts.overdue += 1;
        table.remove(decision)
    }

    pub(super) fn counts(&self) -> ReservationCounts {
        let table = self.lock();
        ReservationCounts { open: table.by_decision.len(), ..table.counts }
    }

    /// What panicked while it held the table left whole entries behind.
    fn lock(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn remove(&mut self, decision: u128) -> Option<Reservation> {
        let (due, reservation) = self.by_decision.remove(&decision)?;
        self.due.remove(&(due, decision));
        Some(reservation)
    }
}

#[cfg(test)]
mod tests {
    use argus_store::KeyId;
    use chrono::Utc;

    use super::*;

    fn reservation(caller: KeyId, cost: u64) -> Reservation {
        let taken = Taken {
            charges: Vec::new(),
            quotas: Vec::new(),
            at: Now::at_nanos(0),
            at_in_redis: None,
            is_durable: false,
        };
        Reservation { caller, cost, taken, of: None }
    }

    #[test]
    fn it_is_settled_once_in_time_by_who_made_it_and_for_no_more() {
        let (caller, other) = (KeyId::new(Utc::now()), KeyId::new(Utc::now()));
        let reservations = Reservations::default();
        assert!(reservations.keep(1, 100, reservation(caller, 5)));
        let settle = |caller, cost, now| reservations.settle(1, caller, cost, now).map(|kept| kept.cost);
        assert_eq!(settle(other, 1, 50), Err(SettleFault::Unknown));
        assert_eq!(settle(caller, 6, 50), Err(SettleFault::Beyond(5)));
        assert_eq!(settle(caller, 1, 100), Err(SettleFault::Unknown));
        assert_eq!(settle(caller, 5, 99), Ok(5));
        assert_eq!(settle(caller, 5, 99), Err(SettleFault::Unknown));
        assert_eq!(reservations.counts(), ReservationCounts { settled: 1, ..ReservationCounts::default() });
    }

    #[test]
    fn what_nobody_settles_comes_out_when_it_is_due_and_no_sooner() {
        let caller = KeyId::new(Utc::now());
        let reservations = Reservations::default();
        for (decision, due) in [(1, 300), (2, 100), (3, 200)] {
            assert!(reservations.keep(decision, due, reservation(caller, due.unsigned_abs())));
        }
        assert!(reservations.take_overdue(99).is_none());
        let costs: Vec<_> = std::iter::from_fn(|| reservations.take_overdue(200)).map(|kept| kept.cost).collect();
        assert_eq!(costs, [100, 200]);
        let counts = ReservationCounts { open: 1, overdue: 2, ..ReservationCounts::default() };
        assert_eq!(reservations.counts(), counts);
    }

    #[test]
    fn what_is_abandoned_is_neither_settled_nor_given_back() {
        let caller = KeyId::new(Utc::now());
        let reservations = Reservations::default();
        assert!(reservations.keep(1, 100, reservation(caller, 5)));
        reservations.abandon(1);
        assert_eq!(reservations.settle(1, caller, 1, 50).map(|kept| kept.cost), Err(SettleFault::Unknown));
        assert!(reservations.take_overdue(200).is_none());
        assert_eq!(reservations.counts(), ReservationCounts::default());
    }

    #[test]
    fn beyond_what_is_kept_nothing_is() {
        let caller = KeyId::new(Utc::now());
        let reservations = Reservations::default();
        for decision in 0..MOST as u128 {
            assert!(reservations.keep(decision, 1, reservation(caller, 1)));
        }
        assert!(!reservations.keep(u128::MAX, 1, reservation(caller, 1)));
        assert_eq!(reservations.counts().turned_away, 1);
    }
}
