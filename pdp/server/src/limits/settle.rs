//! Settling what was reserved: what a use doesn't come to goes back to where it was taken from, the memory of this node,
//! Redis, and what is written down of quotas.

use argus_limits::shared::OwnedCharge;
use argus_limits::{Charge, Now, Outcome, Share};
use argus_store::KeyId;
use smallvec::SmallVec;

use super::clock::{Elapsed, on_both};
use super::gate::{Gate, end_of_period};
use super::journaling::{JournaledQuota, JournaledQuotas};
use super::key_limit::Kind;
use super::key_limits::Applied;
use super::ledger::{Noted, Quota};
use super::reservations::{Reservation, SettleFault, Taken, TakenQuota};
use crate::moment::Moment;
use crate::usage::ReservedUse;

const SECOND: i64 = 1_000_000_000;

/// What an enforcement point asks to be kept for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reserve {
    /// Who asks, and will settle.
    pub(crate) caller: KeyId,
    /// The decision that permitted the use.
    pub(crate) decision: u128,
    /// The most that it comes to.
    pub(crate) cost: u64,
    /// For how long.
    pub(crate) seconds: u64,
    /// Whether the key that was used asks for the journal.
    pub(crate) is_durable: bool,
}

/// What became of what was reserved.
#[derive(Debug)]
pub(crate) struct Settlement {
    /// How much was given back.
    pub(crate) returned: u64,
    /// What is told of the use to whoever counts.
    pub(crate) of: Option<ReservedUse>,
    /// What is given back of quotas, where that is to stand in the journal.
    pub(crate) journaled: Option<Returned>,
}

/// What is given back of quotas, and has yet to be noted in the journal.
#[derive(Debug, Default)]
pub(crate) struct Returned {
    quotas: Vec<TakenQuota>,
    /// From each of them.
    cost: u64,
}

impl Gate {
    /// Keeps what a use took until it is settled. By when it has to be, in seconds since 1970; `None` where there is no
    /// room: then it stays taken.
    pub(crate) fn reserve(
        &self,
        of: Reserve,
        (taken, used): (Option<Taken>, Option<ReservedUse>),
        now: Moment,
    ) -> Option<i64> {
        let seconds = i64::try_from(of.seconds).unwrap_or(i64::MAX);
        let due = Elapsed::now().0.saturating_add(seconds.saturating_mul(SECOND));
        let taken = taken.unwrap_or_else(|| Taken::nothing(on_both(now), of.is_durable));
        let reservation = Reservation { caller: of.caller, cost: of.cost, taken, of: used };
        self.reservations.keep(of.decision, due, reservation).then(|| now.seconds.saturating_add(seconds))
    }

    /// Settles what a caller has reserved: the use came to so much. The rest is given back.
    pub(crate) fn settle_reserved(
        &self,
        decision: u128,
        caller: KeyId,
        cost: u64,
        now: Moment,
    ) -> Result<Settlement, SettleFault> {
        let reservation = self.reservations.settle(decision, caller, cost, Elapsed::now().0)?;
        let returned = reservation.cost.saturating_sub(cost);
        let journaled = self.give_back(&reservation.taken, returned, on_both(now));
        Ok(Settlement { returned, of: reservation.of, journaled })
    }

    /// Forgets what a use has reserved that is not answered, since it could not be noted: nobody knows whether what it took
    /// is written, so that nothing of it is given back.
    pub(crate) fn abandon_reserved(&self, decision: u128) {
        self.reservations.abandon(decision);
    }

    /// Gives back what nobody has settled in time: it counts as nothing.
    pub(super) fn give_back_overdue(&self, now: Moment) {
        while let Some(reservation) = self.reservations.take_overdue(Elapsed::now().0) {
            let journaled = self.give_back(&reservation.taken, reservation.cost, on_both(now));
            // Nobody waits for it; what can't be noted stays taken in the store.
            let _ = journaled.map(|returned| self.journal(None, &returned.quotas()));
        }
    }

    /// Gives back what was taken. What of it is to stand in the journal first, where the key asks for that.
    fn give_back(&self, taken: &Taken, returned: u64, now: Now) -> Option<Returned> {
        let mut journaled = taken.is_durable.then(|| Returned { quotas: Vec::new(), cost: returned });
        if returned == 0 {
            return journaled;
        }
        let charges: Vec<_> =
            taken.charges.iter().map(|charge| OwnedCharge { cost: returned, ..charge.clone() }).collect();
        let here: SmallVec<[Charge<'_>; 4]> = charges.iter().map(OwnedCharge::borrow).collect();
        self.limiter.give_back(&here, taken.at, now);
        drop(here);
        let counts = |quota: &&TakenQuota| quota.limit.adds_since().is_some() || quota.end > now.wall;
        for quota in taken.quotas.iter().filter(counts) {
            match &mut journaled {
                Some(journaled) => journaled.quotas.push(quota.clone()),
                None => self.ledger.note(quota.borrow(), quota.key, quota.end, Noted::Returned(returned)),
            }
        }
        if let (Some(at), Some(shared)) = (taken.at_in_redis, &self.shared) {
            shared.link.give_back(charges, at);
        }
        journaled
    }
}

impl Returned {
    /// The same as the journal has it.
    pub(crate) fn quotas(&self) -> JournaledQuotas<'_> {
        let used = 0_i64.saturating_sub_unsigned(self.cost);
        let each = self.quotas.iter();
        each.map(|of| JournaledQuota { quota: of.borrow(), key: of.key, end: of.end, used }).collect()
    }
}

impl Taken {
    /// What an admitted use of a key has taken. The time in Redis is there where it was taken there as well.
    pub(super) fn new(
        (key, is_durable): (KeyId, bool),
        (applied, charges, share): (&Applied<'_>, &[Charge<'_>], Share),
        outcome: &Outcome,
        (at, at_in_redis): (Now, Option<i64>),
    ) -> Self {
        let quotas = applied.iter().zip(outcome.standings()).filter(|((limit, _), _)| limit.kind == Kind::Quota);
        let quotas = quotas.map(|((limit, _), standing)| TakenQuota {
            name: limit.name.clone(),
            bucket: limit.bucket.clone(),
            limit: limit.limit.clone(),
            key,
            end: end_of_period(at, standing.reset_after),
        });
        let owned = |charge: &Charge<'_>| OwnedCharge { limit: charge.limit.share(share), ..charge.into() };
        Self { charges: charges.iter().map(owned).collect(), quotas: quotas.collect(), at, at_in_redis, is_durable }
    }

    /// Of a use that no limit counts.
    fn nothing(at: Now, is_durable: bool) -> Self {
        Self { charges: Vec::new(), quotas: Vec::new(), at, at_in_redis: None, is_durable }
    }
}

impl TakenQuota {
    fn borrow(&self) -> Quota<'_> {
        Quota { name: &self.name, bucket: &self.bucket, limit: &self.limit }
    }
}
