//! What a node may let through by itself for a while, because it was taken from a limit before.
//!
//! A lease is a hundredth of what a limit admits at once, taken with a request that was asked about anyway, and let through
//! without asking for a second. What is left of it goes back with the next question, or when the second is over. Nothing
//! is let through that wasn't taken before. A node that is killed gives nothing back: its lease holds for a second more in
//! Redis, and then comes back whole, what was used of it included.
//!
//! So, with as many nodes as there are, of a limit are admitted never more than
//!
//! | strategy | |
//! |---|---|
//! | fixed window, quota | the limit in each window: a lease ends with it |
//! | sliding window | the limit and one lease of each node, in any span of the window's length: what was taken before the span may be used in it |
//! | token bucket | as much as the whole bucket, and one lease of each node, in any span |
//!
//! and one lease more for each node that is killed, or cut off from Redis, while it has one. Of a limit of less than a
//! hundred nothing is leased: it is counted exactly.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use smallvec::SmallVec;

use super::lease_question::LeaseAnswer;
use super::question::{OwnedCharge, key};
use crate::{Limit, Outcome, Standing, Strategy};

/// What part of a limit a lease is.
const PART: u64 = 100;

/// For how long a lease is used. It holds for twice as long in Redis, lest it be used when it has come back.
const USED_FOR: Duration = Duration::from_secs(1);

/// The leases that a node has.
#[derive(Debug)]
pub struct Leases {
    table: Mutex<HashMap<Vec<u8>, Lease>>,
    most: usize,
}

/// What is asked for beside a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Asked {
    /// Whether the lease that this node has of it is settled with this question.
    pub looks_after: bool,
    /// What was not used of that.
    pub returned: u64,
    /// How much to take ahead, where there is room.
    pub ahead: u64,
}

#[derive(Debug)]
struct Lease {
    limit: Limit,
    bucket: Box<[u8]>,
    left: u64,
    /// In nanoseconds of the clock that nobody can turn.
    until: i64,
    /// A question about it is under way; nothing is left of it until that is answered.
    is_asked: bool,
    /// What others may still use, as it was last told, and when all of it is there again.
    beyond: u64,
    reset_at: i64,
    /// The time that Redis had when it was taken.
    at: i64,
}

impl Leases {
    /// For how long a lease holds in Redis.
    pub const HOLD: Duration = Duration::from_secs(2);

    /// None, and never more than so many.
    pub fn new(most: usize) -> Self {
        Self { table: Mutex::default(), most }
    }

    /// How much of a limit is leased at once.
    pub const fn size(limit: &Limit) -> u64 {
        limit.most_at_once() / PART
    }

    /// Takes all charges from leases, or none. How the limits stand, as far as is known here, and the time that Redis had
    /// when the first of them was leased. The time is in nanoseconds of the clock that nobody can turn, as it is below.
    pub fn take(&self, charges: &[OwnedCharge], now: i64) -> Option<(Outcome, i64)> {
        let mut table = self.lock();
        let keys: SmallVec<[Vec<u8>; 4]> = charges.iter().map(key).collect();
        let has_enough = charges.iter().zip(&keys).all(|(charge, key)| {
            let lease = table.get(key).filter(|lease| lease.limit == charge.limit && now < lease.until);
            charge.cost > 0 && lease.is_some_and(|lease| lease.left >= charge.cost)
        });
        if !has_enough || charges.is_empty() {
            return None;
        }
        let (mut standings, mut at) = (SmallVec::new(), i64::MAX);
        for (charge, key) in charges.iter().zip(&keys) {
            let lease = table.get_mut(key)?;
            lease.left -= charge.cost;
            at = at.min(lease.at);
            standings.push(lease.standing(now));
        }
        Some((Outcome(standings), at))
    }

