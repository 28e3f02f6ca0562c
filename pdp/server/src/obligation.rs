//! `urn:argus:obligation:revoke-key`: an obligation that Argus carries out itself, wherever it is decided.
//!
//! | attribute | |
//! |---|---|
//! | `urn:argus:obligation:revoke-key:reason` | why, in words, kept with the key |
//! | `urn:argus:obligation:revoke-key:key` | the id of the key to revoke; without it, the subject's |
//!
//! A decision never waits for it: what is to be revoked goes into a queue with a bound, and a thread of its own does it,
//! as an act in the organisation whose policies decided. A key of another organisation is none that it could find. The
//! enforcement point sees the obligation with `urn:argus:attribute:carried-out-by`, `argus`: it is off his hands. Where
//! the queue is full that is missing, and he has to refuse the access himself, as with any obligation that he doesn't
//! know (core 2.13).

use std::collections::{HashSet, VecDeque};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use argus_engine::response::{Assignment, Duty, Result as DecisionResult};
use argus_engine::value::Value;
use argus_store::key::{self, Revocation, RevocationCause};
use argus_store::{Act, Conn, KeyId, StoreError, organisation};
use chrono::Utc;
use tracing::{error, warn};

use crate::decision_id::DecisionId;
use crate::error::StartError;
use crate::names;
use crate::snapshot::{Kept, KeyRecord};

/// Revocations that may wait. They take milliseconds each.
const QUEUE: usize = 1_024;

/// Keys that are remembered as revoked: a policy says it again with every use until that is known everywhere.
const REMEMBERED: usize = 4_096;

/// How often a revocation is tried that the store is too busy or too far away for, and how long is waited in between. In
/// the end a node without its store believes no key any more.
const TRIES: u32 = 600;
const PAUSE: Duration = Duration::from_millis(500);

/// The longest reason that is kept, in characters.
const LONGEST_REASON: usize = 500;

/// Takes up what decisions oblige Argus to.
#[derive(Debug)]
pub(crate) struct Obligations {
    queue: SyncSender<Order>,
    counts: Arc<ObligationCounts>,
    complained_at: AtomicI64,
}

/// What became of obligations, on this node since its start.
#[derive(Debug, Default)]
pub(crate) struct ObligationCounts {
    /// Carried out.
    pub(crate) done: AtomicU64,
    /// Given up: the queue was full, or the store away for too long.
    pub(crate) dropped: AtomicU64,
    /// Of no effect: the key isn't one of the organisation whose policy demands it.
    pub(crate) refused: AtomicU64,
}

/// A revocation that a policy demands.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Order {
    /// Whose policies decided.
    organisation: Arc<str>,
    key: KeyId,
    reason: String,
    decision: DecisionId,
}

/// A decision that may oblige Argus to something.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decided<'d> {
    /// Whose policies decided.
    pub(crate) organisation: &'d Arc<str>,
    /// The subject's key.
    pub(crate) subject: Option<&'d KeyRecord>,
    /// The decision.
    pub(crate) id: DecisionId,
    /// When, in Unix seconds.
    pub(crate) seconds: i64,
}

impl Obligations {
    /// Begins to carry them out, until this is dropped.
    pub(crate) fn begin(kept: &Arc<Kept>) -> Result<Self, StartError> {
        let (queue, orders) = sync_channel(QUEUE);
        let counts = Arc::new(ObligationCounts::default());
        let worker = Worker {
            kept: Arc::downgrade(kept),
            counts: Arc::clone(&counts),
            revoked: HashSet::new(),
            in_order: VecDeque::new(),
        };
        let run = move || worker.run(&orders);
        thread::Builder::new().name("argus-obligations".into()).spawn(run).map_err(StartError::Thread)?;
        Ok(Self { queue, counts, complained_at: AtomicI64::new(0) })
    }

    pub(crate) fn counts(&self) -> &ObligationCounts {
        &self.counts
    }

    /// Takes up what the result obliges Argus to, and says so in it.
    pub(crate) fn take_up(&self, result: &mut DecisionResult<'_>, decided: Decided<'_>) {
        for duty in result.obligations.iter_mut().filter(|duty| duty.id == names::REVOKE_KEY) {
            let Some(key) = key_of(duty, decided.subject) else {
                self.counts.refused.fetch_add(1, Relaxed);
                continue;
            };
            let order = Order {
                organisation: Arc::clone(decided.organisation),
                key,
                reason: reason_of(duty),
                decision: decided.id,
            };
            if self.queue.try_send(order).is_ok() {
                let value = Value::String("argus");
                duty.assignments.push(Assignment { id: names::CARRIED_OUT_BY, category: None, issuer: None, value });
            } else {
                self.complain(decided.seconds);
            }
        }
    }

