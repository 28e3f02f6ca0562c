//! The decision point as one handle: started once, mounted into a server, asked by the administration beside it.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use actix_web::http::header::{AUTHORIZATION, HeaderMap, USER_AGENT};
use actix_web::web;
use arc_swap::Guard;
use argus_credentials::certificate::{CertificateChain, CertificateFault};
use argus_credentials::{PresentedKey, Record, Records, Refusal, Secret, Verifier, self_test};
use argus_engine::limits::Limits;
use argus_engine::request::RequestError;
use argus_engine::scope::ResourcePath;
use argus_http::Client;
use argus_store::{KeyId, Listener, NodeId, Store, StoreError};
use chrono::Utc;
use notify::RecursiveMode;
use tokio::task::spawn_blocking;

use crate::authentication::{
    AssertionChecked, AssertionRefused, Authenticator, CertificateMethod, Checked, InspectedToken, Lent, Presentation,
    Waiting,
};
use crate::caller::{
    Act, Authorisation, Caller, CallerRefused, authorise, may_ask, needed_scope, pdp_path, read_bearer, unmet_condition,
};
use crate::clock::{fault as clock_fault, is_beyond_use};
use crate::decision_id::DecisionId;
use crate::error::StartError;
use crate::fleet::Fleet;
use crate::health::Stamp;
use crate::http::problem::Problem;
use crate::journal::Journal;
use crate::limits::{Gate, Keeping, LimitMode};
use crate::metrics::{Beside, Gauges, LifeCounts, Metrics};
use crate::moment::Moment;
use crate::obligation::Obligations;
use crate::outbound::Outbound;
use crate::places::{HiddenBy, Keep, PlaceFault, PlaceNames, PlaceSource, Point};
use crate::policies::{Folder, Origin, PolicyFault};
use crate::presence::{self, Message as Told, Speaker};
use crate::reason::Reason;
use crate::routes;
use crate::settings::Settings;
use crate::snapshot::{self, Domain, Kept, KeyRecord, Snapshot, Sources};
use crate::strengthen;
use crate::tls::{ServerTls, TlsFault};
use crate::wait::ROUNDS;
use crate::watched::{SeenFiles, Watch};

/// How often the change feed is looked at when nothing wakes the keeper.
const POLL: Duration = Duration::from_millis(500);

/// Polls after which a watched folder is looked at all the same: some file systems tell nothing.
const POLLS_OF_WATCHED_FOLDER: u32 = 10;
/// How long a start waits until this node has a share of limits, where it counts by one.
const LONGEST_WITHOUT_SHARE: Duration = Duration::from_secs(6);

/// How often it is written down when keys were last used.
const USES_EVERY: Duration = Duration::from_mins(1);

/// A decision point. Cloned like a handle; its threads end with the last clone.
#[derive(Clone)]
pub struct Pdp {
    shared: Arc<Shared>,
}

/// What all doors share.
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    pub(crate) authenticator: Authenticator,
    pub(crate) metrics: Metrics,
    pub(crate) obligations: Obligations,
    pub(crate) gate: Arc<Gate>,
    quotas: Keeping,
    kept: Arc<Kept>,
    /// For what is told of its connections: nothing is read here.
    store: Store,
    places: Keep,
    wake: Sender<Message>,
    node: NodeId,
    speaker: Sender<Told>,
    // Until they end, they tell of what changed.
    _watch: Option<Watch>,
    _listener: Listener,
}

/// What the keeper's thread is told.
enum Message {
    /// The change feed has something new.
    Changes,
    /// The policy folder has something new.
    Policies,
}

