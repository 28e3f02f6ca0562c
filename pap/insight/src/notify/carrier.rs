//! Who carries: puts notices on their way, tries what is due, and writes down what became of it.

use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use argus_credentials::{CredentialId, MasterKey, NoRandomness};
use argus_store::contact::{self, Contact, ContactKind};
use argus_store::delivery::{self, Claim, Delivery, Outcome};
use argus_store::{Act, DeliveryId, Store, StoreError};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::{sleep, timeout};
use tracing::{info, warn};

use super::email::NotSent;
use super::webhook::{self, Post};
use super::{Mailer, retry};

/// How often is looked for what is new or due.
const EVERY: Duration = Duration::from_secs(1);

/// Deliveries that are tried at once.
const AT_ONCE: u32 = 8;

/// Notices that are put on their way in one transaction.
const BATCH: u32 = 50;

/// How long a claim lasts unless it is renewed: what was under way in a process that was killed waits so long.
const CLAIM_LASTS: TimeDelta = TimeDelta::seconds(20);

/// How often the claim is renewed on what is under way.
const RENEWED_EVERY: Duration = Duration::from_secs(5);

/// The longest that an attempt may take.
const LONGEST_ATTEMPT: Duration = Duration::from_secs(45);

/// How long what is under way may take when the server ends.
const GRACE: Duration = Duration::from_secs(5);

/// The status by which a webhook says that it is gone for good.
const GONE: u16 = 410;

/// By what ways this node can carry.
#[derive(Clone, Default)]
pub struct Channels {
    /// E-mail, where a server for it is set.
    pub mailer: Option<Mailer>,
    /// Webhooks, where there is the master key that opens their secrets.
    pub webhooks: Option<(Arc<MasterKey>, Arc<dyn Post>)>,
}

/// What was carried since the start of this process.
#[derive(Debug, Default)]
pub struct Counted {
    counts: [[AtomicU64; 3]; 2],
    spread: AtomicU64,
    /// When the oldest that waits was made, in Unix seconds; 0: nothing waits.
    oldest: AtomicU64,
}

/// Carries notices. Cheap to clone.
#[derive(Clone)]
pub struct Carrier(Arc<Inner>);

struct Inner {
    store: Store,
    channels: Channels,
    name: String,
    claims: AtomicU64,
    counted: Arc<Counted>,
}

impl Channels {
    fn kinds(&self) -> Vec<ContactKind> {
        let email = self.mailer.as_ref().map(|_| ContactKind::Email);
        email.into_iter().chain(self.webhooks.as_ref().map(|_| ContactKind::Webhook)).collect()
    }
}

impl Carrier {
    /// A carrier of this process, which is told from all others by a random name.
    pub fn new(store: Store, channels: Channels) -> Result<Self, NoRandomness> {
        let name = CredentialId::generate()?.to_string();
        let inner = Inner { store, channels, name, claims: AtomicU64::new(0), counted: Arc::default() };
        Ok(Self(Arc::new(inner)))
    }

    /// What was carried until now.
    pub fn counted(&self) -> Arc<Counted> {
        Arc::clone(&self.0.counted)
    }

    /// Carries until `end` says so; then waits a little for what is under way. What isn't done by then is done again by
    /// whoever claims it next.
    pub async fn run(self, mut end: watch::Receiver<bool>) {
        let mut under_way = JoinSet::new();
        let mut is_failing = false;
        while !*end.borrow() {
            let found = self.round(&mut under_way).await;
            // What goes on is told when it begins and when it ends.
            match &found {
                Ok(_) if is_failing => info!("notices are carried again"),
                Err(fault) if !is_failing => warn!("notices are not carried, and it is tried again: {fault}"),
                _ => {}
            }
            is_failing = found.is_err();
            while under_way.try_join_next().is_some() {}
            if found.is_ok_and(|found| found > 0) && under_way.len() < AT_ONCE as usize {
                continue;
            }
            tokio::select! {
                () = sleep(EVERY) => {}
                _ = end.changed() => {}
                Some(_) = under_way.join_next() => {}
            }
        }
        let _ = timeout(GRACE, async { while under_way.join_next().await.is_some() {} }).await;
    }

