//! The connection to Redis: one, that all threads share, kept by a thread of its own.
//!
//! There is a connection or there is none; where there is none, nobody waits. It counts as lost with the first answer that
//! fails or takes too long, and is made anew, at first at once, then after longer and longer pauses. A new one is used when
//! a charge has passed over it: a server that answers and can't be written to is as good as away.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use arc_swap::ArcSwapOption;
use argus_limits::shared::{
    Answer, GiveBack, Leases, OwnedCharge, Question, SCRIPT, SCRIPT_OF_GIVING_BACK, SCRIPT_OF_LEASES,
};
use argus_limits::{Limit, Outcome, Strategy};
use argus_store::NodeId;
use chrono::Utc;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, RedisError, Script};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};
use tracing::{info, warn};

use super::leasing::sweep;
use super::settings::RedisSettings;
use super::settled::Told;

/// How long a connection may take to be made; nobody waits for it.
const CONNECTING: Duration = Duration::from_secs(2);

/// How long a start waits for the first attempt.
const START: Duration = Duration::from_secs(3);

/// How long nothing is tried after the first attempt that failed; twice as long after each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// How often a connection is tried that may not be in use.
const PROBE: Duration = Duration::from_secs(1);

/// The connection. Its thread ends with it.
pub(in crate::limits) struct Link {
    pub(super) kept: Arc<Kept>,
    pub(super) runtime: Option<Runtime>,
}

/// How it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RedisState {
    /// Where Redis is.
    pub(crate) address: String,
    /// Why it is away.
    pub(crate) fault: Option<String>,
    /// Requests that it answered.
    pub(crate) answered: u64,
    /// Requests that it did not, or not in time.
    pub(crate) failed: u64,
}