/// How a decision point is, for `/readyz` and whoever asks.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Report {
    /// Whether it may be asked for decisions.
    pub is_ready: bool,
    /// The last line of the change feed that it has taken in.
    pub sequence: i64,
    /// Seconds since the store was last read.
    pub age_seconds: i64,
    /// After how many seconds without the store nothing is decided any more; `None`: never.
    pub longest_staleness_seconds: Option<u64>,
    /// How far this machine's clock is ahead of the database's.
    pub clock_ahead_milliseconds: i64,
    /// What is wrong with the clock.
    pub clock_fault: Option<String>,
    /// Why the store can't be read.
    pub store_fault: Option<String>,
    /// Why the policies in the folder are not in force.
    pub policy_fault: Option<PolicyFault>,
    /// Policy documents in force.
    pub policy_documents: usize,
    /// Where they come from.
    pub policy_origin: Origin,
    /// The databases that tell countries and systems.
    pub places: Vec<PlaceSource>,
    /// Why a database is another than the one in its file.
    pub place_faults: Vec<PlaceFault>,
    /// Why what is used for TLS is another than what lies in its files.
    pub tls_faults: Vec<TlsFault>,
    /// Identifier and version of the root that decides where an organisation adds nothing.
    pub policy_root: (Box<str>, Box<str>),
    /// How limits are counted.
    pub limit_mode: LimitMode,
    /// How they are counted at this moment: as is set for the time while Redis is away, or by the mode.
    pub limits_by: &'static str,
    /// Among how many nodes limits are divided now, 0 where this node has no share yet; `None` where they are not.
    pub limit_nodes: Option<u32>,
    /// Where limits are counted together with other nodes; `None` where each counts by itself.
    pub redis: Option<String>,
    /// Why that Redis is away.
    pub redis_fault: Option<String>,
}

impl Pdp {
    /// Reads the store and the policies, and begins to keep up with them. Blocks.
    pub fn start(settings: Settings, store: Store) -> Result<Self, StartError> {
        Self::start_telling(settings, store, &mut || {})
    }

    /// The same for someone who waits: `read_one` is called for each policy and policy set when it was read.
    pub fn start_telling(settings: Settings, store: Store, read_one: &mut dyn FnMut()) -> Result<Self, StartError> {
        self_test()?;
        let folder = settings.policies.clone().map(|path| Folder::new(path, settings.limits.policy_bytes));
        let (wake, messages) = channel();
        let listener = {
            let wake = wake.clone();
            // Before the store is read: what is committed in between is then heard.
            store.listen(move || drop(wake.send(Message::Changes)))?
        };
        let seen = SeenFiles::look(settings.places.paths());
        let node = NodeId::new(Utc::now());
        let (speaker, told) = channel();
        let others = settings.presence.clone().filter(|_| store.location().file().is_none());
        let fleet = Arc::new(if others.is_some() { Fleet::unknown() } else { Fleet::alone() });
        let speaks = others.map(|presence| {
            let mut speaks = Speaker::new(&store, presence, node, settings.longest_staleness, Arc::clone(&fleet));
            speaks.report(0, 0);
            speaks
        });
        let (stronger, found) = sync_channel(strengthen::QUEUE);
        let sources = Sources {
            store: store.clone(),
            tag_keys: settings.tag_keys.clone(),
            hasher: settings.hasher,
            folder: folder.clone(),
            limits: settings.limits,
            places: settings.places.clone(),
            applied: speaker.clone(),
            stronger,
        };
        let kept = Arc::new(Kept::open(sources, read_one)?);
        strengthen::begin(&kept, found)?;
        let places = Keep::begin(settings.places.clone(), seen, Arc::clone(&kept))?;
        if let Some(speaks) = speaks {
            // What is in force by now is told at once.
            let _ = speaker.send(Told::Applied);
            speaks.begin(kept.current.clone(), Arc::clone(&kept.health), told)?;
        }
        let of_verifier =
            argus_credentials::Settings { strengthen: Some(settings.hasher), ..settings.verifier.clone() };
        let verifier = Verifier::new(of_verifier, kept.current.clone())?;
        let outbound =
            Outbound::start(settings.reach.clone(), Arc::clone(&settings.lookup)).map_err(StartError::Thread)?;
        let (tokens, trust) = (settings.tokens.clone(), settings.client_trust.clone());
        let authenticator = Authenticator::new(verifier, outbound, tokens, trust)?;
        let watch = folder.filter(Folder::exists).and_then(|folder| {
            let wake = wake.clone();
            // Once the keeper is gone there is nobody to tell.
            Watch::begin(folder.path(), RecursiveMode::Recursive, move || drop(wake.send(Message::Policies)))
        });
        let polls = if watch.is_some() { POLLS_OF_WATCHED_FOLDER } else { 1 };
        keep_up(Arc::clone(&kept), messages, polls)?;
        let (metrics, obligations) = (Metrics::new(), Obligations::begin(&kept)?);
        let decides = settings.presence.as_ref().is_none_or(|presence| presence.role.decides());
        let journal = settings.journal.as_deref().filter(|_| decides).map(Journal::begin).transpose()?;
        let gate = Gate::begin(settings.key_limits, settings.redis.clone(), (fleet, journal));
        let gate = gate.map_err(StartError::Thread)?;
        if decides {
            gate.wait_for_share(LONGEST_WITHOUT_SHARE);
        }
        let gate = Arc::new(gate);
        let quotas = Keeping::begin(Arc::clone(&gate), kept.store(), &settings, &kept.current.load())?;
        Ok(Self {
            shared: Arc::new(Shared {
                settings,
                authenticator,
                metrics,
                obligations,
                gate,
                quotas,
                kept,
                store,
                places,
                wake,
                node,
                speaker,
                _watch: watch,
                _listener: listener,
            }),
        })
    }