    /// One look. How many notices and deliveries were taken up.
    async fn round(&self, under_way: &mut JoinSet<()>) -> Result<usize, StoreError> {
        let free = AT_ONCE.saturating_sub(u32::try_from(under_way.len()).unwrap_or(AT_ONCE));
        let carrier = self.clone();
        let found = spawn_blocking(move || carrier.take(Utc::now(), free)).await;
        let (spread, claim, deliveries) = found.unwrap_or_else(|_| Ok((0, String::new(), Vec::new())))?;
        let taken = spread + deliveries.len();
        for delivery in deliveries {
            let (carrier, claim) = (self.clone(), claim.clone());
            under_way.spawn(async move { carrier.carry(&claim, delivery).await });
        }
        Ok(taken)
    }

    /// Puts notices on their way, and claims what is due. Blocks.
    fn take(&self, at: DateTime<Utc>, free: u32) -> Result<(usize, String, Vec<Delivery>), StoreError> {
        let Inner { store, channels, name, claims, counted } = &*self.0;
        let spread = store.write_aside(|conn| delivery::spread(conn, at, BATCH))?;
        counted.spread.fetch_add(spread as u64, Relaxed);
        let oldest = store.read(delivery::find_oldest_waiting)?;
        counted.oldest.store(oldest.map_or(0, |at| at.timestamp().unsigned_abs()), Relaxed);
        if free == 0 || oldest.is_none() {
            return Ok((spread, String::new(), Vec::new()));
        }
        // Of each claim its own: who comes back late must not be taken for himself.
        let name = format!("{name}/{}", claims.fetch_add(1, Relaxed));
        let claim = Claim { name: &name, at, until: at + CLAIM_LASTS };
        let deliveries = store.write_aside(|conn| delivery::claim(conn, &claim, &channels.kinds(), free))?;
        Ok((spread, name, deliveries))
    }

    /// Tries one delivery, and writes down what became of it.
    async fn carry(&self, claim: &str, delivery: Delivery) {
        let (store, id, contact_id) = (self.0.store.clone(), delivery.id, delivery.contact_id);
        let contact = spawn_blocking(move || store.read(|conn| contact::find(conn, contact_id))).await;
        // Without its contact it is removed by now; where the store is away, the claim runs out.
        let Ok(Ok(Some(contact))) = contact else { return };
        let tried = self.try_held(claim, &contact, &delivery).await;
        let at = Utc::now();
        let is_gone = tried == Err(NotSent::Gone);
        let outcome = match tried {
            Ok(()) => Outcome::Delivered,
            Err(NotSent::Never(fault)) => Outcome::Dead { fault },
            Err(NotSent::Gone) => Outcome::Dead { fault: gone() },
            Err(NotSent::Again(fault)) => again(delivery.attempts, at, fault),
        };
        self.0.counted.count(contact.kind, &outcome);
        if let Outcome::Dead { fault } = &outcome {
            let to = contact.id;
            warn!(contact.id = %to, delivery.id = %id, "a notice is given up for contact {to}: {fault}");
        }
        let (carrier, claim) = (self.clone(), claim.to_owned());
        let written = spawn_blocking(move || carrier.settle(&claim, &delivery, &outcome, at)).await;
        if let Ok(Err(fault)) = written {
            warn!(delivery.id = %id, "what became of a delivery is not written down, and it is made again: {fault}");
        }
        // After this attempt is written down: what else waits for it is given up untried.
        if is_gone {
            self.disable(&contact).await;
        }
    }

    /// Tries once, and holds the claim for as long as that takes.
    async fn try_held(&self, claim: &str, contact: &Contact, delivery: &Delivery) -> Result<(), NotSent> {
        let mut attempt = pin!(timeout(LONGEST_ATTEMPT, self.try_once(contact, delivery)));
        loop {
            tokio::select! {
                tried = &mut attempt => {
                    return tried.unwrap_or_else(|_| Err(NotSent::Again("it took too long".to_owned())));
                }
                () = sleep(RENEWED_EVERY) => self.renew(claim, delivery.id),
            }
        }
    }

