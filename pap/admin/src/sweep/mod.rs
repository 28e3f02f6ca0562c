//! What happens to keys by the clock: they begin and end, graces run out, rotations are opened, owners are told ahead,
//! and what is of no use any more is forgotten.
//!
//! A [`Sweeper`] is given the time and looks for what is due. Of several nodes one sweeps, by a lease. The lease spares
//! the others the work and no more: whether a thing still has to happen is asked again in the transaction in which it
//! happens, and whoever is told of it is told by a notice of which there can be one. So nothing happens twice, whatever
//! dies, starts again, or has a wrong clock; and nothing hangs on the sweeper that decides, for a decision point
//! refuses by its own clock what has ended.

mod addresses;
mod ahead;
mod decisions;
mod half_time;
mod keys;
mod plan;
mod policy;
mod usage;

use std::collections::HashSet;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use argus_credentials::{CredentialId, NoRandomness};
use argus_store::key::Due;
use argus_store::{Act, Conn, Forgotten, Store, StoreError, forget, lease};
use chrono::{DateTime, TimeDelta, Utc};
use tracing::{error, info};

pub use usage::UsageRetention;

/// Things that are done in one transaction: acts of others wait so long.
const BATCH: u32 = 50;

/// Transactions for one sort of thing in a sweep. What is left comes next time, before it a turn for everything else.
const BATCHES: usize = 40;

/// Rows of each table that are forgotten in a sweep.
const FORGOTTEN: u32 = 1_000;

const LEASE: &str = "sweep";
const LEASE_LASTS: TimeDelta = TimeDelta::seconds(60);

/// How often is looked for what lies days ahead.
const AHEAD_EVERY: TimeDelta = TimeDelta::minutes(5);

/// The number of the autonomous system that an address lies in, where that is known.
pub type SystemOf = Arc<dyn Fn(IpAddr) -> Option<u32> + Send + Sync>;

/// Looks for what is due.
pub struct Sweeper {
    store: Store,
    usage_retention: UsageRetention,
    decisions_days: u32,
    holder: String,
    system_of: SystemOf,
    held_until: Option<DateTime<Utc>>,
    looked_ahead_at: Option<DateTime<Utc>>,
    /// Ends of graces, and how many days before them, that this process has told of: the store knows it, but is asked
    /// for much.
    plans_told: HashSet<plan::Told>,
}

/// What a sweep has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Whether it was this node's turn.
    pub is_mine: bool,
    /// Keys whose first moment has come.
    pub begun: usize,
    /// Keys that have expired: by their end, by their age, or because nobody used them.
    pub expired: usize,
    /// Keys whose older secret is refused now.
    pub graces_ended: usize,
    /// Rotations that wait to be collected.
    pub rotations_opened: usize,
    /// Owners that are told of something to come, or of an older secret that is still used.
    pub notices: usize,
    /// What was forgotten.
    pub forgotten: Forgotten,
    /// Decisions that were logged for as long as they are to be.
    pub decisions: usize,
    /// Logged decisions whose addresses were cut.
    pub addresses_cut: usize,
    /// Rows of usage that were kept for as long as they are to be.
    pub usage_rows: usize,
    /// Webhooks that were disabled, because the grace of their organisation is over and its plan has none.
    pub webhooks_disabled: usize,
}

impl Sweeper {
    /// A sweeper of this node, which is told from the others by a random name.
    pub fn new(store: Store) -> Result<Self, NoRandomness> {
        let holder = CredentialId::generate()?.to_string();
        let usage_retention = UsageRetention::default();
        Ok(Self {
            store,
            usage_retention,
            decisions_days: decisions::DAYS,
            holder,
            system_of: Arc::new(|_| None),
            held_until: None,
            looked_ahead_at: None,
            plans_told: HashSet::new(),
        })
    }

    /// The same, that keeps usage for so long.
    #[must_use]
    pub fn keeping_usage(self, usage_retention: UsageRetention) -> Self {
        Self { usage_retention, ..self }
    }

    /// The same, that keeps decisions for so many days.
    #[must_use]
    pub fn keeping_decisions(self, days: u32) -> Self {
        Self { decisions_days: days, ..self }
    }

    /// The same, that tells of callers in which autonomous system they are.
    #[must_use]
    pub fn knowing_systems(self, system_of: SystemOf) -> Self {
        Self { system_of, ..self }
    }