    /// Mounts the doors. They belong at the root of a server of their own: what they don't know is their 404.
    pub fn configure(&self, config: &mut web::ServiceConfig) {
        routes::configure(config, &self.shared);
    }

    /// Verifies the caller of a request by its `Authorization`, or, without one, by the certificate that was shown. `peer`
    /// is where the request came from.
    pub async fn authenticate(
        &self,
        headers: &HeaderMap,
        certificate: Option<&CertificateChain>,
        peer: Option<IpAddr>,
    ) -> Result<Caller, CallerRefused> {
        let client = Client { address: peer, certificate: certificate.cloned() };
        self.shared.authenticate(headers, &client, Moment::now()).await
    }

    /// The key of a client that names itself and shows a certificate in a way that it has registered (RFC 8705 §2). The
    /// cause of a refusal is for the log.
    pub fn authenticate_certificate(
        &self,
        client: KeyId,
        method: CertificateMethod,
        certificate: &CertificateChain,
    ) -> Result<Arc<KeyRecord>, CertificateFault> {
        let (known, now) = (self.shared.snapshot(), Moment::now());
        if self.shared.is_stale(now) {
            return Err(CertificateFault::Unregistered);
        }
        let authenticator = &self.shared.authenticator;
        let at = self.shared.credentials_at(now);
        let record = authenticator.check_client_certificate(client, method, certificate, &known, at)?;
        record.note_use(now.seconds, snapshot::Origin { address: None, user_agent: None });
        Ok(Arc::clone(record))
    }

    /// Verifies an assertion by which a client authenticates itself (RFC 7523 §3), and notes its use: it is good once, on
    /// all nodes. It has to be meant for one of these audiences, and for nobody else.
    pub async fn authenticate_assertion(
        &self,
        assertion: &str,
        audiences: &[String],
    ) -> Result<Arc<KeyRecord>, AssertionRefused> {
        self.shared.authenticate_assertion(assertion, audiences, Moment::now()).await
    }

    /// What an access token of this installation says, where it is good now; for introspection (RFC 7662), whoever it is
    /// meant for. Nothing where the store has been away for too long.
    pub fn inspect_token(&self, token: &str) -> Option<InspectedToken> {
        let now = Moment::now();
        let is_trusted = !self.shared.is_stale(now);
        is_trusted
            .then(|| self.shared.authenticator.inspect(token, &self.shared.snapshot(), self.shared.credentials_at(now)))
            .flatten()
    }

    /// Asks the policy of the administration whether a caller may act.
    pub fn authorise(&self, caller: &Caller, act: &Act<'_>) -> Authorisation {
        let snapshot = self.shared.snapshot();
        let now = Moment::now();
        let reason = authorise(&snapshot, &caller.record, caller.peer, act, (now, self.shared.settings.limits));
        let decision_id = DecisionId::new(now);
        Authorisation { is_permitted: reason.is_none(), reason, needed_scope: needed_scope(act), decision_id }
    }

