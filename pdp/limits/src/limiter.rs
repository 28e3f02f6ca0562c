//! All limits of a request at once: each has room and each is charged, or nothing is charged at all.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::MutexGuard;
use std::time::Duration;

use smallvec::SmallVec;

use crate::strategy::{Aligned, Bucket, Sliding, State};
use crate::table::{Place, Shard, Table};
use crate::{Limit, Now, Standing, Strategy};

/// What becomes of a newcomer when the table is full and every bucket in it owes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AtCap {
    /// Newcomers share a bucket of the same limit: a flood limits itself.
    #[default]
    Share,
    /// Newcomers are refused.
    Closed,
    /// Newcomers are admitted uncounted.
    Open,
}

/// The size of a limiter.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// The most buckets of each kind: aligned windows and quotas, sliding windows, token buckets.
    pub buckets: usize,
    /// Parts with a lock each.
    pub shards: usize,
    /// What becomes of a newcomer at the cap.
    pub at_cap: AtCap,
}

impl Default for Settings {
    fn default() -> Self {
        Self { buckets: 100_000, shards: 64, at_cap: AtCap::Share }
    }
}

/// One limit of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charge<'a> {
    /// What is allowed.
    pub limit: &'a Limit,
    /// Whose use it is, and of which limit: what differs has its own bucket. Charges with the same bucket must not stand in
    /// one request.
    pub bucket: &'a [u8],
    /// How much it takes.
    pub cost: u64,
}

/// What became of a request: how each of its limits stands, in the order of the charges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome(pub(crate) SmallVec<[Standing; 4]>);

impl Outcome {
    /// Whether each limit had room.
    pub fn is_admitted(&self) -> bool {
        self.0.iter().all(Standing::has_room)
    }

    /// How the limits stand, in the order of the charges.
    pub fn standings(&self) -> &[Standing] {
        &self.0
    }

    /// When all limits have room that lack it now; `None` where nothing is lacking or waiting is of no use.
    pub fn retry_after(&self) -> Option<Duration> {
        if self.0.iter().any(|standing| standing.can_never) {
            return None;
        }
        self.0.iter().filter_map(|standing| standing.retry_after).max()
    }
}

/// What a limiter has seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Buckets there are.
    pub buckets: usize,
    /// Buckets there may be.
    pub cap: usize,
    /// Buckets that gave way because they owed nothing.
    pub reclaimed: u64,
    /// Newcomers for whom there was no bucket.
    pub turned_away: u64,
}

/// Counts uses against limits, in memory that doesn't grow.
#[derive(Debug)]
pub struct Limiter {
    digests: RandomState,
    aligned: Table<Aligned>,
    sliding: Table<Sliding>,
    buckets: Table<Bucket>,
}

/// Which table a limit's bucket is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Aligned,
    Sliding,
    Bucket,
}

/// A charge, found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    pub(crate) kind: Kind,
    pub(crate) shard: usize,
    pub(crate) digest: u64,
}