    /// What to ask beside charges: what is left of leases goes back, and new ones are taken. What is given here has to be
    /// [answered](Self::answered).
    pub fn ask(&self, charges: &[OwnedCharge]) -> SmallVec<[Asked; 4]> {
        let mut table = self.lock();
        let (most, is_look) = (self.most, charges.iter().all(|charge| charge.cost == 0));
        let each = charges.iter().map(|charge| {
            let (key, ahead, has_room) = (key(charge), Self::size(&charge.limit), table.len() < most);
            match table.get_mut(&key) {
                _ if is_look => Asked::default(),
                Some(lease) if lease.is_asked => Asked::default(),
                Some(lease) => {
                    lease.is_asked = true;
                    Asked { looks_after: true, returned: std::mem::take(&mut lease.left), ahead }
                }
                None if ahead > 0 && has_room => {
                    table.insert(key, Lease::asked(charge));
                    Asked { looks_after: true, returned: 0, ahead }
                }
                None => Asked::default(),
            }
        });
        each.collect()
    }

    /// Takes in what came of a question that was begun at a time; `None` where nothing is known of it.
    pub fn answered(&self, charges: &[OwnedCharge], asked: &[Asked], answer: Option<&LeaseAnswer>, begun: i64) {
        let mut table = self.lock();
        for (n, (charge, _)) in charges.iter().zip(asked).enumerate().filter(|(_, (_, asked))| asked.looks_after) {
            let granted = answer.and_then(|answer| {
                let standing = answer.answer.outcome.as_ref()?.standings().get(n)?;
                Some((*answer.granted.get(n)?, *standing, answer.answer.at))
            });
            match granted {
                Some((granted @ 1.., standing, at)) => {
                    table.insert(key(charge), Lease::granted(charge, granted, &standing, (begun, at)));
                }
                // Whatever there may be of it in Redis comes back when it holds no more.
                _ => drop(table.remove(&key(charge))),
            }
        }
    }

    /// The leases whose time is over, or all: to be asked about with nothing taken, which gives back what is left. What is
    /// given here has to be [answered](Self::answered).
    pub fn over(&self, now: Option<i64>) -> Vec<(OwnedCharge, Asked)> {
        let mut table = self.lock();
        let is_over = |lease: &Lease| !lease.is_asked && now.is_none_or(|now| lease.until <= now);
        let over = table.values_mut().filter(|lease| is_over(lease)).map(|lease| {
            lease.is_asked = true;
            let charge = OwnedCharge { limit: lease.limit.clone(), bucket: lease.bucket.clone(), cost: 0 };
            (charge, Asked { looks_after: true, returned: std::mem::take(&mut lease.left), ahead: 0 })
        });
        over.collect()
    }

    /// Forgets all: nobody is there who could take them back.
    pub fn forget(&self) {
        self.lock().clear();
    }

    /// How much may be let through without asking now, of all limits together.
    pub fn left(&self) -> u64 {
        self.lock().values().map(|lease| lease.left).sum()
    }

    /// What panicked while it held the table left whole numbers behind.
    fn lock(&self) -> MutexGuard<'_, HashMap<Vec<u8>, Lease>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lease {
    fn asked(charge: &OwnedCharge) -> Self {
        let (limit, bucket) = (charge.limit.clone(), charge.bucket.clone());
        Self { limit, bucket, left: 0, until: i64::MIN, is_asked: true, beyond: 0, reset_at: 0, at: 0 }
    }

    fn granted(charge: &OwnedCharge, granted: u64, standing: &Standing, (begun, at): (i64, i64)) -> Self {
        let after = |span: Duration| begun.saturating_add(i64::try_from(span.as_nanos()).unwrap_or(i64::MAX));
        // A window is over no later than so long after the question was begun.
        let longest = match charge.limit.strategy() {
            Strategy::FixedWindow | Strategy::Quota { .. } => USED_FOR.min(standing.reset_after),
            _ => USED_FOR,
        };
        Self {
            left: granted,
            until: after(longest),
            is_asked: false,
            beyond: standing.remaining.saturating_sub(granted),
            reset_at: after(standing.reset_after),
            at,
            ..Self::asked(charge)
        }
    }

    fn standing(&self, now: i64) -> Standing {
        Standing {
            limit: self.limit.most_at_once(),
            remaining: self.beyond.saturating_add(self.left),
            reset_after: Duration::from_nanos(u64::try_from(self.reset_at.saturating_sub(now)).unwrap_or(0)),
            retry_after: None,
            can_never: false,
            lacks_share: false,
            is_shared: false,
        }
    }
}