    /// Tells whoever counts what keys use of a permitted act.
    pub fn note_act(&self, caller: &Caller, act: &Act<'_>) {
        if let Some(usage) = &self.shared.settings.usage {
            usage.note_act(&act.of(&caller.record, Moment::now()));
        }
    }

    /// Why any use of a caller's key would be denied from where he is, whatever it grants: a condition that isn't met.
    pub fn unmet_condition(&self, caller: &Caller) -> Option<Reason> {
        let when = (Moment::now(), self.shared.settings.limits);
        unmet_condition(&self.shared.snapshot(), &caller.record, caller.peer, when)
    }

    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        self.shared.snapshot()
    }

    pub(crate) fn limits(&self) -> Limits {
        self.shared.settings.limits
    }

    /// Tells that something changed. It will be taken in within moments; see [`Pdp::apply_changes`] for at once.
    pub fn wake(&self) {
        // Without its thread there is nobody to tell; the next start reads everything.
        let _ = self.shared.wake.send(Message::Changes);
    }

    /// Takes in what changed, before it returns: decisions asked for from here on know it. Blocks.
    pub fn apply_changes(&self) -> Result<(), StoreError> {
        self.shared.kept.refresh()
    }

    /// Reads the policies again, before it returns. A fault keeps what is in force. Blocks.
    pub fn reload_policies(&self) -> Result<(), PolicyFault> {
        self.shared.kept.reload_policies()
    }

    /// Reads the databases of countries and systems again, before it returns. One that is refused leaves the old one in
    /// use. Blocks.
    pub fn reload_places(&self) -> Result<(), PlaceFault> {
        self.shared.places.reread()
    }

    /// Remembers a key as verified that this process has just minted and stored, so that its first use is warm. Call it
    /// behind [`Pdp::apply_changes`]: a key that the snapshot doesn't hold is passed over.
    pub fn prime(&self, token: &Secret) {
        let snapshot = self.shared.snapshot();
        let record = PresentedKey::parse(token.expose()).ok().and_then(|key| snapshot.find(&key.id()).cloned());
        if let Some(record) = record {
            self.shared.authenticator.secrets.prime(token, record.generation(), Moment::now().seconds);
        }
    }

    /// The number of the autonomous system that an address lies in, where a database tells it.
    pub fn system_of(&self, address: IpAddr) -> Option<u32> {
        self.shared.snapshot().places.asn(address)
    }

    /// The country of an address (ISO 3166-1 alpha-2) and the number of its autonomous system, where databases tell them.
    pub fn place_of(&self, address: IpAddr) -> PlaceNames {
        self.shared.snapshot().places.names(Some(address))
    }

    /// What hides whoever comes from an address, where a database of anonymisers tells it.
    pub fn hidden_by(&self, address: IpAddr) -> Option<HiddenBy> {
        self.shared.snapshot().places.hidden_by(address)
    }

    /// Where on Earth an address is thought to be, where a database of cities tells it.
    pub fn point_of(&self, address: IpAddr) -> Option<Point> {
        self.shared.snapshot().places.point(address)
    }

    /// The last line of the change feed that decisions know.
    pub fn applied_sequence(&self) -> i64 {
        self.shared.snapshot().sequence
    }

    /// The id by which the other nodes know this one.
    pub fn node_id(&self) -> NodeId {
        self.shared.node
    }

    /// Gives back what was leased of limits, writes down what was used of quotas, and tells the other nodes that this one decides no more. Blocks for a while at
    /// most.
    pub fn leave(&self) {
        self.shared.gate.give_back_leases();
        self.shared.quotas.flush();
        presence::leave(&self.shared.speaker);
    }

    /// What is wrong with this machine's clock, where it is so wrong that nothing is to be issued by it.
    pub fn clock_beyond_use(&self) -> Option<String> {
        let ahead = self.shared.kept.health.clock_ahead_milliseconds();
        is_beyond_use(ahead).then(|| clock_fault(ahead, 0)).flatten()
    }

    /// How it is.
    pub fn report(&self) -> Report {
        self.shared.report(Moment::now())
    }
}