/// A shard that is held.
pub(crate) enum Held<'a> {
    Aligned(MutexGuard<'a, Shard<Aligned>>),
    Sliding(MutexGuard<'a, Shard<Sliding>>),
    Bucket(MutexGuard<'a, Shard<Bucket>>),
}

impl Limiter {
    /// A limiter. Takes all of its memory at once.
    pub fn new(settings: Settings) -> Self {
        let Settings { buckets, shards, at_cap } = settings;
        Self {
            digests: RandomState::new(),
            aligned: Table::new(buckets, shards, at_cap),
            sliding: Table::new(buckets, shards, at_cap),
            buckets: Table::new(buckets, shards, at_cap),
        }
    }

    /// Charges all limits of a request, or none.
    pub fn charge(&self, charges: &[Charge<'_>], now: Now) -> Outcome {
        // One limit is the usual case, and needs no order.
        if let [charge] = charges {
            return Outcome(smallvec::smallvec![self.charge_one(charge, now)]);
        }
        let found: SmallVec<[Found; 4]> = charges.iter().map(|charge| self.find(charge)).collect();
        let mut held = self.hold(&found);
        let mut places = SmallVec::<[(usize, Place); 4]>::new();
        let mut all_have_room = true;
        for (charge, found) in charges.iter().zip(&found) {
            let Ok(at) = held.binary_search_by_key(&(found.kind, found.shard), |(key, _)| *key) else { continue };
            let Some((_, shard)) = held.get_mut(at) else { continue };
            let pinned: SmallVec<[Place; 4]> =
                places.iter().filter(|(shard, _)| *shard == at).map(|(_, place)| *place).collect();
            let (place, has_room) = shard.look(charge, found, now, &pinned);
            places.push((at, place));
            all_have_room &= has_room;
        }
        let standings = charges.iter().zip(places).filter_map(|(charge, (at, place))| {
            let (_, shard) = held.get_mut(at)?;
            Some(shard.stand(charge, place, now, all_have_room))
        });
        Outcome(standings.collect())
    }

    /// Counts what was let through elsewhere against all of its limits, whether or not they have room.
    pub fn note(&self, charges: &[Charge<'_>], now: Now) {
        for charge in charges.iter().filter(|charge| charge.cost > 0) {
            let found = self.find(charge);
            match self.held(found.kind, found.shard) {
                Some(Held::Aligned(mut shard)) => note(&mut shard, charge, &found, now),
                Some(Held::Sliding(mut shard)) => note(&mut shard, charge, &found, now),
                Some(Held::Bucket(mut shard)) => note(&mut shard, charge, &found, now),
                None => {}
            }
        }
    }

    /// Gives back a part of what a request took, each charge by its cost: a use came to less than was taken for it. What
    /// counts no more is not given back, nor what a bucket may have gained since, nor where it is shared.
    pub fn give_back(&self, charges: &[Charge<'_>], taken: Now, now: Now) {
        for charge in charges {
            let found = self.find(charge);
            match self.held(found.kind, found.shard) {
                Some(Held::Aligned(mut shard)) => give_back(&mut shard, charge, &found, (taken, now)),
                Some(Held::Sliding(mut shard)) => give_back(&mut shard, charge, &found, (taken, now)),
                Some(Held::Bucket(mut shard)) => give_back(&mut shard, charge, &found, (taken, now)),
                None => {}
            }
        }
    }

    /// How the limits of a request stand, without charging any.
    pub fn look(&self, charges: &[Charge<'_>], now: Now) -> Outcome {
        let looks = charges.iter().map(|charge| {
            let found = self.find(charge);
            let Some(mut shard) = self.held(found.kind, found.shard) else { return closed(charge) };
            let (place, _) = shard.look(charge, &found, now, &[]);
            shard.stand(charge, place, now, false)
        });
        Outcome(looks.collect())
    }

    /// What it has seen.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        count(&self.aligned, &mut counts);
        count(&self.sliding, &mut counts);
        count(&self.buckets, &mut counts);
        counts
    }

    fn charge_one(&self, charge: &Charge<'_>, now: Now) -> Standing {
        let found = self.find(charge);
        let Some(mut shard) = self.held(found.kind, found.shard) else { return closed(charge) };
        let (place, has_room) = shard.look(charge, &found, now, &[]);
        shard.stand(charge, place, now, has_room)
    }

    pub(crate) fn find(&self, charge: &Charge<'_>) -> Found {
        let kind = match charge.limit.strategy() {
            Strategy::SlidingWindow => Kind::Sliding,
            Strategy::TokenBucket { .. } => Kind::Bucket,
            Strategy::FixedWindow | Strategy::Quota { .. } => Kind::Aligned,
        };
        let mut hasher = self.digests.build_hasher();
        hasher.write_u64(charge.limit.shape);
        hasher.write(charge.bucket);
        let digest = hasher.finish();
        let shard = match kind {
            Kind::Aligned => self.aligned.shard_of(digest),
            Kind::Sliding => self.sliding.shard_of(digest),
            Kind::Bucket => self.buckets.shard_of(digest),
        };
        Found { kind, shard, digest }
    }

    /// Takes all shards of a request, always in the same order, so that no two requests wait for each other.
    fn hold(&self, found: &[Found]) -> SmallVec<[((Kind, usize), Held<'_>); 4]> {
        let mut keys: SmallVec<[(Kind, usize); 4]> = found.iter().map(|found| (found.kind, found.shard)).collect();
        keys.sort_unstable();
        keys.dedup();
        keys.into_iter().filter_map(|key| Some((key, self.held(key.0, key.1)?))).collect()
    }

    pub(crate) fn held(&self, kind: Kind, shard: usize) -> Option<Held<'_>> {
        match kind {
            Kind::Aligned => self.aligned.lock(shard).map(Held::Aligned),
            Kind::Sliding => self.sliding.lock(shard).map(Held::Sliding),
            Kind::Bucket => self.buckets.lock(shard).map(Held::Bucket),
        }
    }
}

impl Held<'_> {
    /// The place of a charge's bucket, and whether it has room.
    fn look(&mut self, charge: &Charge<'_>, found: &Found, now: Now, pinned: &[Place]) -> (Place, bool) {
        match self {
            Self::Aligned(shard) => look(shard, charge, found, now, pinned),
            Self::Sliding(shard) => look(shard, charge, found, now, pinned),
            Self::Bucket(shard) => look(shard, charge, found, now, pinned),
        }
    }

    /// Charges the bucket where all have room, and says how it stands.
    fn stand(&mut self, charge: &Charge<'_>, place: Place, now: Now, all_have_room: bool) -> Standing {
        match self {
            Self::Aligned(shard) => stand(shard, charge, place, now, all_have_room),
            Self::Sliding(shard) => stand(shard, charge, place, now, all_have_room),
            Self::Bucket(shard) => stand(shard, charge, place, now, all_have_room),
        }
    }
}

fn look<S: State>(
    shard: &mut Shard<S>,
    charge: &Charge<'_>,
    found: &Found,
    now: Now,
    pinned: &[Place],
) -> (Place, bool) {
    let now = S::clock(now);
    let place = shard.place(found.digest, charge.limit.shape, now, pinned);
    let has_room = match shard.state(place) {
        Some((state, rest)) => {
            state.reach(charge.limit, now);
            state.has_room(rest, charge.limit, charge.cost, now)
        }
        None => nowhere(charge, place).has_room(),
    };
    (place, has_room)
}

fn stand<S: State>(shard: &mut Shard<S>, charge: &Charge<'_>, place: Place, now: Now, all_have_room: bool) -> Standing {
    let now = S::clock(now);
    let Some((state, rest)) = shard.state(place) else { return nowhere(charge, place) };
    let standing = if all_have_room {
        state.take(rest, charge.limit, charge.cost, now);
        state.standing(rest, charge.limit, 0, now)
    } else {
        state.standing(rest, charge.limit, charge.cost, now)
    };
    Standing { is_shared: matches!(place, Place::Shared(_)), ..standing }
}

fn note<S: State>(shard: &mut Shard<S>, charge: &Charge<'_>, found: &Found, now: Now) {
    let now = S::clock(now);
    let place = shard.place(found.digest, charge.limit.shape, now, &[]);
    if let Some((state, rest)) = shard.state(place) {
        state.reach(charge.limit, now);
        state.note(rest, charge.limit, charge.cost, now);
    }
}

fn give_back<S: State>(shard: &mut Shard<S>, charge: &Charge<'_>, found: &Found, (taken, now): (Now, Now)) {
    if let Some((state, rest)) = shard.find(found.digest).and_then(|place| shard.state(place)) {
        state.give_back(rest, charge.limit, charge.cost, (S::clock(taken), S::clock(now)));
    }
}

/// How a limit stands that isn't counted.
fn nowhere(charge: &Charge<'_>, place: Place) -> Standing {
    if place == Place::Closed {
        return closed(charge);
    }
    let most = charge.limit.most_at_once();
    Standing {
        limit: most,
        remaining: most,
        reset_after: Duration::ZERO,
        retry_after: None,
        can_never: charge.cost > most,
        lacks_share: false,
        is_shared: false,
    }
}

/// A window is the time in which a bucket is sure to become free.
fn closed(charge: &Charge<'_>) -> Standing {
    let window = charge.limit.window();
    Standing {
        limit: charge.limit.most_at_once(),
        remaining: 0,
        reset_after: window,
        retry_after: (charge.cost > 0).then_some(window),
        can_never: false,
        lacks_share: false,
        is_shared: false,
    }
}

fn count<S: State>(table: &Table<S>, counts: &mut Counts) {
    for shard in (0..table.shards()).filter_map(|shard| table.lock(shard)) {
        counts.buckets += shard.len();
        counts.cap += shard.cap();
        counts.reclaimed += shard.reclaimed;
        counts.turned_away += shard.turned_away;
    }
}