pub(super) struct Kept {
    client: Client,
    pub(super) settings: RedisSettings,
    script: Script,
    script_of_giving_back: Script,
    pub(super) script_of_leases: Script,
    /// By what name Redis knows whose leases are whose.
    pub(super) node: String,
    /// What this node may let through without asking; `None` where each use is asked about.
    pub(super) leases: Option<Leases>,
    pub(super) unasked: AtomicU64,
    pub(super) connection: ArcSwapOption<MultiplexedConnection>,
    lost: Notify,
    /// How far the clock of Redis is ahead of this machine's, in microseconds.
    ahead: AtomicI64,
    fault: Mutex<Option<String>>,
    /// Whether the log has been told that it is away.
    is_told: AtomicBool,
    answered: AtomicU64,
    failed: AtomicU64,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum LinkFault {
    #[error("{0}")]
    Redis(#[from] RedisError),
    #[error("no answer within {} ms", .0.as_millis())]
    TooLate(Duration),
    #[error("{0}")]
    Answer(#[from] argus_limits::shared::AnswerError),
    #[error("its clock doesn't stand still")]
    Clock,
}

impl Link {
    /// Begins to connect, and waits for the first attempt. One that fails is no fault: Redis may come later.
    /// With `leases` as many of them may be had.
    pub(in crate::limits) fn begin(settings: RedisSettings, leases: Option<usize>) -> std::io::Result<Self> {
        let client = Client::open(settings.url.info()).map_err(std::io::Error::other)?;
        let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("argus-redis").enable_all().build()?;
        let kept = Arc::new(Kept {
            client,
            settings,
            script: Script::new(SCRIPT),
            script_of_giving_back: Script::new(SCRIPT_OF_GIVING_BACK),
            script_of_leases: Script::new(SCRIPT_OF_LEASES),
            node: NodeId::new(Utc::now()).to_string(),
            leases: leases.map(Leases::new),
            unasked: AtomicU64::new(0),
            connection: ArcSwapOption::empty(),
            lost: Notify::new(),
            ahead: AtomicI64::new(0),
            fault: Mutex::new(Some("not yet connected".into())),
            is_told: AtomicBool::new(false),
            answered: AtomicU64::new(0),
            failed: AtomicU64::new(0),
        });
        let (tried, first) = sync_channel(1);
        runtime.spawn(keep(Arc::clone(&kept), tried));
        if kept.leases.is_some() {
            runtime.spawn(sweep(Arc::clone(&kept)));
        }
        // Whether it came in time or not, the state says how it is.
        let _ = first.recv_timeout(START);
        Ok(Self { kept, runtime: Some(runtime) })
    }

    /// Whether there is anybody to be asked.
    pub(in crate::limits) fn is_up(&self) -> bool {
        self.kept.connection.load().is_some()
    }

    /// Charges all limits of a decision, or none. `None` where nobody answers in time.
    pub(in crate::limits) fn charge(&self, charges: Vec<OwnedCharge>) -> impl Future<Output = Option<Told>> + 'static {
        let kept = Arc::clone(&self.kept);
        async move {
            if let Some((outcome, at)) = kept.take_leased(&charges) {
                return Some((charges, outcome, at));
            }
            let connection = kept.connection.load_full()?;
            let asked = match &kept.leases {
                Some(leases) => kept.ask_leasing(leases, &connection, &charges).await,
                None => kept.ask(&connection, &charges).await,
            };
            match asked {
                Ok((outcome, at)) => {
                    kept.answered.fetch_add(1, Relaxed);
                    Some((charges, outcome, at))
                }
                Err(fault) => {
                    kept.failed.fetch_add(1, Relaxed);
                    kept.lose(&connection, &fault);
                    None
                }
            }
        }
    }

    /// Gives back what was taken at a time that Redis had, and waits for nothing. Where nobody answers it stays taken.
    pub(in crate::limits) fn give_back(&self, charges: Vec<OwnedCharge>, taken: i64) {
        let (Some(runtime), kept) = (&self.runtime, Arc::clone(&self.kept)) else { return };
        runtime.spawn(async move {
            let Some(connection) = kept.connection.load_full() else { return };
            match kept.return_to(&connection, &charges, taken).await {
                Ok(()) => drop(kept.answered.fetch_add(1, Relaxed)),
                Err(fault) => {
                    kept.failed.fetch_add(1, Relaxed);
                    kept.lose(&connection, &fault);
                }
            }
        });
    }

    pub(in crate::limits) fn state(&self) -> RedisState {
        RedisState {
            address: self.kept.settings.url.to_string(),
            fault: self.kept.fault().clone(),
            answered: self.kept.answered.load(Relaxed),
            failed: self.kept.failed.load(Relaxed),
        }
    }
}

impl Kept {
    async fn ask(
        &self,
        connection: &MultiplexedConnection,
        charges: &[OwnedCharge],
    ) -> Result<(Outcome, i64), LinkFault> {
        let longest = self.settings.timeout;
        let asked = async {
            // Twice, where a calendar was believed to be at another time.
            for _ in 0..2 {
                let question = Question::new(charges, self.believed());
                let mut invocation = self.script.prepare_invoke();
                for key in &question.keys {
                    invocation.key(key);
                }
                invocation.arg(&question.arguments);
                let numbers: Vec<i64> = invocation.invoke_async(&mut connection.clone()).await?;
                let answer = Answer::read(charges, &numbers)?;
                self.note_time(answer.at);
                if let Some(outcome) = answer.outcome {
                    return Ok((outcome, answer.at));
                }
            }
            Err(LinkFault::Clock)
        };
        timeout(longest, asked).await.unwrap_or(Err(LinkFault::TooLate(longest)))
    }

    async fn return_to(
        &self,
        connection: &MultiplexedConnection,
        charges: &[OwnedCharge],
        taken: i64,
    ) -> Result<(), LinkFault> {
        let GiveBack { keys, arguments } = GiveBack::new(charges, taken);
        let mut invocation = self.script_of_giving_back.prepare_invoke();
        for key in &keys {
            invocation.key(key);
        }
        invocation.arg(&arguments);
        let (longest, mut connection) = (self.settings.timeout, connection.clone());
        let returned = timeout(longest, invocation.invoke_async::<i64>(&mut connection));
        returned.await.map_err(|_| LinkFault::TooLate(longest))?.map(drop).map_err(Into::into)
    }

    /// Notes the time that Redis has.
    pub(super) fn note_time(&self, at: i64) {
        self.ahead.store(at.saturating_sub(wall()), Relaxed);
    }

    /// The time that Redis has, as far as that is known.
    pub(super) fn believed(&self) -> i64 {
        wall().saturating_add(self.ahead.load(Relaxed))
    }

    /// A connection over which a charge has passed.
    async fn connect(&self) -> Result<MultiplexedConnection, LinkFault> {
        // What takes too long is ended here, not there.
        let config = AsyncConnectionConfig::new().set_connection_timeout(Some(CONNECTING)).set_response_timeout(None);
        let connecting = self.client.get_multiplexed_async_connection_with_config(&config);
        let connection = timeout(CONNECTING, connecting).await.map_err(|_| LinkFault::TooLate(CONNECTING))??;
        self.ask(&connection, &probe()).await?;
        Ok(connection)
    }

    /// Takes a connection for lost, unless that is known.
    pub(super) fn lose(&self, connection: &Arc<MultiplexedConnection>, fault: &LinkFault) {
        // INVARIANT: there is a connection where there is no fault. Both change under this lock.
        let mut known = self.fault();
        let before = self.connection.compare_and_swap(connection, None);
        if before.as_ref().is_some_and(|before| Arc::ptr_eq(before, connection)) {
            self.note(&mut known, fault);
            // Nothing goes back while it is away: it holds no more by the time that it is there again.
            self.leases.iter().for_each(Leases::forget);
            self.lost.notify_one();
        }
    }

    /// Uses a new connection.
    fn use_now(&self, connection: &Arc<MultiplexedConnection>) {
        let mut known = self.fault();
        self.connection.store(Some(Arc::clone(connection)));
        *known = None;
        self.is_told.store(false, Relaxed);
        info!("limits are counted in Redis at {}", self.settings.url);
    }

    /// Notes why Redis is away, and tells the log where that is new.
    fn note(&self, known: &mut Option<String>, fault: &LinkFault) {
        let fault = fault.to_string();
        if !self.is_told.swap(true, Relaxed) {
            let choice = self.settings.away.as_str();
            warn!(fault, choice, "Redis at {} is away: limits go by `{choice}`", self.settings.url);
        }
        *known = Some(fault);
    }

    fn fault(&self) -> MutexGuard<'_, Option<String>> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Connects, watches, and connects again.
async fn keep(kept: Arc<Kept>, tried: SyncSender<()>) {
    let mut pause = FIRST_PAUSE;
    loop {
        let connected = kept.connect().await;
        match connected {
            Ok(connection) => {
                let connection = Arc::new(connection);
                kept.use_now(&connection);
                let _ = tried.try_send(());
                pause = FIRST_PAUSE;
                watch(&kept, &connection).await;
            }
            Err(fault) => {
                kept.note(&mut kept.fault(), &fault);
                let _ = tried.try_send(());
                sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}

/// Until a connection is lost.
async fn watch(kept: &Kept, connection: &Arc<MultiplexedConnection>) {
    while kept.connection.load().as_ref().is_some_and(|current| Arc::ptr_eq(current, connection)) {
        tokio::select! {
            () = kept.lost.notified() => {}
            () = sleep(PROBE) => {
                if let Err(fault) = kept.ask(connection, &probe()).await {
                    kept.lose(connection, &fault);
                }
            }
        }
    }
}

/// A charge that says whether charges pass. It belongs to nobody and has always room.
fn probe() -> [OwnedCharge; 1] {
    let limit = Limit::within(Strategy::FixedWindow, Limit::MOST, Duration::from_secs(1));
    [OwnedCharge { limit, bucket: b"probe"[..].into(), cost: 1 }]
}

/// This machine's clock, in microseconds since 1970.
fn wall() -> i64 {
    UNIX_EPOCH.elapsed().ok().and_then(|since| i64::try_from(since.as_micros()).ok()).unwrap_or(0)
}

impl Drop for Link {
    fn drop(&mut self) {
        // It may go on a thread that must not wait.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Link").field(&self.state()).finish()
    }
}