impl Shared {
    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        self.kept.current.load()
    }

    /// The snapshot for a look that waits for nothing.
    pub(crate) fn glance(&self) -> Guard<Arc<Snapshot>> {
        self.kept.current.glance()
    }

    /// The second by which credentials are judged: this one, or the latest seen where the clock went back.
    pub(crate) fn credentials_at(&self, now: Moment) -> i64 {
        self.kept.health.latest.at_least(now.seconds)
    }

    /// Whether the snapshot is too old to be trusted.
    pub(crate) fn is_stale(&self, now: Moment) -> bool {
        let age = || self.kept.health.age(Stamp { wall: now, instant: Instant::now() });
        self.settings.longest_staleness.is_some_and(|longest| age() >= longest)
    }

    /// Verifies the caller of a request.
    pub(crate) async fn authenticate(
        &self,
        headers: &HeaderMap,
        client: &Client,
        now: Moment,
    ) -> Result<Caller, CallerRefused> {
        let record = match &client.certificate {
            // Beside something else that is presented, it counts for what that is bound to, and nothing more.
            Some(certificate) if !headers.contains_key(AUTHORIZATION) => self.verify_certificate(certificate, now)?,
            _ => {
                let token = read_bearer(headers, AUTHORIZATION)?;
                if self.is_stale(now) {
                    return Err(CallerRefused::StoreAway);
                }
                self.verify(token, client, now).await?
            }
        };
        let peer = client.address;
        // To ask for decisions and to administer are uses, too.
        let user_agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok());
        record.note_use(now.seconds, snapshot::Origin { address: peer, user_agent });
        Ok(Caller { record, peer })
    }

    /// Verifies what a caller presents, waiting where that takes it.
    async fn verify(&self, token: &str, client: &Client, now: Moment) -> Result<Arc<KeyRecord>, Refusal> {
        for _ in 0..ROUNDS {
            let waiting = match self.look(token, client, now) {
                Looked::Verified(record) => return Ok(record),
                Looked::Refused(refusal) => return Err(refusal),
                Looked::Wait(waiting) => waiting,
            };
            waiting.wait(client.address).await?;
        }
        Err(Refusal::Busy { retry_after_seconds: 1 })
    }

    fn verify_certificate(&self, certificate: &CertificateChain, now: Moment) -> Result<Arc<KeyRecord>, CallerRefused> {
        if self.is_stale(now) {
            return Err(CallerRefused::StoreAway);
        }
        match self.authenticator.check_certificate(certificate, &self.snapshot(), self.credentials_at(now)) {
            Checked::Verified(record) => Ok(Arc::clone(record)),
            Checked::Refused(refusal, _) => Err(refusal.into()),
            // Nothing about a certificate is waited for.
            Checked::Wait(..) => Err(CallerRefused::Busy { retry_after_seconds: 1 }),
        }
    }

    /// One look at what a caller presents, after which nothing of the snapshot is held.
    fn look(&self, token: &str, client: &Client, now: Moment) -> Looked {
        let (snapshot, lent) = (self.glance(), Lent::with_capacity(0));
        let at = self.credentials_at(now);
        let certificate = self.authenticator.thumbprint(client.certificate.as_ref(), at);
        let presented = Presentation { text: token, certificate };
        match self.authenticator.check(presented, &snapshot, &lent, at) {
            Checked::Verified(record) => Looked::Verified(Arc::clone(record)),
            Checked::Refused(refusal, _) => Looked::Refused(refusal),
            Checked::Wait(waiting, _) => Looked::Wait(waiting),
        }
    }

    async fn authenticate_assertion(
        &self,
        assertion: &str,
        audiences: &[String],
        now: Moment,
    ) -> Result<Arc<KeyRecord>, AssertionRefused> {
        let busy = AssertionRefused::Busy { retry_after_seconds: 1 };
        if self.is_stale(now) {
            return Err(AssertionRefused::StoreAway);
        }
        for _ in 0..ROUNDS {
            let waiting = match self.authenticator.check_assertion(
                assertion,
                audiences,
                &self.snapshot(),
                self.credentials_at(now),
            ) {
                AssertionChecked::Wait(waiting) => waiting,
                AssertionChecked::Refused(refused) => return Err(refused),
                AssertionChecked::Right(unused) => {
                    let store = self.kept.store();
                    let noted = move || unused.note(&store, now.seconds).map(|()| unused.record);
                    return spawn_blocking(noted).await.unwrap_or(Err(busy));
                }
            };
            waiting.wait(None).await.map_err(|_| busy)?;
        }
        Err(busy)
    }

    /// The domain of an organisation, where the caller may ask for its decisions. Whether there is such an organisation
    /// is told only to who may ask.
    pub(crate) fn domain_for<'s>(
        &self,
        snapshot: &'s Snapshot,
        caller: &Caller,
        organisation: &str,
        now: Moment,
    ) -> Result<&'s Domain, Problem> {
        let domain = snapshot.domain(organisation);
        self.check_grant_of(snapshot, caller, (organisation, domain), now)?;
        domain.ok_or_else(Problem::no_such_organisation)
    }

    /// Refuses a caller who may not ask for an organisation's decisions.
    pub(crate) fn check_grant(
        &self,
        snapshot: &Snapshot,
        caller: &Caller,
        organisation: &str,
        now: Moment,
    ) -> Result<(), Problem> {
        self.check_grant_of(snapshot, caller, (organisation, snapshot.domain(organisation)), now)
    }

    fn check_grant_of(
        &self,
        snapshot: &Snapshot,
        caller: &Caller,
        (organisation, domain): (&str, Option<&Domain>),
        now: Moment,
    ) -> Result<(), Problem> {
        let domain = domain.map(|domain| domain.number);
        if domain.is_none() && !is_name(organisation) {
            return Err(Problem::no_such_organisation());
        }
        let when = (now, self.settings.limits);
        let usage = self.settings.usage.as_deref();
        match may_ask(snapshot, &caller.record, caller.peer, (organisation, domain), when, usage) {
            None => Ok(()),
            Some(reason) => Err(self.refuse_grant(organisation, reason)),
        }
    }

    /// The problem for a caller who may not ask.
    pub(crate) fn refuse_grant(&self, organisation: &str, reason: Reason) -> Problem {
        let scope = format!("{}:execute", pdp_path(organisation));
        match reason {
            Reason::ScopeMissing | Reason::PolicyDenied => Problem::scope_missing(self.settings.realm, scope),
            other => Problem::not_permitted(scope, other.as_str()),
        }
    }

    /// The problem for a caller who is not let in.
    pub(crate) fn refuse_caller(&self, refused: CallerRefused) -> Problem {
        self.metrics.caller_refused();
        refused.problem(self.settings.realm)
    }

    /// The problem for a request that can't be read.
    pub(crate) fn refuse_body(&self, error: &RequestError, bytes: &[u8]) -> Problem {
        self.metrics.body_refused();
        let detail = without_keys(error.describe(bytes));
        if error.too_large { Problem::beyond_limit(detail) } else { Problem::malformed_body(detail) }
    }

    pub(crate) fn report(&self, now: Moment) -> Report {
        let snapshot = self.snapshot();
        let health = &self.kept.health;
        let counting = self.gate.counting();
        let (redis, redis_fault) = self.gate.redis().map(|redis| (redis.address, redis.fault)).unzip();
        Report {
            is_ready: !self.is_stale(now),
            sequence: snapshot.sequence,
            age_seconds: i64::try_from(health.age(Stamp { wall: now, ..Stamp::now() }).as_secs()).unwrap_or(i64::MAX),
            longest_staleness_seconds: self.settings.longest_staleness.map(|longest| longest.as_secs()),
            clock_ahead_milliseconds: health.clock_ahead_milliseconds(),
            clock_fault: clock_fault(health.clock_ahead_milliseconds(), health.latest.seconds_behind(now)),
            store_fault: health.store_fault(),
            policy_fault: health.policy_fault(),
            policy_documents: snapshot.policies.documents,
            policy_origin: snapshot.policies.origin,
            places: snapshot.places.sources(),
            place_faults: health.place_faults(),
            tls_faults: self.tls_faults(),
            policy_root: snapshot.policies.root(),
            limit_mode: counting.mode,
            limits_by: counting.by,
            limit_nodes: counting.nodes,
            redis,
            redis_fault: redis_fault.flatten(),
        }
    }

    fn tls_faults(&self) -> Vec<TlsFault> {
        let of_servers = self.settings.server_tls.iter().filter_map(ServerTls::fault);
        self.settings.client_trust.fault().into_iter().chain(of_servers).collect()
    }

    pub(crate) fn render_metrics(&self, now: Moment) -> String {
        let report = self.report(now);
        let gauges = Gauges {
            sequence: report.sequence,
            age_seconds: report.age_seconds,
            credentials: self.snapshot().credentials_len(),
            documents: report.policy_documents,
            policies_faulty: report.policy_fault.is_some(),
            store_away: report.store_fault.is_some(),
            remembered: self.authenticator.secrets.verified_len(),
            places_faulty: !report.place_faults.is_empty(),
            clock_ahead_milliseconds: report.clock_ahead_milliseconds,
            tls_faults: report.tls_faults.len(),
        };
        let noted = self.settings.usage.as_ref().map(|usage| usage.noted()).unwrap_or_default();
        let logged = self.settings.decision_log.as_ref().map(|log| log.noted()).unwrap_or_default();
        let (uses, obligations) = (&self.kept.rotation_uses, self.obligations.counts());
        let counts = LifeCounts { uses, obligations, noted, logged };
        self.metrics.set_limits(&self.gate.counts(), self.quotas.counts());
        let (id, version) = &report.policy_root;
        let beside = Beside {
            feed_lag: &self.kept.health.feed_lag,
            root: (id, version),
            origin: report.policy_origin.as_str(),
            connections: self.store.connections(),
            more: self.settings.more_metrics.as_deref(),
        };
        self.metrics.render(&self.authenticator.secrets.counts(), &counts, &gauges, &beside)
    }
}