    /// Nobody waits for it: where the store is away the claim runs out, and another may try the same.
    fn renew(&self, claim: &str, id: DeliveryId) {
        let (store, name, at) = (self.0.store.clone(), claim.to_owned(), Utc::now());
        spawn_blocking(move || {
            let claim = Claim { name: &name, at, until: at + CLAIM_LASTS };
            store.write_aside(|conn| delivery::renew(conn, &claim, id))
        });
    }

    async fn try_once(&self, contact: &Contact, delivery: &Delivery) -> Result<(), NotSent> {
        let no_way = || NotSent::Again("this node can't carry it".to_owned());
        if contact.kind == ContactKind::Email {
            return self.0.channels.mailer.as_ref().ok_or_else(no_way)?.send(contact, delivery).await;
        }
        let (master, client) = self.0.channels.webhooks.as_ref().ok_or_else(no_way)?;
        let at = Utc::now();
        let secrets = webhook::secrets(contact, master, at).map_err(|fault| NotSent::Again(fault.to_string()))?;
        match client.post(webhook::posting(contact, delivery, &secrets, at)).await {
            Ok(200..=299) => Ok(()),
            Ok(GONE) => Err(NotSent::Gone),
            Ok(status) => Err(NotSent::Again(format!("it answers with status {status}"))),
            Err(fault) => Err(NotSent::Again(fault)),
        }
    }

    async fn disable(&self, contact: &Contact) {
        let (store, id, organisation) = (self.0.store.clone(), contact.id, contact.organisation_id);
        let act = Act::of_argus(organisation, Utc::now(), "a webhook's answer");
        let done = spawn_blocking(move || store.write(|conn| contact::disable(conn, &act, id, &gone()))).await;
        match done {
            Ok(Ok(_)) => warn!(contact.id = %id, "the webhook {id} says that it is gone, and is told nothing more"),
            Ok(Err(fault)) => warn!(contact.id = %id, "the webhook {id} is gone, and can't be disabled: {fault}"),
            Err(_) => {}
        }
    }

    fn settle(&self, claim: &str, of: &Delivery, outcome: &Outcome, at: DateTime<Utc>) -> Result<bool, StoreError> {
        self.0.store.write_aside(|conn| delivery::settle(conn, claim, of.id, outcome, at))
    }
}

fn gone() -> String {
    format!("it answered {GONE}: gone")
}

/// What comes after an attempt that failed. Without randomness it comes at the shortest pause.
fn again(attempts_before: i32, at: DateTime<Utc>, fault: String) -> Outcome {
    let mut octets = [0; 2];
    let _ = getrandom::fill(&mut octets);
    let attempts = usize::try_from(attempts_before).unwrap_or_default() + 1;
    match retry::next(attempts, at, u16::from_ne_bytes(octets)) {
        Some(due_at) => Outcome::Again { due_at, fault },
        None => Outcome::Dead { fault },
    }
}

impl Counted {
    fn count(&self, kind: ContactKind, outcome: &Outcome) {
        let place = match outcome {
            Outcome::Delivered => 0,
            Outcome::Again { .. } => 1,
            Outcome::Dead { .. } => 2,
        };
        let channel = usize::from(kind != ContactKind::Email);
        if let Some(count) = self.counts.get(channel).and_then(|counts| counts.get(place)) {
            count.fetch_add(1, Relaxed);
        }
    }

    /// Attempts: channel, outcome and how many.
    pub fn deliveries(&self) -> impl Iterator<Item = (&'static str, &'static str, u64)> {
        ["email", "webhook"].into_iter().zip(&self.counts).flat_map(|(channel, counts)| {
            let counts = ["delivered", "retried", "dead"].into_iter().zip(counts);
            counts.map(move |(outcome, count)| (channel, outcome, count.load(Relaxed)))
        })
    }

    /// Notices that were put on their way.
    pub fn spread(&self) -> u64 {
        self.spread.load(Relaxed)
    }

    /// How old the oldest delivery is that waits.
    pub fn oldest_seconds(&self, at: DateTime<Utc>) -> u64 {
        match self.oldest.load(Relaxed) {
            0 => 0,
            oldest => at.timestamp().unsigned_abs().saturating_sub(oldest),
        }
    }
}

impl fmt::Debug for Channels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Channels").field(&self.kinds()).finish()
    }
}

impl fmt::Debug for Carrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Carrier").field("name", &self.0.name).finish_non_exhaustive()
    }
}