    /// Does what is due at `at`, where it is this node's turn. Blocks.
    ///
    /// What can't be done to one key is logged, and keeps nobody else's from being done.
    pub fn sweep(&mut self, at: DateTime<Utc>) -> Result<Swept, StoreError> {
        if !self.hold(at)? {
            return Ok(Swept::default());
        }
        let mut swept = Swept { is_mine: true, ..Swept::default() };
        keys::sweep(&self.store, at, &mut swept)?;
        policy::sweep(&self.store, at, &mut swept)?;
        half_time::sweep(&self.store, at, &self.system_of, &mut swept)?;
        if self.looked_ahead_at.is_none_or(|last| at < last || at - last >= AHEAD_EVERY) {
            ahead::sweep(&self.store, at, &mut swept)?;
            plan::sweep(&self.store, at, &mut self.plans_told, &mut swept)?;
            swept.forgotten = self.store.write_aside(|conn| forget(conn, at, FORGOTTEN))?;
            swept.decisions = decisions::sweep(&self.store, at, self.decisions_days)?;
            swept.addresses_cut = addresses::sweep(&self.store, at)?;
            swept.usage_rows = usage::sweep(&self.store, at, self.usage_retention)?;
            let kept = plan::forget(&self.store, at, (self.decisions_days, self.usage_retention))?;
            swept.decisions += kept.decisions;
            swept.usage_rows += kept.usage_rows;
            self.looked_ahead_at = Some(at);
        }
        swept.log();
        Ok(swept)
    }

    /// Gives the turn to whichever node asks next: this one ends.
    pub fn resign(&mut self) -> Result<(), StoreError> {
        self.held_until = None;
        self.store.write_aside(|conn| lease::give_back(conn, LEASE, &self.holder))
    }

    /// Whether it is this node's turn. The store is asked when half of the lease is over.
    fn hold(&mut self, at: DateTime<Utc>) -> Result<bool, StoreError> {
        let left = self.held_until.map(|until| until - at);
        if left.is_some_and(|left| left > LEASE_LASTS / 2 && left <= LEASE_LASTS) {
            return Ok(true);
        }
        let is_mine = self.store.write_aside(|conn| lease::take(conn, LEASE, &self.holder, at, LEASE_LASTS))?;
        self.held_until = is_mine.then(|| at + LEASE_LASTS);
        Ok(is_mine)
    }
}

impl fmt::Debug for Sweeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sweeper").field("store", &self.store).field("holder", &self.holder).finish_non_exhaustive()
    }
}

impl Swept {
    fn log(&self) {
        let Self { begun, expired, graces_ended, rotations_opened, notices, .. } = *self;
        if begun + expired + graces_ended + rotations_opened + notices > 0 {
            info!(
                "by the clock: {begun} keys begun, {expired} expired, {graces_ended} graces ended, \
                 {rotations_opened} rotations opened, {notices} notices written"
            );
        }
        if self.forgotten.unhanded_notices > 0 {
            error!("{} notices were never handed over, and are forgotten", self.forgotten.unhanded_notices);
        }
    }
}

/// Does one thing to every key that it is due for. How often it was done.
fn each(
    store: &Store,
    at: DateTime<Utc>,
    list: impl Fn(&mut Conn) -> Result<Vec<Due>, StoreError>,
    work: impl Fn(&mut Conn, &Act, Due) -> Result<bool, StoreError>,
) -> Result<usize, StoreError> {
    let mut all = 0;
    for _ in 0..BATCHES {
        let due = store.read(&list)?;
        let done = store.write(|conn| {
            let mut done = 0;
            for due in &due {
                done += usize::from(one(conn, at, *due, &work)?);
            }
            Ok(done)
        })?;
        all += done;
        if due.len() < BATCH as usize || done == 0 {
            break;
        }
    }
    Ok(all)
}

/// Whether it was done. That another was before us is no fault; whatever else is wrong with this key keeps nobody from
/// the next, unless it is the store that fails.
fn one(
    conn: &mut Conn,
    at: DateTime<Utc>,
    due: Due,
    work: impl Fn(&mut Conn, &Act, Due) -> Result<bool, StoreError>,
) -> Result<bool, StoreError> {
    let act = Act::of_argus(due.organisation, at, "sweep");
    match conn.write(|conn| work(conn, &act, due)) {
        Ok(done) => Ok(done),
        Err(StoreError::NotPossible { .. } | StoreError::NotFound { .. }) => Ok(false),
        Err(fault @ (StoreError::Away(_) | StoreError::Busy | StoreError::Full)) => Err(fault),
        Err(fault) => {
            error!(key.id = %due.key, "what is due for key {} can't be done: {fault}", due.key);
            Ok(false)
        }
    }
}