/// What one look at a presented text came to.
enum Looked {
    Verified(Arc<KeyRecord>),
    Refused(Refusal),
    Wait(Waiting),
}

/// Whether a text could be the name of an organisation: one level of a path.
fn is_name(text: &str) -> bool {
    ResourcePath::parse(text).is_ok() && !text.contains('/')
}

/// A complaint may quote what it complains of, which may be a key in the wrong place.
fn without_keys(detail: String) -> String {
    if detail.contains("argus_") { "the request is not in the form of its media type".into() } else { detail }
}

/// Starts the thread that keeps the snapshot. It ends when the last handle, which holds the other end, is dropped.
fn keep_up(kept: Arc<Kept>, messages: Receiver<Message>, polls_of_folder: u32) -> Result<(), StartError> {
    let run = move || {
        let (mut polls, mut written_at) = (0, Instant::now());
        loop {
            let mut is_quiet = false;
            match messages.recv_timeout(POLL) {
                Ok(Message::Policies) => kept.look_at_folder(),
                Ok(Message::Changes) => {}
                Err(RecvTimeoutError::Timeout) => {
                    is_quiet = true;
                    polls += 1;
                    if polls % polls_of_folder == 0 {
                        kept.look_at_folder();
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return kept.write_uses(),
            }
            // What failed is in the log and in the health, and is tried again.
            let _ = kept.refresh();
            // However much there is to take in meanwhile: a key that is used must not seem idle.
            if written_at.elapsed() >= USES_EVERY {
                kept.write_uses();
                written_at = Instant::now();
            } else if is_quiet {
                // Not between two changes: whatever is revoked there would wait for the write.
                kept.write_first_uses();
            }
        }
    };
    thread::Builder::new().name("argus-snapshot".into()).spawn(run).map(drop).map_err(StartError::Thread)
}

impl fmt::Debug for Pdp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pdp").field("settings", &self.shared.settings).finish_non_exhaustive()
    }
}