    /// Once a second is enough.
    fn complain(&self, seconds: i64) {
        let dropped = self.counts.dropped.fetch_add(1, Relaxed) + 1;
        if self.complained_at.swap(seconds, Relaxed) != seconds {
            error!(
                "keys that policies demand to be revoked are not: {QUEUE} are waiting already, {dropped} were dropped"
            );
        }
    }
}

fn key_of(duty: &Duty<'_>, subject: Option<&KeyRecord>) -> Option<KeyId> {
    match text(duty, names::REVOKE_KEY_KEY) {
        Some(text) => text.parse().ok(),
        None => subject.map(|subject| subject.key.id),
    }
}

/// In one line, of a length that can be shown; and what a policy took from a request is no place for a key.
fn reason_of(duty: &Duty<'_>) -> String {
    let text = text(duty, names::REVOKE_KEY_REASON).map(str::trim).filter(|text| !text.is_empty());
    let text = argus_credentials::redact(text.unwrap_or("demanded by a policy"));
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST_REASON).collect()
}

fn text<'d>(duty: &Duty<'d>, id: &str) -> Option<&'d str> {
    let assigned = duty.assignments.iter().find(|assignment| assignment.id == id)?;
    match assigned.value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// The thread that revokes.
struct Worker {
    /// The thread that keeps the snapshot ends without this one's help.
    kept: Weak<Kept>,
    counts: Arc<ObligationCounts>,
    revoked: HashSet<KeyId>,
    in_order: VecDeque<KeyId>,
}

impl Worker {
    /// What was taken up before the end is still done.
    fn run(mut self, orders: &Receiver<Order>) {
        while let Ok(order) = orders.recv() {
            if self.revoked.contains(&order.key) {
                continue;
            }
            let Some(kept) = self.kept.upgrade() else { return };
            self.carry_out(&kept, &order);
        }
    }

    fn carry_out(&mut self, kept: &Kept, order: &Order) {
        for _ in 0..TRIES {
            match kept.store().write(|conn| revoke(conn, order)) {
                Ok(true) => {
                    self.counts.done.fetch_add(1, Relaxed);
                    self.remember(order.key);
                    warn!(
                        key.id = %order.key, decision.id = %order.decision,
                        "revoked key {}: a policy of {} demands it", order.key, order.organisation
                    );
                    // Others are woken by the store; what fails here is tried again by the keeper itself.
                    let _ = kept.refresh();
                    return;
                }
                Ok(false) => {
                    self.counts.refused.fetch_add(1, Relaxed);
                    warn!(
                        key.id = %order.key, decision.id = %order.decision,
                        "a policy of {} demands that key {} be revoked, which is none of its own",
                        order.organisation, order.key
                    );
                    return;
                }
                Err(StoreError::Away(_) | StoreError::Busy) => thread::sleep(PAUSE),
                Err(fault) => {
                    self.counts.dropped.fetch_add(1, Relaxed);
                    error!(key.id = %order.key, "key {} is not revoked, as a policy demands: {fault}", order.key);
                    return;
                }
            }
        }
        self.counts.dropped.fetch_add(1, Relaxed);
        error!(key.id = %order.key, "key {} is not revoked, as a policy demands: the store is away", order.key);
    }

    fn remember(&mut self, key: KeyId) {
        if self.in_order.len() >= REMEMBERED
            && let Some(oldest) = self.in_order.pop_front()
        {
            self.revoked.remove(&oldest);
        }
        self.in_order.push_back(key);
        self.revoked.insert(key);
    }
}

/// Whether the organisation has this key, which is then revoked.
fn revoke(conn: &mut Conn, order: &Order) -> Result<bool, StoreError> {
    let Some(owner) = organisation::find_by_name(conn, &order.organisation)? else { return Ok(false) };
    let decision = order.decision.to_string();
    let act = Act { decision_id: Some(decision.clone()), ..Act::of_argus(owner.id, Utc::now(), decision) };
    let revocation = Revocation { cause: RevocationCause::Policy, reason: order.reason.clone() };
    Ok(key::revoke(conn, &act, order.key, &revocation)?.is_some())
}
